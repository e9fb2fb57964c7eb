-- name: code_recorded_by_codes
-- All rows of some codes, a JSON array, the latest first.
SELECT at, code, holder, code_user, code_use, state, reviewed FROM codes
WHERE code IN (SELECT value FROM json_each(:codes)) ORDER BY at DESC, position DESC;
