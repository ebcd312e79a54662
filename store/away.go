package store

import (
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	lite "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// Away reports whether an error says that the database was not there to be asked: it could not be reached, starts or ends,
// has no connection left, or kept its file locked for too long. What was asked may be asked again.
func Away(err error) bool {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch refused.Code {
		case "57P01", "57P02", "57P03", "53300": // ends, has crashed, starts; too many connections
			return true
		}
		return refused.Code[:min(2, len(refused.Code))] == "08" // connection exceptions
	}
	if refused, ok := errors.AsType[*lite.Error](err); ok {
		return refused.Code()&0xff == codes.SQLITE_BUSY
	}
	_, unreached := errors.AsType[*pgconn.ConnectError](err)
	return unreached || errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed)
}
