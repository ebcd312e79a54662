package store

import (
	"path/filepath"
	"testing"
)

// BenchmarkAppendAudit measures what one record costs: alone, of many who append at the same time, and in line with those
// of seven other pages.
func BenchmarkAppendAudit(b *testing.B) {
	db, err := Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "portal.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	b.Run("alone", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			if _, err := db.AppendAudit(b.Context(), event(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("in line", func(b *testing.B) {
		i := 0
		for b.Loop() {
			if i++; i%8 != 0 {
				db.BeginAudit(event(i))
			} else if _, err := db.AppendAudit(b.Context(), event(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("together", func(b *testing.B) {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				if _, err := db.AppendAudit(b.Context(), event(i)); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
