-- +goose Up
CREATE TABLE saved_views (
    id         TEXT   PRIMARY KEY,                    -- in the short URL
    user_id    BIGINT NOT NULL REFERENCES users (id), -- the owner
    name       TEXT   COLLATE "C" NOT NULL,
    query      TEXT   NOT NULL,                       -- canonical, without personal values
    shared     BIGINT NOT NULL,                       -- 1: for everybody, 0: for the owner
    position   BIGINT NOT NULL,                       -- among the owner's
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL,
    UNIQUE (user_id, name)
);

CREATE TABLE default_views (
    user_id BIGINT PRIMARY KEY REFERENCES users (id),
    view_id TEXT   NOT NULL REFERENCES saved_views (id)
);
CREATE INDEX default_views_view_id ON default_views (view_id);

CREATE TABLE private_links (
    token      TEXT   PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id), -- who made it
    view_id    TEXT   NOT NULL,                       -- the saved view it belongs to, or empty
    query      TEXT   NOT NULL,                       -- the view it was made from, the token in it
    sealed     TEXT   NOT NULL,                       -- the personal values, encrypted, as base64
    only_maker BIGINT NOT NULL,                       -- 1: nobody else may open it
    uses       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);
CREATE INDEX private_links_user_id ON private_links (user_id);
CREATE INDEX private_links_view_id ON private_links (view_id);
