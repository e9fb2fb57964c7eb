-- name: keep_hold!
-- A communication held, its content sealed.
INSERT INTO holds (id, tenant, sealed, masked, sender, actor, at, outcome, reasons, judged)
VALUES (:id, :tenant, :sealed, :masked, :sender, :actor, :at, 'hold', :reasons, :at);

-- name: hold^
-- One that was held.
SELECT id, tenant, sealed, masked, sender, actor, at, outcome, reasons, judged FROM holds WHERE id = :id;

-- name: holds_of_tenant
-- A tenant's, the latest first.
SELECT id, tenant, sealed, masked, sender, actor, at, outcome, reasons, judged FROM holds
WHERE tenant = :tenant AND id < :before ORDER BY id DESC LIMIT :count;

-- name: holds_still_held
-- All that are held still, the oldest first.
SELECT id, tenant, sealed, masked, sender, actor, at, outcome, reasons, judged FROM holds
WHERE outcome = 'hold' AND id > :after ORDER BY id LIMIT :count;

-- name: hold_judged!
-- Judged again.
UPDATE holds SET outcome = :outcome, reasons = :reasons, judged = :judged WHERE id = :id;

-- name: sweep_holds!
-- What was held long ago.
DELETE FROM holds WHERE at < :before;

-- name: keep_scrub!
-- A job whose list is still to come.
INSERT INTO scrub_jobs
    (id, tenant, actor, state, asked, file, bytes, bytes_read, rows_judged, result, problem, at, changed, tries)
VALUES (:id, :tenant, :actor, 'uploading', :asked, :file, 0, 0, 0, '', '', :at, :at, 0);

-- name: scrub_uploaded!
-- Its list is here: it waits.
UPDATE scrub_jobs SET state = 'waiting', bytes = :bytes, changed = :at WHERE id = :id AND state = 'uploading';

-- name: scrub^
-- One job.
SELECT id, tenant, actor, state, asked, file, bytes, bytes_read, rows_judged, result, problem, at, changed, tries
FROM scrub_jobs WHERE id = :id;

-- name: scrubs_of_tenant
-- A tenant's jobs, the latest first.
SELECT id, tenant, actor, state, asked, file, bytes, bytes_read, rows_judged, result, problem, at, changed, tries
FROM scrub_jobs WHERE tenant = :tenant AND id < :before ORDER BY id DESC LIMIT :count;

-- name: next_scrub^
-- The job that waited longest.
SELECT id, tenant, actor, state, asked, file, bytes, bytes_read, rows_judged, result, problem, at, changed, tries
FROM scrub_jobs WHERE state = 'waiting' ORDER BY id LIMIT 1;

-- name: begin_scrub!
-- Taken up, once more.
UPDATE scrub_jobs SET state = 'running', bytes_read = 0, rows_judged = 0, changed = :at, tries = tries + 1
WHERE id = :id AND state = 'waiting';

-- name: resume_scrubs!
-- What a server left half-way when it stopped waits again.
UPDATE scrub_jobs SET state = 'waiting', changed = :at WHERE state = 'running';

-- name: scrub_progress!
-- How far it is.
UPDATE scrub_jobs SET bytes_read = :bytes_read, rows_judged = :rows_judged, changed = :at
WHERE id = :id AND state = 'running';

-- name: end_scrub!
-- Done or failed.
UPDATE scrub_jobs SET state = :state, result = :result, problem = :problem, rows_judged = :rows_judged,
    bytes_read = bytes, changed = :at
WHERE id = :id AND state = 'running';

-- name: cancel_scrub!
-- Nobody wants it any more.
UPDATE scrub_jobs SET state = 'cancelled', changed = :at WHERE id = :id AND state IN ('uploading', 'waiting', 'running');

-- name: forget_scrub!
-- Its files are gone.
DELETE FROM scrub_jobs WHERE id = :id;

-- name: answer_under^
-- What was answered under an idempotency key.
SELECT digest, status, headers, body FROM idempotent_answers WHERE tenant = :tenant AND who = :who AND key = :key;

-- name: claim_key!
-- A request under a key begins; another one under the same key does not.
INSERT INTO idempotent_answers (tenant, who, key, digest, status, headers, body, at)
VALUES (:tenant, :who, :key, :digest, 0, '', :body, :at) ON CONFLICT (tenant, who, key) DO NOTHING;

-- name: keep_answer!
-- And was answered so.
UPDATE idempotent_answers SET status = :status, headers = :headers, body = :body
WHERE tenant = :tenant AND who = :who AND key = :key;

-- name: release_key!
-- It came to nothing and may be tried again.
DELETE FROM idempotent_answers WHERE tenant = :tenant AND who = :who AND key = :key;

-- name: release_unanswered!
-- What a server left unanswered when it stopped may be tried again.
DELETE FROM idempotent_answers WHERE status = 0;

-- name: sweep_answers!
-- Keys are remembered for a time only.
DELETE FROM idempotent_answers WHERE at < :before;

