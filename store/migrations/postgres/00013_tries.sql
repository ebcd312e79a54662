-- +goose Up
-- Wrong passwords of the last minutes, see auth.Throttle. Not logged, so that no sign-in waits for the disk: after a
-- crash of the server they are forgiven.
CREATE UNLOGGED TABLE tries (
    id      TEXT   PRIMARY KEY, -- a hash of what they count against
    n       BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX tries_last_at ON tries (last_at);
