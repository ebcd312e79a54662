package handlers

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"trustlyportal/views"
)

// still is a part that many pages have in common. It is compressed once, and stands in each page's answer as it is: bodies
// in zstd may have several frames (RFC 8878, 3), those in gzip any blocks that refer to none before them (RFC 1951, 3.2).
type still struct {
	text   []byte
	ends   bool   // it is the end of pages, and looked for nowhere else
	rare   int    // the place in text of a byte that pages have seldom
	frame  []byte // by zstd
	blocks []byte // by deflate, up to a whole byte
}

// stills are in the order in which lists have them. Other pages have the last alone.
var stills = sync.OnceValue(func() []still {
	// Once it may take its time: what is saved there makes up for a third of what the page loses by being in parts.
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(1<<15),
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	if err != nil {
		panic("handlers: " + err.Error())
	}
	form, end := views.Still()
	var all []still
	for _, text := range append(form, end) {
		var blocks bytes.Buffer // which takes all that is written
		w, _ := flate.NewWriter(&blocks, flate.BestCompression)
		_, _ = w.Write([]byte(text))
		_ = w.Flush()
		all = append(all, still{
			text: []byte(text), ends: text == end, rare: rareIn(text),
			frame: encoder.EncodeAll([]byte(text), nil), blocks: blocks.Bytes(),
		})
	}
	return all
})

// rareIn is the place of the first byte among those that the text has most seldom.
func rareIn(text string) (at int) {
	least := len(text)
	for i := range min(len(text), 200) { // further on, more of the page would be looked through
		if n := strings.Count(text, text[i:i+1]); n < least {
			at, least = i, n
		}
	}
	return at
}

// in returns where in the page it begins, -1 if the page does not have it.
func (s still) in(page []byte) int {
	if s.ends {
		if bytes.HasSuffix(page, s.text) {
			return len(page) - len(s.text)
		}
		return -1
	}
	for at := s.rare; at < len(page); at++ {
		next := bytes.IndexByte(page[at:], s.text[s.rare])
		if next < 0 {
			break
		}
		at += next
		if bytes.HasPrefix(page[at-s.rare:], s.text) {
			return at - s.rare
		}
	}
	return -1
}

// zstdPage compresses a page that may have some of the parts, in their order, and appends it to what is there.
func zstdPage(to, page []byte, parts []still) []byte {
	for _, s := range parts {
		if at := s.in(page); at >= 0 {
			to = append(pageZstd().EncodeAll(page[:at], to), s.frame...)
			page = page[at+len(s.text):]
		}
	}
	if len(page) == 0 {
		return to
	}
	return pageZstd().EncodeAll(page, to)
}

// gzipHead begins a body in gzip: by deflate, of no time, name or system (RFC 1952, 2.3).
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// gzipPage does the same by gzip.
func gzipPage(to *bytes.Buffer, page []byte, parts []still) {
	sum, size := crc32.ChecksumIEEE(page), uint32(len(page)) // which RFC 1952 wants modulo 2³²
	w := pageFlates.Get().(*flate.Writer)
	defer pageFlates.Put(w)
	to.WriteString(gzipHead)
	for _, s := range parts {
		if at := s.in(page); at >= 0 {
			w.Reset(to) // it must not refer to what is before the part
			_, _ = w.Write(page[:at])
			_ = w.Flush()
			to.Write(s.blocks)
			page = page[at+len(s.text):]
		}
	}
	w.Reset(to)
	_, _ = w.Write(page)
	_ = w.Close()
	to.Write(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(to.AvailableBuffer(), sum), size))
}