-- name: keep_webhook!
-- Where a tenant wants to be told.
INSERT INTO webhooks (id, tenant, url, events, sealed, enabled, at)
VALUES (:id, :tenant, :url, :events, :sealed, 1, :at);

-- name: webhook^
-- One webhook.
SELECT id, tenant, url, events, sealed, enabled, at FROM webhooks WHERE id = :id;

-- name: webhooks_of_tenant
-- A tenant's webhooks.
SELECT id, tenant, url, events, sealed, enabled, at FROM webhooks WHERE tenant = :tenant ORDER BY id;

-- name: webhooks
-- All webhooks that are on.
SELECT id, tenant, url, events, sealed, enabled, at FROM webhooks WHERE enabled = 1 ORDER BY id;

-- name: forget_webhook!
-- Nobody is told there any more.
DELETE FROM webhooks WHERE id = :id;

-- name: forget_deliveries!
-- Nor what was still to be told.
DELETE FROM deliveries WHERE webhook = :webhook;

-- name: queue_delivery!
-- Something to be told; the same once only.
INSERT INTO deliveries (id, webhook, tenant, event, body, at, due, tries, state, status, answer)
VALUES (:id, :webhook, :tenant, :event, :body, :at, :at, 0, 'waiting', 0, '') ON CONFLICT (id, webhook) DO NOTHING;

-- name: deliveries_due
-- What is to be told now, the oldest first.
SELECT d.id, d.webhook, d.event, d.body, d.tries, w.url, w.sealed FROM deliveries AS d
JOIN webhooks AS w ON w.id = d.webhook AND w.enabled = 1
WHERE d.state = 'waiting' AND d.due <= :now ORDER BY d.due, d.id LIMIT :count;

-- name: next_due$
-- When something is to be told next.
SELECT MIN(due) FROM deliveries WHERE state = 'waiting';

-- name: delivered!
-- How a try came out.
UPDATE deliveries SET state = :state, status = :status, answer = :answer, tries = tries + 1, due = :due
WHERE id = :id AND webhook = :webhook;

-- name: retry_delivery!
-- Somebody wants it tried again now.
UPDATE deliveries SET state = 'waiting', due = :now, tries = 0 WHERE id = :id AND webhook = :webhook;

-- name: deliveries_of_webhook
-- What was told, the latest first.
SELECT id, webhook, event, at, due, tries, state, status, answer FROM deliveries
WHERE webhook = :webhook ORDER BY at DESC, id DESC LIMIT :count;

-- name: sweep_deliveries!
-- What was told long ago.
DELETE FROM deliveries WHERE state <> 'waiting' AND at < :before;

-- name: feed^
-- How far the journal was read for webhooks.
SELECT log_id, position FROM webhook_feed WHERE one = 1;

-- name: keep_feed!
-- Read so far.
INSERT INTO webhook_feed (one, log_id, position) VALUES (1, :log_id, :position)
ON CONFLICT (one) DO UPDATE SET log_id = excluded.log_id, position = excluded.position;

-- name: count_decisions!
-- So many more of a kind.
INSERT INTO decision_counts (tenant, day, shadow, sender, channel, purpose, outcome, reasons, many)
VALUES (:tenant, :day, :shadow, :sender, :channel, :purpose, :outcome, :reasons, :many)
ON CONFLICT (tenant, day, shadow, sender, channel, purpose, outcome, reasons)
DO UPDATE SET many = decision_counts.many + excluded.many;

-- name: decisions_counted
-- What a tenant was answered in a span of days.
SELECT day, sender, channel, purpose, outcome, reasons, many FROM decision_counts
WHERE tenant = :tenant AND shadow = :shadow AND day >= :first AND day <= :last
ORDER BY day, sender, channel, purpose, outcome, reasons;

-- name: licences_recorded
-- All licence rows in the order they count, of the system of record.
SELECT holder, licence_kind, licence_class, until_day, state FROM licences ORDER BY at, position;

-- name: jobs_by_state
-- How many list jobs stand where.
SELECT state, COUNT(*) FROM scrub_jobs GROUP BY state;

-- name: deliveries_by_state
-- How many webhook deliveries stand where.
SELECT state, COUNT(*) FROM deliveries GROUP BY state;

-- name: held$
-- How many communications are held still.
SELECT COUNT(*) FROM holds WHERE outcome = 'hold';

-- name: quota_used$
-- What a tenant used of a day.
SELECT used FROM quotas WHERE tenant = :tenant AND what = :what AND day = :day;

-- name: begin_quota!
-- A tenant's first of a day.
INSERT INTO quotas (tenant, what, day, used) VALUES (:tenant, :what, :day, 0) ON CONFLICT DO NOTHING;

-- name: take_quota!
-- So many more, when so many are left.
UPDATE quotas SET used = used + :many WHERE tenant = :tenant AND what = :what AND day = :day AND used + :many <= :most;

-- name: sweep_quotas!
-- Days long gone.
DELETE FROM quotas WHERE day < :before;
