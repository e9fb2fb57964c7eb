-- name: note$
-- The words noted under a name.
SELECT words FROM notes WHERE tenant = :tenant AND name = :name;

-- name: take_note*!
-- Keep the newest words under a name.
INSERT INTO notes (tenant, name, words, position) VALUES (:tenant, :name, :words, :position)
ON CONFLICT (tenant, name) DO UPDATE SET words = excluded.words, position = excluded.position;

-- name: tally*!
-- One more of a kind.
INSERT INTO tallies (kind, total) VALUES (:kind, 1)
ON CONFLICT (kind) DO UPDATE SET total = tallies.total + 1;
