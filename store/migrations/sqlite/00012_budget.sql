-- +goose Up
-- The requests to the API that have just left, of all processes, see store/budget.go.
CREATE TABLE budgets (
    id    TEXT   PRIMARY KEY, -- a hash of the API and of the access id
    state TEXT   NOT NULL,
    asked BIGINT NOT NULL     -- how often
);
