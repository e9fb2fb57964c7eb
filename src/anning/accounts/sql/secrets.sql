-- name: keep_key_hash!
-- The hash of a new key's secret.
INSERT INTO key_hashes (id, hash) VALUES (:id, :hash);

-- name: key_hash$
-- The hash of a key's secret.
SELECT hash FROM key_hashes WHERE id = :id;

-- name: forget_key_hash!
-- The key opens nothing, whatever the journal says.
DELETE FROM key_hashes WHERE id = :id;

-- name: set_password!
-- The hash of a person's password.
INSERT INTO passwords (person, hash, at) VALUES (:person, :hash, :at)
ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, at = excluded.at;

-- name: password_hash$
-- The hash of a person's password, null when there is none.
SELECT hash FROM passwords WHERE person = :person;

-- name: keep_invitation!
-- A one-time link with which a person sets a password.
INSERT INTO invitations (hash, person, expires) VALUES (:hash, :person, :expires);

-- name: invitation$
-- Whom an invitation is for, while it stands.
SELECT person FROM invitations WHERE hash = :hash AND expires > :now;

-- name: forget_invitations!
-- A person's invitations are used up, and whatever has run out goes too.
DELETE FROM invitations WHERE person = :person OR expires <= :now;

-- name: keep_totp!
-- A second factor that is confirmed by its first code.
INSERT INTO totp_secrets (person, sealed, confirmed, last_step) VALUES (:person, :sealed, 0, 0)
ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed, confirmed = 0, last_step = 0;

-- name: totp^
-- A person's second factor.
SELECT sealed, confirmed, last_step FROM totp_secrets WHERE person = :person;

-- name: use_totp_step!
-- A code counts once: the step is taken only when it is later than the last.
UPDATE totp_secrets SET confirmed = 1, last_step = :step WHERE person = :person AND last_step < :step;

-- name: forget_totp!
-- No second factor any more.
DELETE FROM totp_secrets WHERE person = :person;

-- name: keep_passkey!
-- A passkey as registered.
INSERT INTO passkeys (id, person, public_key, sign_count, label, at)
VALUES (:id, :person, :public_key, :sign_count, :label, :at);

-- name: passkey^
-- One passkey.
SELECT person, public_key, sign_count, label FROM passkeys WHERE id = :id;

-- name: passkeys_of_person
-- A person's passkeys, the oldest first.
SELECT id, label, at FROM passkeys WHERE person = :person ORDER BY at, label;

-- name: passkey_used!
-- Its counter moved on.
UPDATE passkeys SET sign_count = :sign_count WHERE id = :id;

-- name: forget_passkey!
-- It opens nothing any more.
DELETE FROM passkeys WHERE id = :id AND person = :person;

-- name: tie_identity!
-- An identity at an outside provider is this person's.
INSERT INTO outside_identities (issuer, subject, person) VALUES (:issuer, :subject, :person)
ON CONFLICT (issuer, subject) DO NOTHING;

-- name: person_of_identity$
-- Whose an outside identity is.
SELECT person FROM outside_identities WHERE issuer = :issuer AND subject = :subject;

-- name: forget_identities!
-- A person's outside identities open nothing any more.
DELETE FROM outside_identities WHERE person = :person;

-- name: begin_session!
-- A session, known by the hash of its token.
INSERT INTO sessions (id, hash, csrf, person, half, by_what, agent, begun, seen, expires)
VALUES (:id, :hash, :csrf, :person, :half, :by_what, :agent, :now, :now, :expires);

-- name: session^
-- A session that stands.
SELECT id, csrf, person, half, by_what, seen, expires FROM sessions
WHERE hash = :hash AND expires > :now AND seen > :idle_since;

-- name: session_seen!
-- It was used.
UPDATE sessions SET seen = :now WHERE id = :id;

-- name: sessions_of_person
-- A person's sessions, the latest first.
SELECT id, by_what, agent, begun, seen, expires FROM sessions
WHERE person = :person AND half = 0 AND expires > :now AND seen > :idle_since ORDER BY begun DESC, id;

-- name: end_session!
-- One of a person's sessions is over.
DELETE FROM sessions WHERE id = :id AND person = :person;

-- name: end_sessions!
-- All of a person's sessions are over, but one.
DELETE FROM sessions WHERE person = :person AND id <> :but;

-- name: sweep_sessions!
-- What has run out.
DELETE FROM sessions WHERE expires <= :now;

-- name: note_attempt!
-- A sign-in that failed.
INSERT INTO attempts (name, at) VALUES (:name, :now);

-- name: attempts$
-- How many failed lately.
SELECT COUNT(*) FROM attempts WHERE name = :name AND at > :since;

-- name: forget_attempts!
-- After success, or when they are old.
DELETE FROM attempts WHERE name = :name OR at <= :before;

-- name: keep_challenge!
-- Something asked of a browser, to be answered once.
INSERT INTO challenges (hash, purpose, person, payload, expires) VALUES (:hash, :purpose, :person, :payload, :expires);

-- name: challenge^
-- What was asked.
SELECT person, payload FROM challenges WHERE hash = :hash AND purpose = :purpose AND expires > :now;

-- name: forget_challenge!
-- It was answered, or ran out.
DELETE FROM challenges WHERE hash = :hash OR expires <= :now;
