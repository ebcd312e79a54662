package handlers

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"regexp"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"trustlyportal/views"
)

// still is a part that many pages have in common. It is compressed once, and stands in each page's answer as it is: bodies
// in zstd may have several frames (RFC 8878, 3), those in gzip any blocks that refer to none before them (RFC 1951, 3.2).
type still struct {
	text   []byte
	mark   []byte // of text, which no page has anywhere else
	at     int    // where in text
	frame  []byte // by zstd
	blocks []byte // by deflate, up to a whole byte
}

// stills are in the order in which pages have them.
var stills = sync.OnceValue(func() []still {
	// Once it may take its time: what is saved there makes up for a third of what the page loses by being in parts.
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(1<<15),
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	if err != nil {
		panic("handlers: " + err.Error())
	}
	var all []still
	for _, text := range views.Still() {
		at := firstID.FindStringIndex(text)
		var blocks bytes.Buffer // which takes all that is written
		w, _ := flate.NewWriter(&blocks, flate.BestCompression)
		_, _ = w.Write([]byte(text))
		_ = w.Flush()
		all = append(all, still{
			text: []byte(text), mark: []byte(text[at[0]:at[1]]), at: at[0],
			frame: encoder.EncodeAll([]byte(text), nil), blocks: blocks.Bytes(),
		})
	}
	return all
})

var firstID = regexp.MustCompile(` id="[^"]+"`)

// in returns where in the page it begins, -1 if the page does not have it.
func (s still) in(page []byte) int {
	at := bytes.Index(page, s.mark) - s.at
	if at < 0 || !bytes.HasPrefix(page[at:], s.text) {
		return -1
	}
	return at
}

// zstdPage compresses a page that may have some of the parts, in their order, and appends it to what is there.
func zstdPage(to, page []byte, parts []still) []byte {
	for _, s := range parts {
		if at := s.in(page); at >= 0 {
			to = append(pageZstd().EncodeAll(page[:at], to), s.frame...)
			page = page[at+len(s.text):]
		}
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
