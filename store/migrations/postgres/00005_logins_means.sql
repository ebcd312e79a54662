-- +goose Up
-- How a login was proved, and when last. Logins from before were proved by a password when they started.
ALTER TABLE logins ADD COLUMN means TEXT NOT NULL DEFAULT 'password';
ALTER TABLE logins ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
UPDATE logins SET proved_at = started_at;
