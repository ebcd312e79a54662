package trustlytest

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Shapes of a list answer; see the package comment.
const (
	ShapeArray    = 1 // {"transactions":[{…}]}
	ShapeNumbered = 2 // {"0":{"transaction":{…}},"1":…}
	ShapePaged    = 3 // shape 1 with startIndex and itemsPerPage
	ShapeWrapped  = 4 // {"transactions":[{"transaction":{…}}]}
)

// Units of the time filters.
const (
	Milliseconds = "ms"
	Seconds      = "s"
)

// What a 429 of the rate limit says in Retry-After.
const (
	RetryAfterSeconds = "seconds"
	RetryAfterDate    = "date"
	RetryAfterNone    = "none"
)

// Options say what ledger to make up and how to answer. The zero value is a ledger of 10,000 rows ending now.
type Options struct {
	Seed uint64
	Rows int              // exactly so many; 0 = 10,000, negative = an empty ledger
	Now  func() time.Time // nil = time.Now; the same seed, rows and first Now give the same ledger

	// AccessID and AccessKey are the credentials to be sent by Basic auth. With both empty any are accepted, but not none.
	AccessID, AccessKey string

	Shape           int    // ShapeArray … ShapeWrapped; 0 = ShapeArray
	Bare            bool   // one transaction as a bare object, as the schema has it, not wrapped as in the sample
	EnumsAsStrings  bool   // the codes that the schema calls strings as JSON strings; records from JSON stay as they are
	ResponseSeconds bool   // times in answers in seconds
	TimeUnit        string // Milliseconds or Seconds, unit of the time filters; "" = Milliseconds
	ExclusiveBounds bool   // time bounds exclude their own instant
	ExclusiveEnd    bool   // only the .end bounds do
	NotFound404     bool   // an unknown id as 404 instead of 400

	RateLimit  int    // requests per second by the wall clock, 0 = no limit
	RetryAfter string // RetryAfterSeconds, RetryAfterDate or RetryAfterNone; "" = RetryAfterSeconds

	Live    bool          // every request first moves the ledger on to Now: see Advance
	Arrival time.Duration // mean time between new payments when the ledger moves on; 0 = 6 s
}

// Server is the sandbox. It is safe for concurrent use.
type Server struct {
	options Options
	closed  chan struct{}
	close   sync.Once
	faults  faults
	log     requestLog
	limit   limiter

	mu     sync.RWMutex // guards what follows
	ledger ledger
	life   *life
}

// New makes up the ledger and returns the sandbox over it.
func New(options Options) *Server {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Rows == 0 {
		options.Rows = 10_000
	}
	if options.Shape == 0 {
		options.Shape = ShapeArray
	}
	if options.Arrival <= 0 {
		options.Arrival = 6 * time.Second
	}
	s := &Server{options: options, closed: make(chan struct{})}
	s.limit.perSecond = options.RateLimit
	s.life = newLife(options)
	s.ledger.load(s.life.begin(options.Rows))
	return s
}

// Close ends requests that hang by a fault.
func (s *Server) Close() { s.close.Do(func() { close(s.closed) }) }

// ServeHTTP answers GET /transactions and GET /transactions/{id}, both also under /api/v1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.log.add(r)
	if s.options.Live {
		s.Advance(s.options.Now())
	}
	if fault, ok := s.faults.take(r); ok {
		s.fail(w, r, fault)
		return
	}
	s.answer(r).write(w)
}

// answer is a whole response, made before its first byte is sent.
type answer struct {
	status     int
	body       []byte
	retryAfter string
}

func (a answer) header(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("Cache-Control", "no-store")
	if a.retryAfter != "" {
		h.Set("Retry-After", a.retryAfter)
	}
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="trustly"`)
	}
}

func (a answer) write(w http.ResponseWriter) {
	a.header(w)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that left is no concern of ours
}

func (s *Server) errorAnswer(status int, problems ...apiError) answer {
	if len(problems) == 0 {
		problems = []apiError{errorFor(status)}
	}
	return answer{status: status, body: errorBody(problems, s.options.Now().UnixMilli())}
}

// answer finds the answer to r.
func (s *Server) answer(r *http.Request) answer {
	if !s.authorized(r) {
		return s.errorAnswer(http.StatusUnauthorized)
	}
	if wait, ok := s.limit.take(time.Now()); !ok {
		a := s.errorAnswer(http.StatusTooManyRequests)
		a.retryAfter = s.retryAfter(wait)
		return a
	}
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	id, single := strings.CutPrefix(path, "/transactions/")
	switch {
	case path != "/transactions" && (!single || id == "" || strings.Contains(id, "/")):
		return s.errorAnswer(http.StatusNotFound)
	case r.Method != http.MethodGet:
		return s.errorAnswer(http.StatusMethodNotAllowed)
	case single:
		return s.one(id)
	default:
		return s.list(r.URL.RawQuery)
	}
}

func (s *Server) authorized(r *http.Request) bool {
	id, key, ok := r.BasicAuth()
	if s.options.AccessID == "" && s.options.AccessKey == "" {
		return ok && id != ""
	}
	return ok && subtle.ConstantTimeCompare([]byte(id), []byte(s.options.AccessID)) == 1 &&
		subtle.ConstantTimeCompare([]byte(key), []byte(s.options.AccessKey)) == 1
}

func (s *Server) retryAfter(wait time.Duration) string {
	switch s.options.RetryAfter {
	case RetryAfterNone:
		return ""
	case RetryAfterDate:
		return time.Now().Add(wait + time.Second).UTC().Format(http.TimeFormat)
	default:
		return strconv.Itoa(int((wait + time.Second - 1) / time.Second))
	}
}

// encoder returns one with room for so many rows; a row takes about 2.5 kB.
func (s *Server) encoder(rows int) *encoder {
	return &encoder{buf: make([]byte, 0, 128+rows*2800), enumsAsStrings: s.options.EnumsAsStrings, seconds: s.options.ResponseSeconds}
}

// one answers GET /transactions/{id}.
func (s *Server) one(id string) answer {
	s.mu.RLock()
	r, ok := s.ledger.byID[id]
	s.mu.RUnlock()
	if !ok {
		status := http.StatusBadRequest
		if s.options.NotFound404 {
			status = http.StatusNotFound
		}
		return s.errorAnswer(status, apiError{domainNotFound, codeParameter, "No transaction was found with the id " + id, "transactionId"})
	}
	e := s.encoder(1)
	if s.options.Bare {
		e.transaction(r)
	} else {
		e.wrapped(r)
	}
	return answer{status: http.StatusOK, body: e.buf}
}

// list answers GET /transactions.
func (s *Server) list(raw string) answer {
	q, problems := parseQuery(raw, s.reading())
	if len(problems) > 0 {
		return s.errorAnswer(http.StatusBadRequest, problems...)
	}
	s.mu.RLock()
	rows := s.ledger.page(q)
	s.mu.RUnlock()
	e := s.encoder(len(rows))
	e.list(rows, s.options.Shape, q)
	return answer{status: http.StatusOK, body: e.buf}
}

func (s *Server) reading() reading {
	unit := int64(1)
	if s.options.TimeUnit == Seconds {
		unit = 1000
	}
	return reading{unit, s.options.ExclusiveBounds, s.options.ExclusiveBounds || s.options.ExclusiveEnd}
}
