-- +goose Up
CREATE TABLE authenticators (
    user_id    BIGINT PRIMARY KEY REFERENCES users (id),
    secret     BLOB   NOT NULL, -- sealed
    last_step  BIGINT NOT NULL, -- of the newest code that was accepted: none is taken twice
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES users (id),
    hash    TEXT   NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, hash)
);

CREATE TABLE passkeys (
    id              TEXT   PRIMARY KEY,                    -- the credential's, as base64url
    user_id         BIGINT NOT NULL REFERENCES users (id),
    handle          TEXT   NOT NULL,                       -- what authenticators know the user by, random, one for all of a user's
    name            TEXT   NOT NULL,
    public_key      BLOB   NOT NULL,
    transports      TEXT   NOT NULL,                       -- with commas between
    backup_eligible BIGINT NOT NULL,                       -- 1: may be kept in step between devices
    backed_up       BIGINT NOT NULL,                       -- 1: is
    sign_count      BIGINT NOT NULL,
    challenge_at    BIGINT NOT NULL,                       -- of the newest challenge answered: none is taken twice
    created_at      BIGINT NOT NULL,
    used_at         BIGINT NOT NULL
);
CREATE INDEX passkeys_user_id ON passkeys (user_id);

-- Codes tried since the last right one.
CREATE TABLE factor_tries (
    user_id  BIGINT PRIMARY KEY REFERENCES users (id),
    failed   BIGINT NOT NULL,
    tried_at BIGINT NOT NULL
);
