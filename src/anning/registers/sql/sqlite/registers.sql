-- name: code_recorded_by_codes
-- All rows of some codes, a JSON array, the latest first.
SELECT at, code, holder, code_user, code_use, state, reviewed FROM codes
WHERE code IN (SELECT value FROM json_each(:codes)) ORDER BY at DESC, position DESC;

-- name: ported_among
-- To whom some numbers, a JSON array, were ported.
SELECT number, at, position, org FROM ported_numbers WHERE number IN (SELECT value FROM json_each(:numbers)) AND at <= :at;

-- name: recycled_among
-- When some numbers, a JSON array, got a new holder, single statements alone.
SELECT number, at, position FROM recycled_numbers WHERE number IN (SELECT value FROM json_each(:numbers)) AND at <= :at;
