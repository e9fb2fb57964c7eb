-- depends: registers-0001-tables

-- Answers to codes nobody is registered for (答复待归属).
CREATE TABLE IF NOT EXISTS unattributed_replies (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    code     TEXT NOT NULL,
    number   TEXT NOT NULL,
    words    TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
