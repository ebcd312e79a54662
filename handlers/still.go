package handlers

import (
	"bytes"
	"regexp"
	"sync"

	"github.com/klauspost/compress/zstd"

	"trustlyportal/views"
)

// still is a part that many pages have in common. It is compressed once, and stands in each page's answer as a frame of its
// own: bodies in zstd may have several (RFC 8878, 3).
type still struct {
	text  []byte
	mark  []byte // of text, which no page has anywhere else
	at    int    // where in text
	frame []byte
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
		all = append(all, still{
			text: []byte(text), mark: []byte(text[at[0]:at[1]]), at: at[0],
			frame: encoder.EncodeAll([]byte(text), nil),
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
