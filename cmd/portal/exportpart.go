package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"

	"trustlyportal/auth"
	"trustlyportal/export"
)

// partFile keeps an export that is being collected: after a line that says what it is come frames, each its length in four
// bytes and so many encrypted ones. The first holds what is exported, the others rows with the state after them. So rows
// and state are there together or not at all, and what a crash tore off the end is told and dropped.
type partFile struct {
	file   *os.File
	sealer auth.Sealer
	head   partHead
	frames int   // good ones, the first included
	size   int64 // up to their end
	state  export.State
}

// partHead is what is exported.
type partHead struct {
	ID       string      `json:"id"` // for the audit; frames open under it alone
	Spec     export.Spec `json:"spec"`
	Format   string      `json:"format"`
	API      string      `json:"api"`
	AccessID string      `json:"accessId"`
}

const (
	partKind   = "trustly-portal-export-part-1\n"
	lengthSize = 4
)

var (
	errNotOurs  = errors.New("it was made under another PORTAL_SECRET, or is no part of an export")
	errNotBegun = errors.New("what began it ended before it said of what")
)

// createPart begins a part file that only its owner reads.
func createPart(path string, sealer auth.Sealer, head partHead) (*partFile, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", path, err)
	}
	f := &partFile{file: file, sealer: sealer, head: head}
	err = lock(file)
	if err == nil {
		_, err = file.WriteString(partKind)
		f.size = int64(len(partKind))
	}
	if err == nil {
		err = f.append(head, nil)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin %s: %w", path, err), f.remove(), f.close())
	}
	return f, nil
}

// openPart finds what an interrupted export left. A file that was torn off before it said anything is removed: errNotBegun.
func openPart(path string, sealer auth.Sealer) (*partFile, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	f := &partFile{file: file, sealer: sealer}
	if err = lock(file); err == nil { // else it is another's to cut
		err = f.readAll()
	}
	if errors.Is(err, errNotBegun) {
		return nil, errors.Join(err, f.remove(), f.close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("go on with %s: %w", path, err), f.close())
	}
	return f, nil
}

// readAll finds the state after the last good frame. What follows that was torn off.
func (f *partFile) readAll() error {
	kind := make([]byte, len(partKind))
	switch n, err := io.ReadFull(f.file, kind); {
	case string(kind[:n]) != partKind[:n]:
		return errNotOurs
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errNotBegun
	case err != nil:
		return err
	}
	f.size = int64(len(partKind))
	for {
		sealed, end, err := f.frame(f.size)
		if errors.Is(err, errTornFrame) && f.frames == 0 {
			return errNotBegun
		}
		if err != nil {
			break
		}
		plain, err := f.sealer.Open(sealed, f.place(f.frames))
		if err != nil {
			break
		}
		about, _, err := splitFrame(plain)
		if err == nil && f.frames == 0 {
			err = json.Unmarshal(about, &f.head)
		} else if err == nil {
			f.state = export.State{}
			err = json.Unmarshal(about, &f.state)
		}
		if err != nil {
			return fmt.Errorf("read what was kept: %w", err)
		}
		f.frames, f.size = f.frames+1, end
	}
	if f.frames == 0 {
		return errNotOurs
	}
	return f.file.Truncate(f.size)
}

// place binds a frame to its export and its number, so that frames can't be moved.
func (f *partFile) place(n int) string {
	if n == 0 {
		return "head"
	}
	return f.head.ID + "/" + strconv.Itoa(n)
}

var errTornFrame = errors.New("the frame breaks off")

// frame reads the sealed frame at an offset, and says where the next begins.
func (f *partFile) frame(at int64) (sealed []byte, end int64, err error) {
	info, err := f.file.Stat()
	if err != nil {
		return nil, 0, err
	}
	length := make([]byte, lengthSize)
	if _, err := f.file.ReadAt(length, at); err != nil {
		return nil, 0, errTornFrame
	}
	at += lengthSize
	end = at + int64(binary.BigEndian.Uint32(length))
	if end > info.Size() {
		return nil, 0, errTornFrame
	}
	sealed = make([]byte, end-at)
	_, err = f.file.ReadAt(sealed, at)
	return sealed, end, err
}

// splitFrame parts what JSON says from the rows behind it.
func splitFrame(plain []byte) (about, rows []byte, err error) {
	if len(plain) < lengthSize {
		return nil, nil, errTornFrame
	}
	n := int(binary.BigEndian.Uint32(plain))
	if plain = plain[lengthSize:]; n > len(plain) {
		return nil, nil, errTornFrame
	}
	return plain[:n], plain[n:], nil
}

// add keeps a part for good, or not at all.
func (f *partFile) add(part export.Part) error {
	if err := f.append(part.State, part.Rows); err != nil {
		return err // names the file
	}
	f.state = part.State
	return nil
}

func (f *partFile) append(about any, rows []byte) error {
	text, err := json.Marshal(about)
	if err != nil {
		return err
	}
	plain := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	plain = append(append(plain, text...), rows...)
	sealed := f.sealer.Seal(plain, f.place(f.frames))
	frame := append(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))), sealed...)
	if _, err = f.file.WriteAt(frame, f.size); err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		return errors.Join(err, f.file.Truncate(f.size))
	}
	f.frames, f.size = f.frames+1, f.size+int64(len(frame))
	return nil
}

// rows are the rows of all frames.
func (f *partFile) rows() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		at := int64(len(partKind))
		for n := range f.frames {
			sealed, end, err := f.frame(at)
			var plain, rows []byte
			if err == nil {
				plain, err = f.sealer.Open(sealed, f.place(n))
			}
			if err == nil {
				_, rows, err = splitFrame(plain)
			}
			if err != nil {
				yield(nil, fmt.Errorf("read %s: %w", f.file.Name(), err))
				return
			}
			if at = end; len(rows) > 0 && !yield(rows, nil) {
				return
			}
		}
	}
}

func (f *partFile) remove() error { return os.Remove(f.file.Name()) }

func (f *partFile) close() error { return f.file.Close() }
