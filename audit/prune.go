package audit

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// prunedObject is what the record of a pruning is about; the last record's number follows.
const prunedObject = "audit up to "

// Pruned is the event of deleting all records up to the last one for their age. The chain is checked from there on, and
// holds only if this is on record.
func Pruned(last End, at time.Time) Event {
	return Event{
		Time: at, User: "portal", Action: PruneAudit, Result: Allowed,
		Object: fmt.Sprint(prunedObject, last.Seq), Detail: "hash " + last.Hash,
	}
}

// pruned is what a record says of the start of the kept chain; false if it is about something else.
func (r Record) pruned() (End, bool) {
	text, about := strings.CutPrefix(r.Object, prunedObject)
	hash, noted := strings.CutPrefix(r.Detail, "hash ")
	seq, err := strconv.ParseInt(text, 10, 64)
	return End{seq, hash}, r.Action == PruneAudit && about && noted && err == nil
}
