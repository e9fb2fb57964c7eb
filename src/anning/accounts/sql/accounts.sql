-- name: make_tenant!
-- A tenant as it stands now; one that is made again is open again.
INSERT INTO tenants (id, name, tenant_kind, organisations, closed, at)
VALUES (:id, :name, :tenant_kind, :organisations, 0, :at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, tenant_kind = excluded.tenant_kind,
    organisations = excluded.organisations, closed = 0;

-- name: close_tenant!
-- A tenant that is served no longer.
UPDATE tenants SET closed = 1 WHERE id = :id;

-- name: tenant^
-- One tenant.
SELECT id, name, tenant_kind, organisations, closed, at FROM tenants WHERE id = :id;

-- name: tenants
-- All tenants, by id.
SELECT id, name, tenant_kind, organisations, closed, at FROM tenants ORDER BY id;

-- name: add_person!
-- A person as they stand now.
INSERT INTO people (id, name, home, enabled, at) VALUES (:id, :name, :home, :enabled, :at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, enabled = excluded.enabled;

-- name: person^
-- One person.
SELECT id, name, home, enabled, at FROM people WHERE id = :id;

-- name: people_of_tenant
-- The people at home in a tenant, by id.
SELECT id, name, home, enabled, at FROM people WHERE home = :tenant ORDER BY id;

-- name: give_role!
-- A role, once.
INSERT INTO person_roles (person, tenant, role, at) VALUES (:person, :tenant, :role, :at)
ON CONFLICT (person, tenant, role) DO NOTHING;

-- name: take_role!
-- A role no longer.
DELETE FROM person_roles WHERE person = :person AND tenant = :tenant AND role = :role;

-- name: roles_of_person
-- Where a person has which roles; none in a tenant that is closed.
SELECT r.tenant, r.role FROM person_roles AS r LEFT JOIN tenants AS t ON t.id = r.tenant
WHERE r.person = :person AND COALESCE(t.closed, 0) = 0 ORDER BY r.tenant, r.role;

-- name: holders_of_role$
-- How many enabled people have a role in a tenant.
SELECT COUNT(*) FROM person_roles AS r JOIN people AS p ON p.id = r.person
WHERE r.tenant = :tenant AND r.role = :role AND p.enabled = 1;

-- name: make_key!
-- An API key as made.
INSERT INTO api_keys (id, tenant, name, scopes, rate, burst, expires, revoked, made_by, at)
VALUES (:id, :tenant, :name, :scopes, :rate, :burst, :expires, 0, :made_by, :at);

-- name: revoke_key!
-- It opens nothing any more.
UPDATE api_keys SET revoked = 1 WHERE id = :id;

-- name: key^
-- One key; one whose tenant is closed counts as revoked.
SELECT k.id, k.tenant, k.name, k.scopes, k.rate, k.burst, k.expires,
    CASE WHEN COALESCE(t.closed, 0) = 1 THEN 1 ELSE k.revoked END, k.made_by, k.at
FROM api_keys AS k LEFT JOIN tenants AS t ON t.id = k.tenant WHERE k.id = :id;

-- name: keys_of_tenant
-- The keys of a tenant, the latest first.
SELECT id, tenant, name, scopes, rate, burst, expires, revoked, made_by, at FROM api_keys
WHERE tenant = :tenant ORDER BY at DESC, id;

-- name: acts_of_tenant
-- What was done on a tenant's accounts, the latest first.
SELECT position, tenant, actor, kind, payload, at FROM account_acts
WHERE tenant = :tenant AND position < :before ORDER BY position DESC LIMIT :count;
