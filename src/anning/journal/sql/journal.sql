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
-- Up to :count events after a position, in order; of a segment that was rewritten what stands now.
SELECT e.position, e.log_id, e.kind, e.payload, e.tenant, e.actor, e.at, e.recorded_at, e.key, e.salt, e.leaf_hash,
       e.epoch, r.file, r.bytes, r.sha256, r.live
FROM events AS e LEFT JOIN rewritten_segments AS r ON r.position = e.position
WHERE e.position > :after ORDER BY e.position LIMIT :count;

-- name: excerpts_after
-- What followers read of up to :count events after a position, in order.
SELECT e.position, e.kind, e.payload, e.tenant, e.at, r.file, r.bytes, r.sha256, r.live
FROM events AS e LEFT JOIN rewritten_segments AS r ON r.position = e.position
WHERE e.position > :after ORDER BY e.position LIMIT :count;

-- name: rewrite_segment!
-- What stands from now on in place of a segment's file.
INSERT INTO rewritten_segments (position, file, bytes, sha256, live) VALUES (:position, :file, :bytes, :sha256, :live)
ON CONFLICT (position) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256,
    live = excluded.live;

-- name: drop_segment!
-- Nothing stands any more in place of a segment's file.
DELETE FROM rewritten_segments WHERE position = :position;

-- name: segment_events
-- Every segment whose file stands, the latest last.
SELECT e.tenant, e.key, e.payload, r.file
FROM events AS e LEFT JOIN rewritten_segments AS r ON r.position = e.position
WHERE e.kind = 'segment' AND e.payload <> '' ORDER BY e.position;

-- name: last_erasure$
-- The place of the last erasure, 0 when there was none.
SELECT COALESCE(MAX(position), 0) FROM events WHERE kind = 'erased';

-- name: erasures_after
-- The erasures after a position, in order.
SELECT position, payload FROM events WHERE kind = 'erased' AND position > :after ORDER BY position;
