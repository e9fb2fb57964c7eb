-- What the system itself sends, number and text sealed until it is delivered or runs out (系统自发短信).
CREATE TABLE IF NOT EXISTS outbox (
    id       TEXT PRIMARY KEY,
    tenant   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    masked   TEXT    NOT NULL,
    sealed   BLOB    NOT NULL,
    state    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    tries    INTEGER NOT NULL,
    taken_by TEXT    NOT NULL,
    answer   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outbox_due ON outbox (state, due);
