-- +goose Up
-- Who a single sign-on's provider says somebody is. An account that has one here signs in through the provider alone.
CREATE TABLE identities (
    issuer     TEXT   NOT NULL,                           -- the provider
    subject    TEXT   NOT NULL,                           -- how it names the person, for ever; an e-mail address is no such name
    user_id    BIGINT NOT NULL UNIQUE REFERENCES users (id),
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,                           -- last sign-in
    PRIMARY KEY (issuer, subject)
);

-- What the provider has to be told to end a login there as well, and by which name it tells the portal to end one.
CREATE TABLE sso_logins (
    login_id   TEXT PRIMARY KEY REFERENCES logins (id) ON DELETE CASCADE,
    issuer     TEXT NOT NULL,
    session_id TEXT NOT NULL,                             -- of the provider's session, or empty
    id_token   BLOB NOT NULL                              -- sealed, or empty
);
CREATE INDEX sso_logins_session ON sso_logins (issuer, session_id);
