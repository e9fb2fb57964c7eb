-- name: keep_code!
-- The code sent last; the one before opens nothing any more.
INSERT INTO one_time_codes (number, code, expires, tries) VALUES (:number, :code, :expires, 0)
ON CONFLICT (number) DO UPDATE SET code = :code, expires = :expires, tries = 0;

-- name: code_of^
-- The code a number may show.
SELECT code, tries FROM one_time_codes WHERE number = :number AND expires > :now;

-- name: code_tried!
-- A wrong code was shown.
UPDATE one_time_codes SET tries = tries + 1 WHERE number = :number;

-- name: code_used!
-- A code opens once.
DELETE FROM one_time_codes WHERE number = :number;

-- name: sweep_codes!
-- Codes that ran out.
DELETE FROM one_time_codes WHERE expires <= :now;

-- name: note_asked!
-- Something was sent to a number.
INSERT INTO asked_numbers (number, what, at) VALUES (:number, :what, :at) ON CONFLICT DO NOTHING;

-- name: asked_since
-- When things of a kind were sent to a number, the latest first.
SELECT at FROM asked_numbers WHERE number = :number AND what = :what AND at > :since ORDER BY at DESC;

-- name: sweep_asked!
-- What was sent so long ago that no limit looks back to it.
DELETE FROM asked_numbers WHERE at <= :before;

-- name: begin_subscriber_session!
-- A number was proved.
INSERT INTO subscriber_sessions (token, sealed, expires) VALUES (:token, :sealed, :expires);

-- name: subscriber_session^
-- Whose session it is.
SELECT sealed FROM subscriber_sessions WHERE token = :token AND expires > :now;

-- name: end_subscriber_session!
-- It is over.
DELETE FROM subscriber_sessions WHERE token = :token;

-- name: sweep_subscriber_sessions!
-- Those that ran out.
DELETE FROM subscriber_sessions WHERE expires <= :now;

-- name: keep_dialogue!
-- What waits for its confirmation; asking for something else forgets it.
INSERT INTO dialogues (number, sealed, expires) VALUES (:number, :sealed, :expires)
ON CONFLICT (number) DO UPDATE SET sealed = :sealed, expires = :expires;

-- name: dialogue^
-- What waits for a number's confirmation.
SELECT sealed FROM dialogues WHERE number = :number AND expires > :now;

-- name: end_dialogue!
-- It was confirmed, or given up.
DELETE FROM dialogues WHERE number = :number;

-- name: sweep_dialogues!
-- What nobody confirmed in time.
DELETE FROM dialogues WHERE expires <= :now;

-- name: keep_confirmation!
-- Somebody is asked to confirm a consent.
INSERT INTO confirmations (token, number, org, code, sealed, state, at, expires)
VALUES (:token, :number, :org, :code, :sealed, 'asked', :at, :expires);

-- name: confirmation^
-- The request a link belongs to.
SELECT number, org, sealed, state, expires FROM confirmations WHERE token = :token;

-- name: confirmations_asked
-- What a number was asked under a code and did not answer yet, the latest first.
SELECT token, org, sealed FROM confirmations
WHERE number = :number AND state = 'asked' AND code = :code AND expires > :now ORDER BY at DESC;

-- name: confirmation_answered!
-- It was answered; only the first answer changes something.
UPDATE confirmations SET state = :state WHERE token = :token AND state = 'asked' AND expires > :now;

-- name: sweep_confirmations!
-- Requests of long ago.
DELETE FROM confirmations WHERE expires <= :before;
