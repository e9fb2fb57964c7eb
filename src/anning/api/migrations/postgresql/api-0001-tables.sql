-- What the doors remember: communications held, scrub jobs, answers under idempotency keys, webhooks and their queue, counts.
CREATE TABLE IF NOT EXISTS holds (
    id      TEXT PRIMARY KEY,
    tenant  TEXT    NOT NULL,
    sealed  BYTEA    NOT NULL,
    masked  TEXT    NOT NULL,
    sender  TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT    NOT NULL,
    reasons TEXT    NOT NULL,
    judged BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS holds_of_tenant ON holds (tenant, id);
CREATE INDEX IF NOT EXISTS holds_held ON holds (outcome, id);

CREATE TABLE IF NOT EXISTS scrub_jobs (
    id       TEXT PRIMARY KEY,
    tenant   TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    asked    TEXT    NOT NULL,
    file     TEXT    NOT NULL,
    bytes BIGINT NOT NULL,
    bytes_read BIGINT NOT NULL,
    rows_judged BIGINT NOT NULL,
    result   TEXT    NOT NULL,
    problem  TEXT    NOT NULL,
    at BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    tries    INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS scrub_jobs_of_tenant ON scrub_jobs (tenant, id);
CREATE INDEX IF NOT EXISTS scrub_jobs_waiting ON scrub_jobs (state, id);

CREATE TABLE IF NOT EXISTS idempotent_answers (
    tenant  TEXT    NOT NULL,
    who     TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    digest  BYTEA    NOT NULL,
    status  INTEGER NOT NULL,
    headers TEXT    NOT NULL,
    body    BYTEA    NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, who, key)
);

CREATE TABLE IF NOT EXISTS webhooks (
    id      TEXT PRIMARY KEY,
    tenant  TEXT    NOT NULL,
    url     TEXT    NOT NULL,
    events  TEXT    NOT NULL,
    sealed  BYTEA    NOT NULL,
    enabled INTEGER NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS webhooks_of_tenant ON webhooks (tenant, id);

CREATE TABLE IF NOT EXISTS deliveries (
    id       TEXT    NOT NULL,
    webhook  TEXT    NOT NULL,
    tenant   TEXT    NOT NULL,
    event    TEXT    NOT NULL,
    body     BYTEA    NOT NULL,
    at BIGINT NOT NULL,
    due BIGINT NOT NULL,
    tries    INTEGER NOT NULL,
    state    TEXT    NOT NULL,
    status   INTEGER NOT NULL,
    answer   TEXT    NOT NULL,
    PRIMARY KEY (id, webhook)
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_of_webhook ON deliveries (webhook, at);

CREATE TABLE IF NOT EXISTS webhook_feed (
    one      SMALLINT PRIMARY KEY CHECK (one = 1),
    log_id   TEXT    NOT NULL,
    position BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS decision_counts (
    tenant   TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    shadow   INTEGER NOT NULL,
    sender   TEXT    NOT NULL,
    channel  TEXT    NOT NULL,
    purpose  TEXT    NOT NULL,
    outcome  TEXT    NOT NULL,
    reasons  TEXT    NOT NULL,
    many BIGINT NOT NULL,
    PRIMARY KEY (tenant, day, shadow, sender, channel, purpose, outcome, reasons)
);
