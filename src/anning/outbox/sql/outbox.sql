-- name: put_message!
-- A message that waits.
INSERT INTO outbox (id, tenant, kind, masked, sealed, state, at, due, expires, tries, taken_by, answer)
VALUES (:id, :tenant, :kind, :masked, :sealed, 'waiting', :at, :at, :expires, 0, '', '');

-- name: messages_due
-- Messages that wait, and those that were taken and not answered in time, the oldest first.
SELECT id, tenant, kind, masked, sealed, at, expires, tries FROM outbox
WHERE state = 'waiting' AND due <= :now AND expires > :now AND tenant = :tenant ORDER BY id LIMIT :count;

-- name: take_message!
-- It is taken: nobody else gets it before `due`.
UPDATE outbox SET due = :due, tries = tries + 1, taken_by = :taken_by WHERE id = :id AND state = 'waiting';

-- name: message^
-- One message.
SELECT id, tenant, kind, masked, state, at, expires, tries, answer FROM outbox WHERE id = :id AND tenant = :tenant;

-- name: answer_message!
-- What became of it; its content is gone.
UPDATE outbox SET state = :state, answer = :answer, sealed = :nothing
WHERE id = :id AND tenant = :tenant AND state = 'waiting';

-- name: retry_message!
-- It did not go out, and may be taken again at once.
UPDATE outbox SET due = :now, answer = :answer WHERE id = :id AND tenant = :tenant AND state = 'waiting';

-- name: expire_messages!
-- What nobody took in time; its content is gone.
UPDATE outbox SET state = 'expired', sealed = :nothing WHERE state = 'waiting' AND expires <= :now;

-- name: sweep_messages!
-- What was answered long ago.
DELETE FROM outbox WHERE at < :before AND state <> 'waiting';

-- name: messages_waiting
-- How many of each kind wait.
SELECT kind, COUNT(*) FROM outbox WHERE state = 'waiting' AND expires > :now GROUP BY kind ORDER BY kind;
