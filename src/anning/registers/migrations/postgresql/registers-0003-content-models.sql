-- depends: registers-0002-unattributed

-- Content models, proposed and put in force (内容模型的提议与启用).
CREATE TABLE IF NOT EXISTS content_models (
    position   BIGINT NOT NULL,
    line       BIGINT NOT NULL,
    tenant     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    model      TEXT NOT NULL,
    step       TEXT NOT NULL,
    named      TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (position, line)
);
