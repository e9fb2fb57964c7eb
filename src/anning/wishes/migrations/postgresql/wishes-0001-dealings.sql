-- What is under way between the registry and a person. Numbers are keyed marks or sealed, tokens and codes are hashes.

-- The one-time code last sent to a number (一次性验证码).
CREATE TABLE IF NOT EXISTS one_time_codes (
    number  BYTEA   PRIMARY KEY,
    code    BYTEA   NOT NULL,
    expires BIGINT NOT NULL,
    tries   BIGINT NOT NULL
);

-- When codes and requests were sent to a number, so that nobody is bombed with them.
CREATE TABLE IF NOT EXISTS asked_numbers (
    number BYTEA   NOT NULL,
    what   TEXT    NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (number, what, at)
);
CREATE INDEX IF NOT EXISTS asked_numbers_at ON asked_numbers (at);

-- People who proved their number, for half an hour (用户会话).
CREATE TABLE IF NOT EXISTS subscriber_sessions (
    token   BYTEA   PRIMARY KEY,
    sealed  BYTEA   NOT NULL,
    expires BIGINT NOT NULL
);

-- A change asked for by SMS that waits for its one confirmation (短信待确认).
CREATE TABLE IF NOT EXISTS dialogues (
    number  BYTEA   PRIMARY KEY,
    sealed  BYTEA   NOT NULL,
    expires BIGINT NOT NULL
);

-- One-sided consents whose recipients are asked to confirm (同意待确认).
CREATE TABLE IF NOT EXISTS confirmations (
    token   BYTEA   PRIMARY KEY,
    number  BYTEA   NOT NULL,
    org     TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    sealed  BYTEA   NOT NULL,
    state   TEXT    NOT NULL,
    at      BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS confirmations_of_number ON confirmations (number, state);
