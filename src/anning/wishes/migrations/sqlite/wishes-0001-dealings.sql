-- What is under way between the registry and a person. Numbers are keyed marks or sealed, tokens and codes are hashes.

-- The one-time code last sent to a number (一次性验证码).
CREATE TABLE IF NOT EXISTS one_time_codes (
    number  BLOB    PRIMARY KEY,
    code    BLOB    NOT NULL,
    expires INTEGER NOT NULL,
    tries   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When codes and requests were sent to a number, so that nobody is bombed with them.
CREATE TABLE IF NOT EXISTS asked_numbers (
    number BLOB    NOT NULL,
    what   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (number, what, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS asked_numbers_at ON asked_numbers (at);

-- People who proved their number, for half an hour (用户会话).
CREATE TABLE IF NOT EXISTS subscriber_sessions (
    token   BLOB    PRIMARY KEY,
    sealed  BLOB    NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A change asked for by SMS that waits for its one confirmation (短信待确认).
CREATE TABLE IF NOT EXISTS dialogues (
    number  BLOB    PRIMARY KEY,
    sealed  BLOB    NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One-sided consents whose recipients are asked to confirm (同意待确认).
CREATE TABLE IF NOT EXISTS confirmations (
    token   BLOB    PRIMARY KEY,
    number  BLOB    NOT NULL,
    org     TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    sealed  BLOB    NOT NULL,
    state   TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS confirmations_of_number ON confirmations (number, state);
