-- Tenants, people, roles and API keys as they stand; made of the journal alone, no secret among them.
CREATE TABLE IF NOT EXISTS tenants (
    id            TEXT PRIMARY KEY,
    name          TEXT    NOT NULL,
    tenant_kind   TEXT    NOT NULL,
    organisations TEXT    NOT NULL,
    closed        INTEGER NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS people (
    id      TEXT PRIMARY KEY,
    name    TEXT    NOT NULL,
    home    TEXT    NOT NULL,
    enabled INTEGER NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS person_roles (
    person TEXT    NOT NULL,
    tenant TEXT    NOT NULL,
    role   TEXT    NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, tenant, role)
);

CREATE TABLE IF NOT EXISTS api_keys (
    id      TEXT PRIMARY KEY,
    tenant  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    scopes  TEXT    NOT NULL,
    rate    DOUBLE PRECISION NOT NULL,
    burst   INTEGER NOT NULL,
    expires BIGINT,
    revoked INTEGER NOT NULL,
    made_by TEXT    NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS account_acts (
    position BIGINT PRIMARY KEY,
    tenant   TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    payload  TEXT    NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX IF NOT EXISTS account_acts_of_tenant ON account_acts (tenant, position);
CREATE INDEX IF NOT EXISTS people_of_home ON people (home);
CREATE INDEX IF NOT EXISTS api_keys_of_tenant ON api_keys (tenant);
