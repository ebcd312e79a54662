-- +goose Up
-- The audit is read by who, what, to what and when, the newest first.
DROP INDEX audit_user_id;
CREATE INDEX audit_user_email ON audit (user_email, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_object ON audit (object, seq);
CREATE INDEX audit_at ON audit (at);

-- A seat belt, no lock: whoever may change the schema takes it off. What was changed shows all the same, in the chain.
-- +goose StatementBegin
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION audit_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_ends WHERE id = 1 AND NEW.seq > base_seq AND NEW.seq <= head_seq) THEN
        RAISE EXCEPTION 'the audit grows at its end only';
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_append BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_append();

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW
EXECUTE FUNCTION audit_refuse('records of the audit are not changed');

-- +goose StatementBegin
CREATE FUNCTION audit_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seq > (SELECT base_seq FROM audit_ends WHERE id = 1) THEN
        RAISE EXCEPTION 'records of the audit are deleted for their age only';
    END IF;
    RETURN OLD;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_no_delete();

CREATE TRIGGER audit_ends_grow BEFORE UPDATE ON audit_ends FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.head_seq < OLD.head_seq OR NEW.base_seq < OLD.base_seq OR NEW.base_seq > NEW.head_seq)
EXECUTE FUNCTION audit_refuse('the ends of the audit move forward only');

CREATE TRIGGER audit_ends_stay BEFORE DELETE ON audit_ends FOR EACH ROW
EXECUTE FUNCTION audit_refuse('the ends of the audit are not deleted');

-- No row, so none of the above.
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit
EXECUTE FUNCTION audit_refuse('records of the audit are deleted for their age only');
CREATE TRIGGER audit_ends_not_emptied BEFORE TRUNCATE ON audit_ends
EXECUTE FUNCTION audit_refuse('the ends of the audit are not deleted');
