-- name: organisation_registered_by_id
-- An organisation as registered, the latest statement first.
SELECT at, id, name, trade, org_kind, roles FROM organisations
WHERE id = :id ORDER BY at DESC, position DESC;

-- name: known_organisations
-- The ids of all organisations.
SELECT DISTINCT id FROM organisations;

-- name: identity_verified_by_org
-- The latest check of an organisation's identity.
SELECT at, org, verified, document_kind, document_hash, verifier FROM identities
WHERE org = :org ORDER BY at DESC, position DESC;

-- name: licence_recorded_by_holder
-- All licence rows of a holder, the latest first.
SELECT at, holder, licence_kind, licence_class, from_day, until_day, state FROM licences
WHERE holder = :holder ORDER BY at DESC, position DESC;

-- name: code_recorded_by_code
-- A code as registered, the latest statement first.
SELECT at, code, holder, code_user, code_use, state, reviewed FROM codes
WHERE code = :code ORDER BY at DESC, position DESC;

-- name: code_recorded_by_user
-- All rows of the codes that an organisation holds or uses, the latest first.
SELECT at, code, holder, code_user, code_use, state, reviewed FROM codes
WHERE (holder = :org OR code_user = :org) ORDER BY at DESC, position DESC;

-- name: signature_recorded_by_folded
-- All rows of one signature text, whoever's, the latest first.
SELECT at, text, owner, state FROM signatures
WHERE folded = :folded ORDER BY at DESC, position DESC;

-- name: signature_recorded_by_owner
-- All rows of an owner's signatures, the latest first.
SELECT at, text, owner, state FROM signatures
WHERE owner = :owner ORDER BY at DESC, position DESC;

-- name: measure_taken_by_org
-- All measures on an organisation, the latest first.
SELECT at, org, measure, noticed, reason FROM measures
WHERE org = :org ORDER BY at DESC, position DESC;

-- name: house_policy_set_by_time
-- Whether the operator's own limits are judged, the latest statement first.
SELECT at, is_on FROM house_policies ORDER BY at DESC, position DESC;

-- name: content_model_decided_by_time
-- Which content models were proposed and put in force, the latest first.
SELECT at, model, step, named, decided_by FROM content_models ORDER BY at DESC, position DESC;

-- name: imports
-- All bulk imports, the latest first.
SELECT position, at, row_kind, rows, source FROM imports ORDER BY position DESC;

-- name: imported_rows$
-- How many rows were imported after a position.
SELECT COALESCE(SUM(rows), 0) FROM imports WHERE position > :after;

-- name: imports_until
-- The bulk imports up to a journal position.
SELECT position, sha256 FROM imports WHERE position <= :until ORDER BY position;

-- name: words_recorded_by_hash
-- The words of a hash, whoever recorded them.
SELECT at, org, text FROM consent_words WHERE words_hash = :words_hash ORDER BY at DESC, position DESC;

-- name: words_recorded_by_org
-- All words with which an organisation asks, the latest first.
SELECT at, org, text FROM consent_words WHERE org = :org ORDER BY at DESC, position DESC;

-- name: consents_of_org
-- How many consents to an organisation were recorded one by one, by act, strength, channel and evidence.
SELECT act, confirmed, channel, evidence_kind, COUNT(*) FROM consents WHERE org = :org
GROUP BY act, confirmed, channel, evidence_kind ORDER BY 5 DESC, 1, 2, 3, 4;

-- name: consents_imported$
-- How many rows of consents a tenant imported.
SELECT COALESCE(SUM(rows), 0) FROM imports WHERE tenant = :tenant AND row_kind = 'consent';

-- name: served_ranges_at
-- Ranges of numbers and who serves them, the latest statement of each first.
SELECT prefix, operator FROM served_ranges WHERE at <= :at ORDER BY at DESC, position DESC;

-- name: ported_at_all$
-- Whether any number was ever ported.
SELECT COUNT(*) FROM (SELECT 1 FROM ported_numbers LIMIT 1) AS one;

-- name: rewrite_import!
-- Rows of an import were erased: another file stands in its place.
UPDATE imports SET file = :file, sha256 = :sha256, rows = :live WHERE position = :position;

-- name: tell_number!
-- Whose history is to be read again after an erasure.
INSERT INTO erased_numbers (position, number, org) VALUES (:position, :number, :org) ON CONFLICT DO NOTHING;

-- name: numbers_told
-- Whose histories are to be read again after an erasure, and whom they dealt with.
SELECT number, org FROM erased_numbers WHERE position = :position ORDER BY number, org;

