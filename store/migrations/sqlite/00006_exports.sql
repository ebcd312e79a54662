-- +goose Up
CREATE TABLE export_jobs (
    id            TEXT   PRIMARY KEY,                    -- unguessable
    user_id       BIGINT NOT NULL REFERENCES users (id), -- whose it is; nobody else opens it
    state         TEXT   NOT NULL,                       -- see store.ExportState
    why           TEXT   NOT NULL,                       -- of a failed one, see store.ExportWhy
    run           TEXT   NOT NULL,                       -- request id of the last that worked on it, as the log has it
    format        TEXT   NOT NULL,                       -- asked for when it began; any other can be had as well
    spec          BLOB   NOT NULL,                       -- what is exported, sealed
    walk          BLOB   NOT NULL,                       -- how far it is and the running totals, sealed; empty at the beginning
    receipt       BLOB   NOT NULL,                       -- of a complete one, sealed
    row_count     BIGINT NOT NULL,
    part_count    BIGINT NOT NULL,
    byte_count    BIGINT NOT NULL,                       -- of the parts, as they are kept
    requests      BIGINT NOT NULL,                       -- to the API
    per_minute    BIGINT NOT NULL,                       -- rows, of late
    checked       BIGINT NOT NULL,                       -- rows read again at the end
    covers_from   BIGINT NOT NULL,
    covered_until BIGINT NOT NULL,
    covers_to     BIGINT NOT NULL,
    waiting_since BIGINT NOT NULL,                       -- the API has failed since, 0 for never
    attempts      BIGINT NOT NULL,                       -- how often it was taken up since it last got further
    created_at    BIGINT NOT NULL,
    started_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    ended_at      BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,                       -- of one that ended
    turn_at       BIGINT NOT NULL,                       -- when it was last taken up
    lease_holder  TEXT   NOT NULL,                       -- who works on it, empty for nobody
    lease_until   BIGINT NOT NULL                        -- afterwards anybody may go on
);
CREATE INDEX export_jobs_user_id ON export_jobs (user_id, created_at);
CREATE INDEX export_jobs_state ON export_jobs (state, lease_until);

CREATE TABLE export_parts (
    job_id TEXT   NOT NULL REFERENCES export_jobs (id),
    part   BIGINT NOT NULL, -- 1, 2, 3, … without gaps
    body   BLOB   NOT NULL, -- rows, compressed and sealed
    PRIMARY KEY (job_id, part)
);
