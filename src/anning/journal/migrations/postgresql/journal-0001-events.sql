-- The journal itself: events in order, commands by idempotency key, the epoch of the writer, the log they belong to.
CREATE TABLE IF NOT EXISTS journal (
    one     SMALLINT PRIMARY KEY CHECK (one = 1),
    log_id  TEXT    NOT NULL,
    epoch   BIGINT  NOT NULL
);

CREATE TABLE IF NOT EXISTS events (
    position    BIGINT PRIMARY KEY,
    log_id      TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    payload     TEXT   NOT NULL,
    tenant      TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    key         TEXT   NOT NULL,
    salt        BYTEA  NOT NULL,
    leaf_hash   BYTEA  NOT NULL,
    epoch       BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS commands (
    tenant          TEXT   NOT NULL,
    key             TEXT   NOT NULL,
    digest          BYTEA  NOT NULL,
    first_position  BIGINT NOT NULL,
    last_position   BIGINT NOT NULL,
    PRIMARY KEY (tenant, key)
);
