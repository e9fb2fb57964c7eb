-- What opens doors: only hashes, or sealed under a key that lies elsewhere.
CREATE TABLE IF NOT EXISTS key_hashes (
    id   TEXT PRIMARY KEY,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS passwords (
    person TEXT PRIMARY KEY,
    hash   TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS invitations (
    hash    BLOB PRIMARY KEY,
    person  TEXT    NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS totp_secrets (
    person    TEXT PRIMARY KEY,
    sealed    BLOB    NOT NULL,
    confirmed INTEGER NOT NULL,
    last_step INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS passkeys (
    id         BLOB PRIMARY KEY,
    person     TEXT    NOT NULL,
    public_key BLOB    NOT NULL,
    sign_count INTEGER NOT NULL,
    label      TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS outside_identities (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    person  TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sessions (
    id       TEXT PRIMARY KEY,
    hash     BLOB    NOT NULL UNIQUE,
    csrf     TEXT    NOT NULL,
    person   TEXT    NOT NULL,
    half     INTEGER NOT NULL,
    by_what  TEXT    NOT NULL,
    agent    TEXT    NOT NULL,
    begun    INTEGER NOT NULL,
    seen     INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS attempts (
    name   TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS challenges (
    hash    BLOB PRIMARY KEY,
    purpose TEXT    NOT NULL,
    person  TEXT    NOT NULL,
    payload BLOB    NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS sessions_of_person ON sessions (person);
CREATE INDEX IF NOT EXISTS passkeys_of_person ON passkeys (person);
CREATE INDEX IF NOT EXISTS attempts_on_name ON attempts (name, at);
