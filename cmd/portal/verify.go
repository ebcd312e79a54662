package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"trustlyportal/export"
)

// verifyCmd holds an exported file against its receipt. It asks neither the portal nor the API.
type verifyCmd struct {
	File    string `arg:"" help:"Exported file: .csv, .xlsx or .jsonl"`
	Receipt string `arg:"" optional:"" help:"Its receipt, .receipt.json, or the .xlsx of the same export; may be left out for .xlsx, which holds its own"`
}

// Run says what holds. The exit code is 0 if all does, 1 if the file is not what the receipt says, and 2 if one of them
// can't be looked at.
func (c *verifyCmd) Run(p *program) error {
	receipt, err := c.receipt()
	if err != nil {
		return verdict(fmt.Errorf("receipt: %w", err))
	}
	found, err := export.Verify(c.File, receipt, version())
	if err != nil {
		return verdict(fmt.Errorf("%s does not hold: %w", c.File, err))
	}
	said := []string{fmt.Sprintf("%s holds: %d rows, SHA-256 of the rows %s", c.File, found.Rows, found.Digest)}
	if found.Totals {
		said = append(said, "totals by type, status and currency: as the receipt says")
	} else {
		said = append(said, "totals: not checked, since the file lacks a column that they are made of (transactionType, status, currency, amount or createdAt)")
	}
	if !found.Names && !isJSONLines(c.File) {
		said = append(said, "names of codes: not checked, since version "+receipt.Version+" wrote them and this is "+version())
	}
	return p.sayf("%s", strings.Join(said, "\n"))
}

// verdict tells a file that is not what it should be from one that can't be looked at.
func verdict(err error) error {
	if errors.As(err, new(*export.Difference)) {
		return err
	}
	return &usageError{err}
}

// isJSONLines reports whether the file holds codes without their names.
func isJSONLines(file string) bool { return strings.EqualFold(filepath.Ext(file), ".jsonl") }

func (c *verifyCmd) receipt() (export.Receipt, error) {
	from := c.Receipt
	if from == "" {
		from = c.File
	}
	switch {
	case strings.EqualFold(filepath.Ext(from), ".xlsx"):
		return export.ReceiptIn(from)
	case c.Receipt == "":
		return export.Receipt{}, errors.New("name it after the file: only a workbook holds its own")
	}
	file, err := os.Open(from)
	if err != nil {
		return export.Receipt{}, err
	}
	defer file.Close() //nolint:errcheck // only read
	return export.ReadReceipt(file)
}
