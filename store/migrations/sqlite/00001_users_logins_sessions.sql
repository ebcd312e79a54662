-- Times are milliseconds since 1970, 0 is never.

-- +goose Up
CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, as audit records name it
    email         TEXT   NOT NULL UNIQUE,            -- trimmed, lower case
    role          TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,                   -- empty: cannot sign in by password
    generation    BIGINT NOT NULL,                   -- see auth.User
    disabled_at   BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

CREATE TABLE logins (
    id           TEXT   PRIMARY KEY,
    user_id      BIGINT NOT NULL REFERENCES users (id),
    generation   BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    user_agent   TEXT   NOT NULL,
    started_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL
);
CREATE INDEX logins_user_id ON logins (user_id);
CREATE INDEX logins_started_at ON logins (started_at);

CREATE TABLE sessions (
    token      TEXT   PRIMARY KEY, -- the hash of what the cookie holds
    data       BLOB   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
