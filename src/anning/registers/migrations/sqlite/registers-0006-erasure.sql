-- depends: registers-0004-wishes

-- Whose history is to be read again by whoever follows, after an erasure; gone within hours itself (待刷新号码).
CREATE TABLE IF NOT EXISTS erased_numbers (
    position INTEGER NOT NULL,
    number   TEXT NOT NULL,
    org      TEXT NOT NULL,
    PRIMARY KEY (position, number, org)
) STRICT, WITHOUT ROWID;
