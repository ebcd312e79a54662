package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trustlyportal/auth"
	"trustlyportal/export"
	"trustlyportal/search"
)

func partSealer(t *testing.T, secret string) auth.Sealer {
	t.Helper()
	keys, err := auth.NewKeys(strings.Repeat(secret, 8))
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := keys.Sealer("export files in parts")
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// keptRows are what a part file gives.
func keptRows(t *testing.T, f *partFile) []string {
	t.Helper()
	var got []string
	for rows, err := range f.rows() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(rows))
	}
	return got
}

// Wherever a crash cuts the file, or whatever it leaves at its end: the frames before are there with the state after them,
// and the next goes behind them.
func TestPartFileDropsATornFrame(t *testing.T) {
	sealer := partSealer(t, "secret")
	view, _ := search.Parse("payment.customer.name=Ada", time.Now())
	path := filepath.Join(t.TempDir(), "a.csv.part")
	f, err := createPart(path, sealer, partHead{ID: "ID", Spec: export.NewSpec(view, time.Now())})
	if err != nil {
		t.Fatal(err)
	}
	ends := []int64{f.size}
	for i := range 3 {
		rows := []byte(fmt.Sprint("rows of part ", i))
		if i == 1 {
			rows = nil // the state alone moved on
		}
		if err := f.add(export.Part{Rows: rows, State: export.State{Rows: i + 1, Runs: 1}}); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, f.size)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 || bytes.Contains(whole, []byte("Ada")) || bytes.Contains(whole, []byte("rows of")) {
		t.Errorf("got the mode %v and %q, want 0600 and nothing legible", info.Mode(), whole)
	}
	for size := range len(whole) + 1 {
		if size%13 > 0 && !slices.Contains(ends, int64(size)) && !slices.Contains(ends, int64(size)+1) && !slices.Contains(ends, int64(size)-lengthSize) {
			continue // the disk is slower than this is long
		}
		frames := 0
		for frames < len(ends) && ends[frames] <= int64(size) {
			frames++
		}
		for name, data := range map[string][]byte{
			"cut":     whole[:size],
			"zeros":   append(slices.Clone(whole[:size]), make([]byte, 40)...),
			"garbage": append(slices.Clone(whole[:size]), bytes.Repeat([]byte{0, 0, 0, 30}, 20)...),
		} {
			if size < len(whole) && name != "cut" && !slices.Contains(ends, int64(size)) {
				continue
			}
			save(t, path, data)
			f, err := openPart(path, sealer)
			if frames == 0 {
				if err == nil {
					t.Fatalf("%s at %d: got a part, want an error", name, size)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s at %d: %v", name, size, err)
			}
			if f.frames != frames || f.state.Rows != frames-1 || f.head.ID != "ID" || f.head.Spec.Query == "" {
				t.Fatalf("%s at %d: got %d frames, %+v and %+v, want %d", name, size, f.frames, f.state, f.head, frames)
			}
			if err := f.add(export.Part{Rows: []byte("more"), State: export.State{Rows: 9}}); err != nil {
				t.Fatal(err)
			}
			want := slices.Concat([]string{"rows of part 0", "rows of part 2"}[:[]int{0, 0, 1, 1, 2}[frames]], []string{"more"})
			if got := keptRows(t, f); !slices.Equal(got, want) {
				t.Fatalf("%s at %d: got the rows %q, want %q", name, size, got, want)
			}
			if err := f.close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Frames open under their secret, in their file and at their place alone.
func TestPartFileIsBoundToItsPlace(t *testing.T) {
	sealer, dir := partSealer(t, "secret"), t.TempDir()
	made := func(id string) (path string, data []byte, ends []int64) {
		path = filepath.Join(dir, id)
		f, err := createPart(path, sealer, partHead{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			ends = append(ends, f.size)
			if err := f.add(export.Part{Rows: []byte(fmt.Sprint(id, i)), State: export.State{Rows: i + 1}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.close(); err != nil {
			t.Fatal(err)
		}
		data, err = os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return path, data, ends
	}
	path, a, ends := made("a")
	_, b, _ := made("b")
	if _, err := openPart(path, partSealer(t, "others")); err == nil {
		t.Error("it opens under another secret")
	}
	first, second := a[ends[0]:ends[1]], a[ends[1]:]
	for name, c := range map[string]struct {
		data []byte
		rows int
	}{
		"frames in another order":   {slices.Concat(a[:ends[0]], second, first), 0},
		"a frame twice":             {slices.Concat(a[:ends[1]], first), 1},
		"another file's frame":      {slices.Concat(a[:ends[1]], b[ends[1]:]), 1},
		"a frame that was changed":  {slices.Concat(a[:len(a)-1], []byte{a[len(a)-1] ^ 1}), 1},
		"a frame that was left out": {slices.Concat(a[:ends[0]], second), 0},
	} {
		save(t, path, c.data)
		f, err := openPart(path, sealer)
		if err != nil {
			t.Fatal(err)
		}
		if f.state.Rows != c.rows {
			t.Errorf("%s: got the state after %d rows, want %d", name, f.state.Rows, c.rows)
		}
		if err := f.close(); err != nil {
			t.Fatal(err)
		}
	}
}
