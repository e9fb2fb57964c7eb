-- depends: registers-0003-content-models

-- By which way a word came in, how its speaker was made sure of, what proves it.
ALTER TABLE wishes ADD COLUMN door TEXT NOT NULL DEFAULT '';
ALTER TABLE wishes ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE wish_withdrawals ADD COLUMN door TEXT NOT NULL DEFAULT '';
ALTER TABLE wish_withdrawals ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE consents ADD COLUMN door TEXT NOT NULL DEFAULT '';
ALTER TABLE consents ADD COLUMN evidence_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE consents ADD COLUMN evidence_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE consents ADD COLUMN confirms TEXT NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS consents_by_org ON consents (org);
ALTER TABLE refusals ADD COLUMN proof TEXT NOT NULL DEFAULT '';

-- The words with which organisations ask for consent (征询文本).
CREATE TABLE IF NOT EXISTS consent_words (
    position   BIGINT NOT NULL,
    line       BIGINT NOT NULL,
    tenant     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    org        TEXT NOT NULL,
    text       TEXT NOT NULL,
    words_hash TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
CREATE INDEX IF NOT EXISTS consent_words_by_hash ON consent_words (words_hash);
CREATE INDEX IF NOT EXISTS consent_words_by_org ON consent_words (org);

-- Ranges of numbers and the operators that serve them (号段归属).
CREATE TABLE IF NOT EXISTS served_ranges (
    position BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    tenant   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    prefix   TEXT NOT NULL,
    operator TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
CREATE INDEX IF NOT EXISTS served_ranges_by_prefix ON served_ranges (prefix);

-- Numbers taken along to another operator (携号转网).
CREATE TABLE IF NOT EXISTS ported_numbers (
    position BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    tenant   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    number   TEXT NOT NULL,
    org      TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
CREATE INDEX IF NOT EXISTS ported_numbers_by_number ON ported_numbers (number);

-- People who want to be known no longer (被遗忘).
CREATE TABLE IF NOT EXISTS forgotten_subscribers (
    position BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    tenant   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    number   TEXT NOT NULL,
    what     TEXT NOT NULL,
    door     TEXT NOT NULL,
    proof    TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
CREATE INDEX IF NOT EXISTS forgotten_subscribers_by_number ON forgotten_subscribers (number);

-- Keyed marks of whom old lists must not bring back (抑制标记).
CREATE TABLE IF NOT EXISTS suppressions (
    position BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    tenant   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    mark     TEXT NOT NULL,
    org      TEXT NOT NULL,
    until    BIGINT NOT NULL,
    key      TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
CREATE INDEX IF NOT EXISTS suppressions_by_mark ON suppressions (mark);

-- What is not erased while a case is open (法定保全).
CREATE TABLE IF NOT EXISTS legal_holds (
    position BIGINT NOT NULL,
    line     BIGINT NOT NULL,
    tenant   TEXT NOT NULL,
    at       BIGINT NOT NULL,
    id       TEXT NOT NULL,
    number   TEXT NOT NULL,
    org      TEXT NOT NULL,
    held     SMALLINT NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
CREATE INDEX IF NOT EXISTS legal_holds_by_id ON legal_holds (id);
