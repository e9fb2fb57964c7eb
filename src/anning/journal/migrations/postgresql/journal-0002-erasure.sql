-- depends: journal-0001-events

-- What stands now in place of the file that a segment event vouches for, since rows of it were erased (导入段改写).
CREATE TABLE IF NOT EXISTS rewritten_segments (
    position BIGINT PRIMARY KEY,
    file     TEXT NOT NULL,
    bytes    BIGINT NOT NULL,
    sha256   TEXT NOT NULL,
    live     BIGINT NOT NULL
);
