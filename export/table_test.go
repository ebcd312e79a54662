package export

import (
	"bytes"
	"errors"
	"testing"
)

func TestTable(t *testing.T) {
	var b bytes.Buffer
	table, err := NewTable(&b, "line", "pasted")
	if err := errors.Join(err, table.Write("1", "=1+1"), table.Write("2", "A, \"B\""), table.Write("3", "-12.50"), table.Flush()); err != nil {
		t.Fatal(err)
	}
	want := "line,pasted\r\n1,'=1+1\r\n2,\"A, \"\"B\"\"\"\r\n3,-12.50\r\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
