-- The register tables: one per kind of statement, every statement a row. They are a view of the journal.

-- Those who send, carry or stand between (主体).
CREATE TABLE IF NOT EXISTS organisations (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    id       TEXT NOT NULL,
    name     TEXT NOT NULL,
    trade    TEXT NOT NULL,
    org_kind TEXT NOT NULL,
    roles    TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS organisations_by_id ON organisations (id);

-- Checks of real identity (身份核验).
CREATE TABLE IF NOT EXISTS identities (
    position      INTEGER NOT NULL,
    line          INTEGER NOT NULL,
    tenant        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    org           TEXT NOT NULL,
    verified      INTEGER NOT NULL,
    document_kind TEXT NOT NULL,
    document_hash TEXT NOT NULL,
    verifier      TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS identities_by_org ON identities (org);

-- Licences (经营许可).
CREATE TABLE IF NOT EXISTS licences (
    position      INTEGER NOT NULL,
    line          INTEGER NOT NULL,
    tenant        TEXT NOT NULL,
    at            INTEGER NOT NULL,
    holder        TEXT NOT NULL,
    licence_kind  TEXT NOT NULL,
    licence_class TEXT NOT NULL,
    from_day      TEXT NOT NULL,
    until_day     TEXT NOT NULL,
    state         TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS licences_by_holder ON licences (holder);

-- Number codes (码号).
CREATE TABLE IF NOT EXISTS codes (
    position  INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    tenant    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    code      TEXT NOT NULL,
    holder    TEXT NOT NULL,
    code_user TEXT NOT NULL,
    code_use  TEXT NOT NULL,
    state     TEXT NOT NULL,
    reviewed  INTEGER NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS codes_by_code ON codes (code);

-- SMS signatures and their owners (短信签名); folded is the text as it is compared.
CREATE TABLE IF NOT EXISTS signatures (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    text     TEXT NOT NULL,
    owner    TEXT NOT NULL,
    state    TEXT NOT NULL,
    folded   TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS signatures_by_folded ON signatures (folded);

-- Measures on organisations (措施).
CREATE TABLE IF NOT EXISTS measures (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    org      TEXT NOT NULL,
    measure  TEXT NOT NULL,
    noticed  INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS measures_by_org ON measures (org);

-- Prohibited texts, stopped (内容封堵).
CREATE TABLE IF NOT EXISTS content_blocks (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    text     TEXT NOT NULL,
    lifted   INTEGER NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;

-- General wishes (意愿).
CREATE TABLE IF NOT EXISTS wishes (
    position       INTEGER NOT NULL,
    line           INTEGER NOT NULL,
    tenant         TEXT NOT NULL,
    at             INTEGER NOT NULL,
    number         TEXT NOT NULL,
    channel        TEXT NOT NULL,
    trades         TEXT NOT NULL,
    says           TEXT NOT NULL,
    hours          TEXT,
    weekdays       TEXT NOT NULL,
    code_prefixes  TEXT NOT NULL,
    except_for     TEXT NOT NULL,
    keeps_consents INTEGER NOT NULL,
    wish_kind      TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS wishes_by_number ON wishes (number);

-- General wishes taken back.
CREATE TABLE IF NOT EXISTS wish_withdrawals (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    number   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    trades   TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS wish_withdrawals_by_number ON wish_withdrawals (number);

-- Consents and requests to one organisation (同意).
CREATE TABLE IF NOT EXISTS consents (
    position   INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    tenant     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    number     TEXT NOT NULL,
    org        TEXT NOT NULL,
    channel    TEXT NOT NULL,
    act        TEXT NOT NULL,
    through    TEXT NOT NULL,
    confirmed  INTEGER NOT NULL,
    expires    INTEGER,
    words_hash TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    trade      TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS consents_by_number ON consents (number);

-- Refusals to one organisation, withdrawals of consent included (拒绝).
CREATE TABLE IF NOT EXISTS refusals (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    number   TEXT NOT NULL,
    org      TEXT NOT NULL,
    channel  TEXT NOT NULL,
    door     TEXT NOT NULL,
    words    TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refusals_by_number ON refusals (number);

-- Answers nobody could read yet (待判读答复).
CREATE TABLE IF NOT EXISTS unclear_replies (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    number   TEXT NOT NULL,
    org      TEXT NOT NULL,
    words    TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unclear_replies_by_number ON unclear_replies (number);

-- Unclear answers read by a person (人工判读).
CREATE TABLE IF NOT EXISTS reply_readings (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    number   TEXT NOT NULL,
    org      TEXT NOT NULL,
    refuses  INTEGER NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reply_readings_by_number ON reply_readings (number);

-- Numbers with a new holder (二次放号).
CREATE TABLE IF NOT EXISTS recycled_numbers (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    number   TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recycled_numbers_by_number ON recycled_numbers (number);

-- Public-interest applications (公益短信申请).
CREATE TABLE IF NOT EXISTS approvals (
    position  INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    tenant    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    id        TEXT NOT NULL,
    agency    TEXT NOT NULL,
    text      TEXT NOT NULL,
    applied   TEXT NOT NULL,
    approved  TEXT,
    emergency INTEGER NOT NULL,
    from_day  TEXT NOT NULL,
    until_day TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;

-- Prior notices of price (资费告知).
CREATE TABLE IF NOT EXISTS charge_notices (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    sender   TEXT NOT NULL,
    number   TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS charge_notices_by_number ON charge_notices (number);

-- Earlier communications (既往联系).
CREATE TABLE IF NOT EXISTS prior_contacts (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    sender   TEXT NOT NULL,
    number   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    contacts TEXT NOT NULL,
    content  TEXT NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS prior_contacts_by_number ON prior_contacts (number);

-- Instruments confirmed by the operator.
CREATE TABLE IF NOT EXISTS instrument_confirmations (
    position   INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    tenant     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    instrument TEXT NOT NULL,
    confirmed  INTEGER NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;

-- Whether the operator's own limits are judged.
CREATE TABLE IF NOT EXISTS house_policies (
    position INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    is_on    INTEGER NOT NULL,
    PRIMARY KEY (position, line)
) STRICT, WITHOUT ROWID;

-- Bulk imports, each a segment of the journal (批量导入).
CREATE TABLE IF NOT EXISTS imports (
    position INTEGER PRIMARY KEY,
    tenant   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    row_kind TEXT NOT NULL,
    rows     INTEGER NOT NULL,
    source   TEXT NOT NULL,
    file     TEXT NOT NULL,
    sha256   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
