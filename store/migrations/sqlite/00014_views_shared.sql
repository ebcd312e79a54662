-- +goose Up
-- Each page lists the reader's views and those that are shared: without it, all of everybody's are looked through.
CREATE INDEX saved_views_shared ON saved_views (shared) WHERE shared = 1;
