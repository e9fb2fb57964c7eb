-- name: held_epoch_and_head^
-- The newest epoch and the last position; inside BEGIN IMMEDIATE nobody else can change them until it ends.
SELECT epoch, (SELECT COALESCE(MAX(position), 0) FROM events) FROM journal WHERE one = 1;

-- name: applied_migrations
-- The migrations this database went through.
SELECT migration_id FROM _yoyo_migration ORDER BY migration_id;

-- name: migrated$
-- Whether this database was ever migrated.
SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_yoyo_migration';

-- name: known_commands
-- Which of these (tenant, key) pairs, a JSON array of arrays, were answered before, and how.
SELECT c.tenant, c.key, c.digest, c.first_position, c.last_position
FROM json_each(:asked) AS asked
JOIN commands AS c ON c.tenant = asked.value ->> 0 AND c.key = asked.value ->> 1;
