package export

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"trustlyportal/trustlyclient"

	"github.com/klauspost/compress/zstd"
)

// Rows of a part are its entries, one after the other, compressed by zstd. An entry is its cells and then its facts, after
// a byte that tells the form. Numbers are unsigned varints, texts have their length in front; a cell is 0 and a text, or
// the number of its texts plus one and these.
const partForm = 1

// errPart is a part that no portal wrote like this.
var errPart = errors.New("kept rows can't be read")

// maxPart bounds what a part may grow to when it is opened, in bytes. What Collect writes stays far below.
const maxPart = 256 << 20

// Encoders and decoders keep large tables, and are safe for concurrent use.
var (
	compressor = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	})
	decompressor = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxPart), zstd.WithDecoderLowmem(true))
	})
)

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendEntry(b []byte, e *Entry) []byte {
	b = binary.AppendUvarint(b, uint64(len(e.Row)))
	for _, c := range e.Row {
		if c.List == nil {
			b = appendText(append(b, 0), c.Text)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(c.List))+1)
		for _, text := range c.List {
			b = appendText(b, text)
		}
	}
	for _, fact := range e.facts {
		b = appendText(b, fact)
	}
	return b
}

// packed is an entry as a part has it, which takes a third of the memory. None is empty.
type packed string

func (p *Plan) pack(t *trustlyclient.Transaction) packed {
	return packed(appendEntry(make([]byte, 0, 1024), p.Entry(t)))
}

// unpack reads the entry into one that is used again.
func (p packed) unpack(into *Entry) {
	r := partReader{rest: string(p)}
	r.entry(into)
}

func compress(b []byte) ([]byte, error) {
	encoder, err := compressor()
	if err != nil {
		return nil, fmt.Errorf("compress rows: %w", err)
	}
	return encoder.EncodeAll(b, nil), nil
}

// DecodeRows gives the entries of [Part.Rows].
func DecodeRows(rows []byte) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		if len(rows) == 0 {
			return
		}
		decoder, err := decompressor()
		if err != nil {
			yield(nil, fmt.Errorf("open rows: %w", err))
			return
		}
		plain, err := decoder.DecodeAll(rows, nil)
		if err != nil || len(plain) == 0 || plain[0] != partForm {
			yield(nil, errPart)
			return
		}
		// Texts are parts of one string, which lives as long as any of them.
		for r := (partReader{rest: string(plain[1:])}); r.rest != ""; {
			e := &Entry{}
			r.entry(e)
			if r.broken {
				yield(nil, errPart)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// partReader takes a part to pieces.
type partReader struct {
	rest   string
	broken bool
}

// number reads one that counts at least so many bytes each.
func (r *partReader) number() int {
	var n uint64
	for shift := 0; ; shift += 7 {
		if r.rest == "" || shift > 28 {
			r.broken = true
			return 0
		}
		b := r.rest[0]
		r.rest = r.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			break
		}
	}
	return int(n)
}

func (r *partReader) text() string {
	n := r.number()
	if n > len(r.rest) {
		r.broken = true
		return ""
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// list reads so many texts.
func (r *partReader) list(n int) []string {
	if n > len(r.rest) { // each has one byte at least
		r.broken = true
		return nil
	}
	texts := make([]string, n)
	for i := range texts {
		texts[i] = r.text()
	}
	return texts
}

// entry reads one into e, whose row is used again if it is long enough.
func (r *partReader) entry(e *Entry) {
	n := r.number()
	if n > len(r.rest) {
		r.broken = true
		return
	}
	e.Row = slices.Grow(e.Row[:0], n)[:n]
	for i := range e.Row {
		if kind := r.number(); kind == 0 {
			e.Row[i] = Cell{Text: r.text()}
		} else {
			e.Row[i] = Cell{List: r.list(kind - 1)}
		}
	}
	for i := range e.facts {
		e.facts[i] = r.text()
	}
}

// Parts are the rows of parts, for [Copy].
type Parts struct {
	next func() (*Entry, error, bool)
	stop func()
}

// ReadParts reads the Rows of parts in their order. Close has to be called.
func ReadParts(parts iter.Seq2[[]byte, error]) *Parts {
	next, stop := iter.Pull2(func(yield func(*Entry, error) bool) {
		for rows, err := range parts {
			if err != nil {
				yield(nil, err)
				return
			}
			for e, err := range DecodeRows(rows) {
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	})
	return &Parts{next, stop}
}

// Next returns the next entry, nil after the last.
func (p *Parts) Next(ctx context.Context) (*Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e, err, ok := p.next()
	if !ok {
		return nil, nil
	}
	return e, err
}

// Close ends the reading.
func (p *Parts) Close() { p.stop() }
