package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trustlyportal/audit"
	"trustlyportal/export"
)

// finish writes the file and its receipt beside their names, and gives them their names when both are whole, on the disk
// and on record. What fails before leaves no file.
func (e *exporting) finish(state export.State) (r export.Receipt, err error) {
	if err := export.Check(e.plan, state, e.part.rows()); err != nil {
		return r, fmt.Errorf("%s: %w", e.cmd.partPath(), err)
	}
	if r, err = e.receipt(state); err != nil {
		return r, err
	}
	file, receipt := e.cmd.partPath()+".file", e.cmd.partPath()+".receipt" // ours as long as the part file is locked
	defer func() { err = errors.Join(err, gone(file), gone(receipt)) }()
	if err := writeSynced(file, func(f *os.File) error { return e.write(f, r) }); err != nil {
		return r, fmt.Errorf("write %s: %w", e.cmd.Out, err)
	}
	text, err := r.JSON()
	if err != nil {
		return r, err
	}
	if err := writeSynced(receipt, func(f *os.File) error { _, err := f.Write(text); return err }); err != nil {
		return r, fmt.Errorf("write %s: %w", e.cmd.receiptPath(), err)
	}
	if err := e.p.ctx.Err(); err != nil {
		return r, err
	}
	if err := e.record(e.p.ctx, audit.Collect, fmt.Sprintf("complete; %d rows; digest %s", r.Rows, r.Digest)); err != nil {
		return r, err
	}
	return r, e.publish(file, receipt)
}

func (e *exporting) receipt(state export.State) (export.Receipt, error) {
	r, err := e.plan.ReceiptOf(state)
	r.By, r.Source, r.Version, r.URL = commandLine, e.source, version(), e.base+r.URL
	return r, err
}

// write encodes the kept rows.
func (e *exporting) write(f *os.File, r export.Receipt) error {
	buffered := bufio.NewWriterSize(f, 1<<18)
	to, err := e.format.New(buffered, e.plan)
	if err != nil {
		return err
	}
	rows, tally := export.ReadParts(e.part.rows()), export.NewTally(e.plan)
	defer rows.Close()
	first, err := rows.Next(e.p.ctx)
	if err != nil {
		return err
	}
	if err := export.Copy(e.p.ctx, to, tally, first, rows, func() error { return nil }); err != nil {
		return err
	}
	if tally.Digest() != r.Digest {
		return export.ErrPartsDiffer
	}
	return errors.Join(to.Close(r), buffered.Flush())
}

// publish gives the file and its receipt their names. The receipt comes first, and a file that is to be replaced goes
// before it: no file ever stands beside another one's receipt.
func (e *exporting) publish(file, receipt string) error {
	if e.cmd.Force {
		if err := gone(e.cmd.Out); err != nil {
			return err
		}
	} else if there(e.cmd.Out) {
		return fmt.Errorf("%s came to be there meanwhile: move it away", e.cmd.Out)
	}
	err := os.Rename(receipt, e.cmd.receiptPath())
	if err == nil {
		err = os.Rename(file, e.cmd.Out)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(e.cmd.Out))
	}
	if err != nil {
		return err
	}
	return e.part.remove()
}

// writeSynced writes a file that only its owner reads, to the disk.
func writeSynced(path string, write func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// gone sees to it that a file is not there.
func gone(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
