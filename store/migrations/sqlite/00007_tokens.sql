-- +goose Up
CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, as audit records name it
    hash       TEXT   NOT NULL UNIQUE,            -- SHA-256 of the token's text in hex; the text is nowhere
    user_id    BIGINT NOT NULL REFERENCES users (id),
    name       TEXT   NOT NULL,
    scope      TEXT   NOT NULL,                   -- see auth.ParseScope
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    used_from  TEXT   NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE INDEX tokens_user_id ON tokens (user_id);
