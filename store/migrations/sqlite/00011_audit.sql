-- +goose Up
-- The audit is read by who, what, to what and when, the newest first.
DROP INDEX audit_user_id;
CREATE INDEX audit_user_email ON audit (user_email, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_object ON audit (object, seq);
CREATE INDEX audit_at ON audit (at);

-- A seat belt, no lock: whoever may change the schema takes it off. What was changed shows all the same, in the chain.
-- +goose StatementBegin
CREATE TRIGGER audit_append BEFORE INSERT ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_ends WHERE id = 1 AND NEW.seq > base_seq AND NEW.seq <= head_seq)
BEGIN
    SELECT RAISE(ABORT, 'the audit grows at its end only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'records of the audit are not changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
WHEN OLD.seq > (SELECT base_seq FROM audit_ends WHERE id = 1)
BEGIN
    SELECT RAISE(ABORT, 'records of the audit are deleted for their age only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_ends_grow BEFORE UPDATE ON audit_ends
WHEN NEW.id <> OLD.id OR NEW.head_seq < OLD.head_seq OR NEW.base_seq < OLD.base_seq OR NEW.base_seq > NEW.head_seq
BEGIN
    SELECT RAISE(ABORT, 'the ends of the audit move forward only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_ends_stay BEFORE DELETE ON audit_ends
BEGIN
    SELECT RAISE(ABORT, 'the ends of the audit are not deleted');
END;
-- +goose StatementEnd
