-- +goose Up
CREATE TABLE worksheets (
    id           TEXT   PRIMARY KEY,                    -- unguessable
    user_id      BIGINT NOT NULL REFERENCES users (id), -- whose it is; nobody else opens it
    state        TEXT   NOT NULL,                       -- see store.WorksheetState
    entries      BIGINT NOT NULL,                       -- pasted
    asked        BIGINT NOT NULL,                       -- of them, those with an answer
    body         BLOB   NOT NULL,                       -- entries and verdicts, sealed
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    lease_holder TEXT   NOT NULL,                       -- who is asking, empty for nobody
    lease_until  BIGINT NOT NULL                        -- afterwards anybody may go on
);
CREATE INDEX worksheets_user_id ON worksheets (user_id, created_at);
CREATE INDEX worksheets_expires_at ON worksheets (expires_at);