-- name: untell_numbers!
-- Everybody has heard of the erasures up to a position.
DELETE FROM erased_numbers WHERE position <= :position;

-- name: erasure_before$
-- The last erasure that was recorded before a moment, in microseconds; 0 when there was none.
SELECT COALESCE(MAX(position), 0) FROM events WHERE kind = 'erased' AND recorded_at < :moment;

-- name: numbers_untold$
-- Whether any number is told of an erasure up to a position.
SELECT EXISTS (SELECT 1 FROM erased_numbers WHERE position <= :position);

-- name: legal_holds
-- What is held and what no longer is, the earliest statement first.
SELECT position, line, at, id, number, org, held, reason FROM legal_holds ORDER BY at, position;

-- name: suppressions_in_force
-- All marks kept beyond a moment, and since when.
SELECT mark, org, at, key FROM suppressions WHERE until > :at;

-- name: suppression_keys
-- Which keys the marks in force were made with.
SELECT DISTINCT key FROM suppressions WHERE until > :at;

-- name: suppression_of
-- Since when the marks among these two are kept.
SELECT at FROM suppressions WHERE mark IN (:own, :every);

-- name: suppressions_ended
-- The marks whose time is over.
SELECT position, until FROM suppressions WHERE until <= :at;

-- name: contacts_until
-- Earlier communications recorded until a moment.
SELECT position, line, at, sender, number, contacts FROM prior_contacts WHERE at <= :at;

-- name: unattributed_until
-- Answers to codes that nobody is registered for, recorded until a moment.
SELECT position, line, at, number FROM unattributed_replies WHERE at <= :at;

-- name: ports_of_several
-- The ports of numbers that were taken along more than once.
SELECT number, position, line, at FROM ported_numbers WHERE number IN
    (SELECT number FROM ported_numbers GROUP BY number HAVING COUNT(*) > 1) ORDER BY number, at, position;

-- name: numbers_of_several
-- Numbers of which more than one thing was said, the first before a moment, or one thing that has run out by itself.
SELECT number FROM (
    SELECT number, at FROM wishes
    UNION ALL SELECT number, at FROM wish_withdrawals
    UNION ALL SELECT number, at FROM consents
    UNION ALL SELECT number, at FROM refusals
    UNION ALL SELECT number, at FROM unclear_replies
    UNION ALL SELECT number, at FROM reply_readings
    UNION ALL SELECT number, at FROM recycled_numbers
    UNION ALL SELECT number, at FROM charge_notices
    UNION ALL SELECT number, at FROM forgotten_subscribers
) AS said GROUP BY number HAVING COUNT(*) > 1 AND MIN(at) <= :at
UNION SELECT number FROM consents WHERE expires <= :at
UNION SELECT number FROM wish_withdrawals WHERE at <= :at
UNION SELECT number FROM reply_readings WHERE at <= :at
UNION SELECT number FROM forgotten_subscribers WHERE at <= :at;

-- name: numbers_known
-- Every number of which anything was said, imports in files aside.
SELECT number FROM wishes
UNION SELECT number FROM wish_withdrawals
UNION SELECT number FROM consents
UNION SELECT number FROM refusals
UNION SELECT number FROM unclear_replies
UNION SELECT number FROM reply_readings
UNION SELECT number FROM recycled_numbers
UNION SELECT number FROM charge_notices
UNION SELECT number FROM forgotten_subscribers;

-- name: said_since
-- Of whom anything was said after a journal position.
SELECT number FROM wishes WHERE position > :position
UNION SELECT number FROM wish_withdrawals WHERE position > :position
UNION SELECT number FROM consents WHERE position > :position
UNION SELECT number FROM refusals WHERE position > :position
UNION SELECT number FROM unclear_replies WHERE position > :position
UNION SELECT number FROM reply_readings WHERE position > :position
UNION SELECT number FROM recycled_numbers WHERE position > :position
UNION SELECT number FROM charge_notices WHERE position > :position
UNION SELECT number FROM forgotten_subscribers WHERE position > :position
UNION SELECT number FROM ported_numbers WHERE position > :position;

-- name: held_or_imported_since$
-- Whether a hold was set or lifted, or a list imported, after a journal position.
SELECT EXISTS (SELECT 1 FROM legal_holds WHERE position > :position)
    OR EXISTS (SELECT 1 FROM imports WHERE position > :position);

-- name: evidence_used$
-- How many consents rest on a piece of evidence.
SELECT COUNT(*) FROM consents WHERE evidence_hash = :hash;
