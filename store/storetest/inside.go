package storetest

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	_ "modernc.org/sqlite"             // registers the driver "sqlite"
)

// Exec changes the database behind the portal's back and returns how many rows it changed.
func Exec(t testing.TB, url, statement string, args ...any) int64 {
	t.Helper()
	driver, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, source = "sqlite", path+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	result, err := db.ExecContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Refuse has the database refuse rows with that value in that column of a table, as if it could not keep them. The
// returned function takes that back.
func Refuse(t testing.TB, url, table, column, value string) (again func()) {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") {
		Exec(t, url, `CREATE TRIGGER refused BEFORE INSERT ON `+table+` WHEN NEW.`+column+` = '`+value+`' BEGIN SELECT RAISE(ABORT, 'refused'); END`)
	} else {
		Exec(t, url, `ALTER TABLE `+table+` ADD CONSTRAINT refused CHECK (`+column+` <> '`+value+`') NOT VALID`)
	}
	return func() {
		t.Helper()
		if strings.HasPrefix(url, "sqlite:") {
			Exec(t, url, `DROP TRIGGER refused`)
		} else {
			Exec(t, url, `ALTER TABLE `+table+` DROP CONSTRAINT refused`)
		}
	}
}

// DropTrigger drops one of a table's triggers.
func DropTrigger(t testing.TB, url, table, trigger string) {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") {
		Exec(t, url, `DROP TRIGGER `+trigger)
	} else {
		Exec(t, url, `DROP TRIGGER `+trigger+` ON `+table)
	}
}

// Dump returns every byte that the database holds, for tests that look for what must not be there.
func Dump(t testing.TB, url string) []byte {
	t.Helper()
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) == 0 {
			t.Fatalf("files of %s: got %v, %v", path, files, err)
		}
		var all []byte
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b...)
		}
		return all
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	rows, err := conn.Query(t.Context(), `SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) == 0 {
		t.Fatalf("tables: got %v, %v", tables, err)
	}
	var all []byte
	for _, table := range tables {
		rows, err := conn.Query(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			for _, value := range rows.RawValues() {
				all = append(append(all, value...), '\n')
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
