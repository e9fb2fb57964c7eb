CREATE TABLE IF NOT EXISTS notes (
    tenant   VARCHAR(100) NOT NULL,
    name     VARCHAR(100) NOT NULL,
    words    VARCHAR(100) NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);
CREATE TABLE IF NOT EXISTS tallies (
    kind  VARCHAR(100) PRIMARY KEY,
    total BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS imported (
    number   BIGINT PRIMARY KEY,
    position BIGINT NOT NULL
);
