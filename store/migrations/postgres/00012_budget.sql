-- +goose Up
-- The requests to the API that have just left, of all processes, see store/budget.go. Not logged, so that no commit waits
-- for the disk: after a crash of the server it is empty, which counts as a limit used up.
CREATE UNLOGGED TABLE budgets (
    id    TEXT   PRIMARY KEY, -- a hash of the API and of the access id
    state TEXT   NOT NULL,
    asked BIGINT NOT NULL     -- how often
);
