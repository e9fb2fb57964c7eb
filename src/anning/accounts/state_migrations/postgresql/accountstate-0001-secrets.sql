-- What opens doors: only hashes, or sealed under a key that lies elsewhere.
CREATE TABLE IF NOT EXISTS key_hashes (
    id   TEXT PRIMARY KEY,
    hash BYTEA NOT NULL
);

CREATE TABLE IF NOT EXISTS passwords (
    person TEXT PRIMARY KEY,
    hash   TEXT    NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS invitations (
    hash    BYTEA PRIMARY KEY,
    person  TEXT    NOT NULL,
    expires BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS totp_secrets (
    person    TEXT PRIMARY KEY,
    sealed    BYTEA    NOT NULL,
    confirmed INTEGER NOT NULL,
    last_step BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS passkeys (
    id         BYTEA PRIMARY KEY,
    person     TEXT    NOT NULL,
    public_key BYTEA    NOT NULL,
    sign_count BIGINT NOT NULL,
    label      TEXT    NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS outside_identities (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    person  TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE TABLE IF NOT EXISTS sessions (
    id       TEXT PRIMARY KEY,
    hash     BYTEA    NOT NULL UNIQUE,
    csrf     TEXT    NOT NULL,
    person   TEXT    NOT NULL,
    half     INTEGER NOT NULL,
    by_what  TEXT    NOT NULL,
    agent    TEXT    NOT NULL,
    begun BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS attempts (
    name   TEXT    NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS challenges (
    hash    BYTEA PRIMARY KEY,
    purpose TEXT    NOT NULL,
    person  TEXT    NOT NULL,
    payload BYTEA    NOT NULL,
    expires BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS sessions_of_person ON sessions (person);
CREATE INDEX IF NOT EXISTS passkeys_of_person ON passkeys (person);
CREATE INDEX IF NOT EXISTS attempts_on_name ON attempts (name, at);
