-- depends: api-0001-tables

-- What outsiders used of what they may ask in a day (外部租户当日额度).
CREATE TABLE IF NOT EXISTS quotas (
    tenant TEXT   NOT NULL,
    what   TEXT   NOT NULL,
    day    TEXT   NOT NULL,
    used   BIGINT NOT NULL,
    PRIMARY KEY (tenant, what, day)
);
