package audit

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// line is a record as exports and other systems get it: what its hash is made of, and the time in words.
type line struct {
	Seq       int64  `json:"seq"`
	Time      string `json:"time"` // RFC 3339 in UTC
	At        int64  `json:"at"`   // the same in Unix milliseconds
	UserID    int64  `json:"user_id"`
	User      string `json:"user_email"`
	Role      string `json:"role"`
	Action    Action `json:"action"`
	Object    string `json:"object"`
	Detail    string `json:"detail"`
	Result    Result `json:"result"`
	Reason    string `json:"reason"`
	Address   string `json:"address"`
	RequestID string `json:"request_id"`
	Hash      string `json:"hash"`
}

// TimeText is a record's time as its line has it.
func TimeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// WriteLine writes the record as one line of JSON.
func (r Record) WriteLine(to io.Writer) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(line{
		r.Seq, TimeText(r.Time), r.Time.UnixMilli(), r.UserID, r.User, r.Role, r.Action, r.Object, r.Detail, r.Result, r.Reason,
		r.Address, r.RequestID, r.Hash,
	}); err != nil {
		return err
	}
	_, err := to.Write(b.Bytes())
	return err
}
