-- What the system itself sends, number and text sealed until it is delivered or runs out (系统自发短信).
CREATE TABLE IF NOT EXISTS outbox (
    id       TEXT PRIMARY KEY,
    tenant   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    masked   TEXT    NOT NULL,
    sealed   BYTEA   NOT NULL,
    state    TEXT    NOT NULL,
    at       BIGINT NOT NULL,
    due      BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    tries    BIGINT NOT NULL,
    taken_by TEXT    NOT NULL,
    answer   TEXT    NOT NULL
);
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (state, due);
