package trustlyclient

import (
	"encoding/json"
	"strconv"
)

// complaint is the API's own account of an error (trustly.md 4):
//
//	{"errors":[{"domain":"…Exception","code":200,"message":"…","location":"field?","occurredAt":1700000000000}]}
//
// or, under some 400s, {"message":"…"} alone.
type complaint struct {
	Domain   Text `json:"domain"`
	Code     Text `json:"code"`
	Message  Text `json:"message"`
	Location Text `json:"location"`
}

// Error makes a complaint what request.read returns; the API's words stay out of it.
func (c *complaint) Error() string { return "the API reports an error" }

// code is the number of the table ApiErrorCode, 0 when there is none.
func (c *complaint) code() int {
	code, err := strconv.Atoi(c.Code.String())
	if err != nil {
		return 0
	}
	return code
}

// complaintIn finds the complaint in the body of a refusal. HTML and other texts hold none.
func complaintIn(body []byte) *complaint {
	var b struct {
		complaint
		Errors json.RawMessage `json:"errors"`
	}
	if !fits(body, &b) {
		return nil
	}
	if listed := firstComplaint(b.Errors); listed != nil {
		return listed
	}
	return &b.complaint
}

// firstComplaint reads the value of "errors". An empty list or null is no complaint; any other value is one, whatever
// its form, since an answer that speaks of errors can't be taken for a success.
func firstComplaint(raw []byte) *complaint {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var list []json.RawMessage
	if fits(raw, &list) {
		if len(list) == 0 {
			return nil
		}
		raw = list[0]
	}
	c := new(complaint)
	if !fits(raw, c) {
		return new(complaint)
	}
	return c
}

// fits decodes JSON into what v points to, and reports whether it has that form.
func fits(data []byte, v any) bool { return json.Unmarshal(data, v) == nil }
