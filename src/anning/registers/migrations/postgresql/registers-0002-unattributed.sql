-- depends: registers-0001-tables

-- Answers to codes nobody is registered for (答复待归属).
CREATE TABLE IF NOT EXISTS unattributed_replies (
    position BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    tenant   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    code     TEXT NOT NULL,
    number   TEXT NOT NULL,
    words    TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
