-- name: held_epoch_and_head^
-- The newest epoch, its row locked, and the last position: a later writer can raise it only when this transaction has
-- ended. Had one raised it meanwhile the position may be old, and the epoch says so.
SELECT epoch, (SELECT COALESCE(MAX(position), 0) FROM events) FROM journal WHERE one = 1 FOR UPDATE;

-- name: applied_migrations
-- The migrations this database went through.
SELECT migration_id FROM _yoyo_migration ORDER BY migration_id;

-- name: migrated$
-- Whether this database was ever migrated.
SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_yoyo_migration';

-- name: known_commands
-- Which of these (tenant, key) pairs, a JSON array of arrays, were answered before, and how.
SELECT c.tenant, c.key, c.digest, c.first_position, c.last_position
FROM jsonb_array_elements(CAST(:asked AS jsonb)) AS asked
JOIN commands AS c ON c.tenant = asked ->> 0 AND c.key = asked ->> 1;

-- name: forget_commands_of!
-- What commands that led to these events, a JSON array of positions, said: their digests could be guessed.
DELETE FROM commands WHERE (tenant, key) IN (SELECT tenant, key FROM events WHERE position IN
    (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:positions AS jsonb))));

-- name: empty_events!
-- Erase what these events said: the leaf hash stays, and nothing it could be guessed by.
UPDATE events SET payload = '', key = '', salt = :nothing WHERE position IN
    (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:positions AS jsonb)));

-- name: events_known$
-- How many of these positions hold an event that still says something.
SELECT COUNT(*) FROM events WHERE payload <> '' AND position IN
    (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:positions AS jsonb)));
