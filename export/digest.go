package export

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
)

// digest is the SHA-256 over the names of the columns and then the rows. Each line is its cells as netstrings
// (length in bytes, colon, text, comma) and a line feed, so that no two tables have the same bytes.
type digest struct {
	hash hash.Hash
	line []byte
}

func newDigest(columns []string) *digest {
	d := &digest{hash: sha256.New()}
	for _, name := range columns {
		d.cell(name)
	}
	d.endLine()
	return d
}

func (d *digest) cell(text string) {
	d.line = strconv.AppendInt(d.line, int64(len(text)), 10)
	d.line = append(d.line, ':')
	d.line = append(d.line, text...)
	d.line = append(d.line, ',')
}

func (d *digest) endLine() {
	d.line = append(d.line, '\n')
	d.hash.Write(d.line)
	d.line = d.line[:0]
}

// String is the digest of the lines so far.
func (d *digest) String() string { return hex.EncodeToString(d.hash.Sum(nil)) }
