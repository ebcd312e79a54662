-- +goose Up
-- One-time links: to join, to set a new password, to make the first administrator.
CREATE TABLE invitations (
    id         TEXT   PRIMARY KEY,  -- unguessable, but no secret: what pages call it
    token_hash TEXT   NOT NULL UNIQUE,
    purpose    TEXT   NOT NULL,     -- see store.Purpose
    email      TEXT   NOT NULL,     -- normalized; empty for the first administrator, who chooses
    role       TEXT   NOT NULL,     -- of who joins
    user_id    BIGINT NOT NULL,     -- whose password it is, 0 for who joins
    generation BIGINT NOT NULL,     -- of that user: the link ends with it
    made_by    BIGINT NOT NULL,     -- the administrator, 0 for the command line
    made_email TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE INDEX invitations_email ON invitations (email);
CREATE INDEX invitations_expires_at ON invitations (expires_at);

-- The network of a login's address, see auth.Network.
ALTER TABLE logins ADD COLUMN network TEXT NOT NULL DEFAULT '';
UPDATE logins SET network = address;
