package trustlytest

import (
	"bytes"
	"compress/gzip"
	"crypto/subtle"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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
	NotFound200     bool   // an unknown id as 200 with an errors array

	Matching          string // of names and descriptions: MatchPartial, MatchPrefix or MatchExact; "" = MatchPartial
	PartialReferences bool   // payment.merchantReference matches in part too

	MaxRange     time.Duration // longest createdAt or updatedAt range; longer ones, and lists without any, are refused by 400; 0 = no limit
	DefaultRange time.Duration // lists without a createdAt or updatedAt bound look back so far; 0 = all rows
	MaxCount     int           // largest count; 0 = 100
	ClampCount   bool          // a count beyond MaxCount is answered by MaxCount rows, not refused
	MaxOffset    int           // largest startIndex, a larger one is refused; 0 = no limit
	UnstableTies bool          // rows with equal times come in another order from request to request
	Gzip         bool          // answers are compressed for clients that accept it

	RateLimit  int    // requests per second by the wall clock, 0 = no limit
	RetryAfter string // RetryAfterSeconds, RetryAfterDate or RetryAfterNone; "" = RetryAfterSeconds

	Latency time.Duration // before every answer
	Jitter  time.Duration // up to so much more, drawn from Seed
	Faults  []Fault       // as if by SetFault

	Live    bool          // every request first moves the ledger on to Now: see Advance
	Arrival time.Duration // mean time between new payments when the ledger moves on; 0 = 6 s

	// Churn is what else happens from request to request, by Now: so many rows created, and so many others changing
	// their status, in each second. It keeps no family in order, as Live does, but goes as fast as one likes.
	CreatedPerSecond, ChangedPerSecond float64
}

// Ways in which texts match.
const (
	MatchPartial = "partial" // anywhere, without regard to case
	MatchPrefix  = "prefix"  // from the start, without regard to case
	MatchExact   = "exact"   // the whole, letter by letter
)

// Server is the sandbox. It is safe for concurrent use.
type Server struct {
	options Options
	closed  chan struct{}
	close   sync.Once
	faults  faults
	log     requestLog
	limit   limiter
	delays  delays
	asked   atomic.Uint64 // requests so far

	mu     sync.RWMutex // guards what follows
	ledger ledger
	life   *life
	churn  churn
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
	if options.MaxCount <= 0 {
		options.MaxCount = documentedMaxCount
	}
	s := &Server{options: options, closed: make(chan struct{})}
	s.limit.perSecond = options.RateLimit
	s.delays.drawn = rand.New(rand.NewPCG(options.Seed, 5<<40))
	s.faults.drawn = rand.New(rand.NewPCG(options.Seed, 6<<40))
	s.SetFault(options.Faults...)
	s.life = newLife(options)
	s.ledger.load(s.life.begin(options.Rows))
	s.churn = newChurn(options, s.life.now)
	return s
}

// Close ends requests that hang by a fault.
func (s *Server) Close() { s.close.Do(func() { close(s.closed) }) }

// ServeHTTP answers GET /transactions and GET /transactions/{id}, both also under /api/v1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	s.log.add(r)
	if s.options.Live {
		s.Advance(s.options.Now())
	}
	s.stir(s.options.Now())
	if wait := s.delays.next(s.options.Latency, s.options.Jitter); wait > 0 && !s.wait(r, wait) {
		panic(http.ErrAbortHandler)
	}
	if fault, ok := s.faults.take(r); ok {
		s.fail(w, r, fault)
		return
	}
	if s.options.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		s.write(w, s.answer(r).compressed())
		return
	}
	s.write(w, s.answer(r))
}

// answer is a whole response, made before its first byte is sent.
type answer struct {
	status     int
	body       []byte
	retryAfter string
	gzip       bool
}

// compressed returns the answer with its body packed.
func (a answer) compressed() answer {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(a.body) // to memory
	_ = z.Close()
	a.body, a.gzip = b.Bytes(), true
	return a
}

func (s *Server) header(w http.ResponseWriter, a answer) {
	h := w.Header()
	h.Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
	if a.gzip {
		h.Set("Content-Encoding", "gzip")
	}
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

func (s *Server) write(w http.ResponseWriter, a answer) {
	s.header(w, a)
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
	if a, ok := s.forced(r); ok {
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
		switch {
		case s.options.NotFound404:
			status = http.StatusNotFound
		case s.options.NotFound200:
			status = http.StatusOK
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
	if len(problems) == 0 {
		problems = s.options.limitRange(q)
	}
	if len(problems) > 0 {
		return s.errorAnswer(http.StatusBadRequest, problems...)
	}
	if s.options.UnstableTies {
		q.flipTies = s.asked.Load()%2 == 0
	}
	s.mu.RLock()
	rows := s.ledger.page(q)
	s.mu.RUnlock()
	e := s.encoder(len(rows))
	e.list(rows, s.options.Shape, q)
	return answer{status: http.StatusOK, body: e.buf}
}

func (s *Server) reading() reading {
	o := &s.options
	read := reading{
		unit: 1, exclusiveStart: o.ExclusiveBounds, exclusiveEnd: o.ExclusiveBounds || o.ExclusiveEnd,
		matching: o.Matching, partialReferences: o.PartialReferences, maxCount: o.MaxCount, clampCount: o.ClampCount, maxOffset: o.MaxOffset,
	}
	if o.TimeUnit == Seconds {
		read.unit = 1000
	}
	return read
}
