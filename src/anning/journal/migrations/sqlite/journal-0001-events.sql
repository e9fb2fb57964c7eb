-- The journal itself: events in order, commands by idempotency key, the epoch of the writer, the log they belong to.
CREATE TABLE IF NOT EXISTS journal (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    log_id  TEXT    NOT NULL,
    epoch   INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS events (
    position    INTEGER PRIMARY KEY,
    log_id      TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    payload     TEXT    NOT NULL,
    tenant      TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    salt        BLOB    NOT NULL,
    leaf_hash   BLOB    NOT NULL,
    epoch       INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS commands (
    tenant          TEXT    NOT NULL,
    key             TEXT    NOT NULL,
    digest          BLOB    NOT NULL,
    first_position  INTEGER NOT NULL,
    last_position   INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;
