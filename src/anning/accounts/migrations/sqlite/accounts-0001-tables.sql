-- Tenants, people, roles and API keys as they stand; made of the journal alone, no secret among them.
CREATE TABLE IF NOT EXISTS tenants (
    id            TEXT PRIMARY KEY,
    name          TEXT    NOT NULL,
    tenant_kind   TEXT    NOT NULL,
    organisations TEXT    NOT NULL,
    closed        INTEGER NOT NULL,
    at            INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS people (
    id      TEXT PRIMARY KEY,
    name    TEXT    NOT NULL,
    home    TEXT    NOT NULL,
    enabled INTEGER NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS person_roles (
    person TEXT    NOT NULL,
    tenant TEXT    NOT NULL,
    role   TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (person, tenant, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS api_keys (
    id      TEXT PRIMARY KEY,
    tenant  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    scopes  TEXT    NOT NULL,
    rate    REAL    NOT NULL,
    burst   INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER NOT NULL,
    made_by TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS account_acts (
    position INTEGER PRIMARY KEY,
    tenant   TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    payload  TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS account_acts_of_tenant ON account_acts (tenant, position);
CREATE INDEX IF NOT EXISTS people_of_home ON people (home);
CREATE INDEX IF NOT EXISTS api_keys_of_tenant ON api_keys (tenant);
