-- +goose Up
CREATE TABLE audit (
    seq        BIGINT PRIMARY KEY, -- 1, 2, 3, … without gaps
    at         BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,    -- no reference: what a deleted user did stays
    user_email TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    hash       TEXT   NOT NULL
);
CREATE INDEX audit_user_id ON audit (user_id, seq);

-- Both ends of the kept chain, so that records missing at either end show.
CREATE TABLE audit_ends (
    id        BIGINT PRIMARY KEY, -- always 1
    base_seq  BIGINT NOT NULL,    -- the last record deleted for its age
    base_hash TEXT   NOT NULL,
    head_seq  BIGINT NOT NULL,
    head_hash TEXT   NOT NULL
);
INSERT INTO audit_ends (id, base_seq, base_hash, head_seq, head_hash)
VALUES (1, 0, 'trustlyportal audit 1', 0, 'trustlyportal audit 1');
