-- +goose Up
-- Wrong passwords of the last minutes, see auth.Throttle.
CREATE TABLE tries (
    id      TEXT   PRIMARY KEY, -- a hash of what they count against
    n       BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX tries_last_at ON tries (last_at);
