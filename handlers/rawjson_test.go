package handlers_test

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"trustlyportal/auth"
	"trustlyportal/handlers"
	"trustlyportal/trustlyclient/trustlytest"
)

func TestRawJSONIsADownload(t *testing.T) {
	t.Parallel()
	rec := exampleRecord(t)
	p := open(t, serveRecord(rec))
	for id, name := range map[string]string{
		"1006755981":           "transaction-1006755981.json",
		"a%22;b%0d%0aX-Y: 1":   "",
		"a%2522%20;b":          "transaction-a-22--b.json",
		"%E6%97%A5":            "transaction----.json",
		"..%252f..%252fpasswd": "transaction-..-2f..-2fpasswd.json",
	} {
		a := p.as(auth.Support).get("/transactions/" + strings.ReplaceAll(id, " ", "%20") + "/raw.json")
		if name == "" {
			a.want(http.StatusNotFound) // no id: the API is not asked
			continue
		}
		a.want(http.StatusOK)
		if got, want := a.header.Get("Content-Disposition"), "attachment; filename="+name; got != want {
			t.Errorf("%s: got Content-Disposition %q, want %q", id, got, want)
		}
		if got, want := a.header.Get("Content-Type"), "application/json"; got != want {
			t.Errorf("%s: got Content-Type %q, want %q", id, got, want)
		}
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: got Cache-Control %q, want no-store", id, got)
		}
		// Masked or not, each scalar of the record is there under its name.
		var got any
		d := json.NewDecoder(strings.NewReader(a.body))
		d.UseNumber()
		if err := d.Decode(&got); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		want, read := scalars("", any(rec), map[string]string{}), scalars("", got, map[string]string{})
		for path := range maskedInExample {
			if !strings.Contains(read[path], "••") {
				t.Errorf("%s: got %q at %s, want it masked", id, read[path], path)
			}
			delete(want, path)
			delete(read, path)
		}
		if !reflect.DeepEqual(read, want) {
			t.Errorf("%s: got other scalars than the API sent", id)
		}
	}
}

func TestRawJSONOfNothing(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, nil)).as(auth.Support)
	if got := words(b.get("/transactions/700000001/raw.json").want(http.StatusNotFound).doc().Find("h1")); got != "No such transaction" {
		t.Errorf("got the heading %q, want that there is none", got)
	}
}

// A script that fetches the file must not take the sign-in page for it.
func TestRawJSONOfAStranger(t *testing.T) {
	t.Parallel()
	b := open(t, newFake(t, nil)).stranger()
	a := b.get("/transactions/700000001/raw.json", "Accept", "application/json").want(http.StatusUnauthorized)
	if strings.Contains(a.body, "<html") {
		t.Error("got a page, want a plain refusal")
	}
	b.get("/transactions/700000001/raw.json").want(http.StatusSeeOther)
}

// The command is read by a shell, so a shell has to read one word of it, whatever the id.
func TestCurlCommandIsOneCommand(t *testing.T) {
	t.Parallel()
	if got, want := handlers.CurlCommand("https://api.example/api/v1/transactions/1"), `curl -u "$TRUSTLY_ACCESS_ID:$TRUSTLY_ACCESS_KEY" 'https://api.example/api/v1/transactions/1'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := handlers.CurlCommand(""); got != "" {
		t.Errorf("without an address: got %q, want nothing", got)
	}
	for _, text := range append(hostile, "'; rm -rf /; '", "$(id)", "`id`", `\'`, "a'b''c", "!!", "a b") {
		text = strings.ReplaceAll(text, "\x00", "")
		command := strings.Replace(handlers.CurlCommand("https://api.example/"+text), "curl", "set -- ", 1) + `; printf '%s\n' "$#" "$2" "$3"`
		cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
		cmd.Env = []string{"TRUSTLY_ACCESS_ID=i d", "TRUSTLY_ACCESS_KEY=k'y"}
		got, err := cmd.Output()
		if want := "3\ni d:k'y\nhttps://api.example/" + text + "\n"; err != nil || string(got) != want {
			t.Errorf("%q: the shell read %q (%v), want %q", text, got, err, want)
		}
	}
}

// personalOf are the personal values of a record of the sandbox that are longer than what may stay readable of them.
func personalOf(r trustlytest.Record) []string {
	var values []string
	if c := r.Payment.Customer; c != nil {
		values = append(values, c.Email, c.Phone, c.DateOfBirth, c.TaxID, c.NationalID, c.LicenseNumber, c.Address.Line1, c.Address.Line2)
	}
	if a := r.Payment.Account; a != nil && len(a.Number) > 4 {
		values = append(values, a.Number)
	}
	var long []string
	for _, v := range values {
		if len(v) > 5 {
			long = append(long, v)
		}
	}
	return long
}

// Nothing masked is in the download, in the text for a ticket or on a customer's page, for any record.
func TestRecordsLeaveNothingPersonal(t *testing.T) {
	t.Parallel()
	api := trustlytest.New(trustlytest.Options{Rows: 240, Seed: 5})
	p := open(t, api)
	b := p.as(auth.Support)
	seen, checked, most := map[string]bool{}, 0, 110
	if *thorough {
		most = 220
	}
	for i, r := range api.Records() {
		if r.Rare != nil && r.Rare.Raw != nil || i >= most {
			continue
		}
		raw := b.get("/transactions/" + r.ID + "/raw.json").want(http.StatusOK)
		texts := map[string]string{"raw.json": raw.body, "headers": headerText(raw), "record": b.get("/transactions/" + r.ID).want(http.StatusOK).body}
		if c := r.Payment.Customer; c != nil && c.ExternalID != "" && !seen[c.ExternalID] {
			seen[c.ExternalID] = true
			texts["customer"] = b.get(customerPath(c.ExternalID)).want(http.StatusOK).body
		}
		for _, secret := range personalOf(r) {
			checked++
			for where, text := range texts {
				if strings.Contains(text, secret) {
					t.Errorf("%s: %q is in the %s", r.ID, secret, where)
				}
			}
		}
	}
	if checked < 2*most || len(seen) < 10 {
		t.Errorf("got %d values of %d customers to look for, want more", checked, len(seen))
	}
	for _, r := range api.Records() {
		for _, secret := range personalOf(r) {
			if strings.Contains(p.log.String(), secret) {
				t.Errorf("%s: %q is in the log", r.ID, secret)
			}
		}
	}
}

func headerText(a answer) string {
	var b strings.Builder
	_ = a.header.Write(&b)
	return b.String()
}
