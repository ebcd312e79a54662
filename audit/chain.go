package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
)

// Genesis is the hash before the first record.
const Genesis = "trustlyportal audit 1"

// Link returns the record that follows the one with the hash before. It holds the event as every database gives it
// back: times in whole milliseconds, texts bounded and without control characters. Its hash is the SHA-256 of that hash, a line feed
// and the record as a compact JSON array of its sequence number, its time in Unix milliseconds, and its other fields in
// the order of [Event], so that any tool can check the chain.
func Link(before string, seq int64, e Event) Record {
	r := Record{Seq: seq, Event: e.clean()}
	r.Hash = r.hash(before)
	return r
}

func (r Record) hash(before string) string {
	text := bytes.NewBufferString(before + "\n")
	e := json.NewEncoder(text)
	e.SetEscapeHTML(false) // as other languages write JSON
	if err := e.Encode([]any{r.Seq, r.Time.UnixMilli(), r.UserID, r.User, r.Role, r.Action, r.Object, r.Detail,
		r.Result, r.Reason, r.Address, r.RequestID}); err != nil {
		panic(err) // numbers and texts can't fail
	}
	sum := sha256.Sum256(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
	return hex.EncodeToString(sum[:])
}

// End is one end of a kept chain: a record's place and hash. The zero End with [Genesis] is before the first record.
type End struct {
	Seq  int64
	Hash string
}

// BrokenError names the first record that does not follow from those before it.
type BrokenError struct {
	Seq int64 // where the chain breaks
	Why string
}

func (e *BrokenError) Error() string { return fmt.Sprintf("audit record %d: %s", e.Seq, e.Why) }

// Verify goes through the records from base, exclusive, to head, inclusive, and returns how many hold. Each anchor is
// what somebody noted of the chain before: the record of that number has to have that hash. The error is a [*BrokenError]
// at the first record that is bad, or the sequence's own.
func Verify(base, head End, records iter.Seq2[Record, error], anchors ...End) (int64, error) {
	before := base
	var pruned End // as the newest record about it says
	for r, err := range records {
		switch {
		case err != nil:
			return before.Seq - base.Seq, err
		case r.Seq > before.Seq+1:
			return before.Seq - base.Seq, &BrokenError{before.Seq + 1, "is missing"}
		case r.Seq <= before.Seq:
			return before.Seq - base.Seq, &BrokenError{r.Seq, "stands out of order"}
		case r.Seq > head.Seq:
			return before.Seq - base.Seq, &BrokenError{r.Seq, "was not put there by the portal"}
		case r.hash(before.Hash) != r.Hash, slices.ContainsFunc(anchors, func(a End) bool { return a.Seq == r.Seq && a.Hash != r.Hash }):
			return before.Seq - base.Seq, &BrokenError{r.Seq, "was changed, or one before it was"}
		}
		if end, ok := r.pruned(); ok {
			pruned = end
		}
		before = End{r.Seq, r.Hash}
	}
	switch {
	case before.Seq < head.Seq:
		return before.Seq - base.Seq, &BrokenError{before.Seq + 1, "is missing"}
	case before.Hash != head.Hash:
		return before.Seq - base.Seq, &BrokenError{head.Seq, "does not have the hash that was noted when it was written"}
	case base.Seq > 0 && pruned != base:
		return 0, &BrokenError{min(pruned.Seq, base.Seq-1) + 1, "is missing, and none says that it was deleted for its age"}
	}
	for _, a := range anchors {
		if a.Seq == base.Seq && a.Hash != base.Hash || a.Seq > head.Seq {
			return before.Seq - base.Seq, &BrokenError{a.Seq, "is not the one that was noted"}
		}
	}
	return before.Seq - base.Seq, nil
}
