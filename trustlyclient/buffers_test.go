package trustlyclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Answers are read into memory that the next answer is read into: neither a transaction nor an error may live there.
func TestAnswersDoNotShareMemory(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		id := path.Base(r.URL.Path)
		if strings.HasPrefix(id, "9") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"errors":[{"code":"330","message":"about %s%s"}]}`, id, strings.Repeat("!", 50))
			return
		}
		_, _ = fmt.Fprintf(w, `{"transaction":{"transactionId":"%s","statusMessage":"says %s","amount":%s.50,"unknown":"%s"}}`, id, id, id, strings.Repeat(id, 50))
	}, nil)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			got := map[string]*Transaction{}
			failed := map[string]error{}
			for n := range 30 {
				id := fmt.Sprint(1000 + worker*100 + n)
				tr, err := c.Get(t.Context(), id)
				if err != nil {
					t.Errorf("transaction %s: %v", id, err)
					return
				}
				got[id] = tr
				_, failed["9"+id] = c.Get(t.Context(), "9"+id)
			}
			for id, tr := range got {
				if fmt.Sprint(tr.TransactionID, tr.StatusMessage, tr.Amount) != fmt.Sprint(id, "says "+id, id+".50") || !strings.Contains(string(tr.Raw), strings.Repeat(id, 50)) {
					t.Errorf("got %s as %v, %v, %s, want its own texts", id, tr.StatusMessage, tr.Amount, tr.Raw)
				}
			}
			for id, err := range failed {
				if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Message, "about "+id+"!") {
					t.Errorf("got %v for %s, want the API's words about it", err, id)
				}
			}
		})
	}
	wg.Wait()
}

// A decoder that is used again has nothing of what it read before, and gives none of it to the next one's rows.
func TestDecodersKeepNothing(t *testing.T) {
	example := readFile(t, "testdata/retrieve-transaction.example.json")
	d := newDecoder(example, nil)
	if row, _ := d.row(0, 0); row == nil || len(d.texts) == 0 || len(d.pieces) == 0 {
		t.Fatal("got nothing read, want texts to forget")
	}
	texts, pieces := d.texts, d.pieces
	d.done()
	if i := bytes.IndexFunc(texts, func(r rune) bool { return r != 0 }); i >= 0 {
		t.Errorf("got %q left, want nothing", texts[i:])
	}
	for _, p := range pieces {
		if p.into.IsValid() {
			t.Error("got a row left, want none")
		}
	}
	for _, text := range []string{`{"transactionId":"7"}`, `{"statusMessage":"","transactionId":"7","payment":{"customer":{}}}`} {
		if _, err := ParseTransaction(example); err != nil {
			t.Fatal(err)
		}
		got, err := ParseTransaction([]byte(text))
		want := &Transaction{TransactionID: "7", Raw: json.RawMessage(text)}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: got error %v, and other fields (-want +got):\n%s", text, err, diff)
		}
	}
}
