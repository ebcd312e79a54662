package auth

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
)

// What is kept of a session reads as scs's own codec does, whoever changed what it was given before.
func TestSessionCodec(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	var codec sessionCodec
	for _, one := range []struct {
		values map[string]any
		kept   int // sessions, with those before
	}{
		{map[string]any{sessionLogin: "ABC"}, 1},
		{map[string]any{sessionLogin: "DEF"}, 2},
		{map[string]any{sessionLogin: "ABC", sessionNotices: `[{"text":"Saved."}]`}, 2},
		{map[string]any{}, 2},
		{map[string]any{"other": "ABC"}, 2},
	} {
		written, err := codec.Encode(at, one.values)
		if err != nil {
			t.Fatal(err)
		}
		if _, read, err := (scs.GobCodec{}).Decode(written); err != nil || !maps.Equal(read, one.values) {
			t.Errorf("an older portal reads %v, %v, want %v", read, err, one.values)
		}
		for i := range 3 {
			deadline, values, err := codec.Decode(written)
			if err != nil || !deadline.Equal(at) || !maps.Equal(values, one.values) {
				t.Errorf("reading %d: got %v, %v, %v, want %v and %v", i, deadline, values, err, at, one.values)
			}
			values[sessionLogin], values["more"] = "changed", i
		}
		if len(codec.read) != one.kept {
			t.Errorf("%v: got %d sessions kept, want %d", one.values, len(codec.read), one.kept)
		}
	}
	if _, _, err := codec.Decode([]byte("no session")); err == nil {
		t.Error("what is no session: got no error")
	}
	for i := range maxReadSessions + 5 {
		codec.keep(fmt.Sprint("session ", i), readSession{})
	}
	if n := len(codec.read); n > maxReadSessions {
		t.Errorf("got %d sessions kept, want at most %d", n, maxReadSessions)
	}
}

func BenchmarkSessionCodec(b *testing.B) {
	written, err := scs.GobCodec{}.Encode(time.Now(), map[string]any{sessionLogin: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
	if err != nil {
		b.Fatal(err)
	}
	for name, codec := range map[string]scs.Codec{"scs": scs.GobCodec{}, "kept": &sessionCodec{}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := codec.Decode(written); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
