-- name: found_log!
-- Name the log of a new database; an older name stands.
INSERT INTO journal (one, log_id, epoch) VALUES (1, :log_id, 0) ON CONFLICT (one) DO NOTHING;

-- name: log_id$
-- The log that positions belong to.
SELECT log_id FROM journal WHERE one = 1;

-- name: epoch$
-- The newest epoch given to a writer.
SELECT epoch FROM journal WHERE one = 1;

-- name: raise_epoch!
-- Fence off every earlier writer.
UPDATE journal SET epoch = epoch + 1 WHERE one = 1;

-- name: head$
-- The last position, 0 when nothing was written.
SELECT COALESCE(MAX(position), 0) FROM events;

-- name: events_after
-- Up to :count events after a position, in order.
SELECT position, log_id, kind, payload, tenant, actor, at, recorded_at, key, salt, leaf_hash, epoch
FROM events WHERE position > :after ORDER BY position LIMIT :count;

-- name: excerpts_after
-- What followers read of up to :count events after a position, in order.
SELECT position, kind, payload, tenant, at
FROM events WHERE position > :after ORDER BY position LIMIT :count;
