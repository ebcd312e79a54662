package trustlyclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// reply is one answer of a script: a status with a body and a Retry-After, or an error instead of an answer.
type reply struct {
	status     int
	body       string
	retryAfter string
	err        error         // of the connection
	readErr    error         // after the body
	took       time.Duration // 0: at once
}

var wholePage = reply{status: 200, body: `{"transactions":[]}`}

// script answers one reply after the other, the last again and again, and notes when it was asked. It never ignores
// the end of a request.
type script struct {
	mu      sync.Mutex
	replies []reply
	start   time.Time
	asked   []time.Duration
	before  int // asked before the replies were set
}

func newScript(replies ...reply) *script { return &script{replies: replies, start: time.Now()} }

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	one := s.replies[min(len(s.asked)-s.before, len(s.replies)-1)]
	s.asked = append(s.asked, time.Since(s.start))
	s.mu.Unlock()
	if one.took > 0 && !sleep(r.Context(), one.took) {
		return nil, r.Context().Err()
	}
	if one.err != nil {
		return nil, one.err
	}
	body := io.Reader(strings.NewReader(one.body))
	if one.readErr != nil {
		body = io.MultiReader(body, failingReader{one.readErr})
	}
	response := &http.Response{StatusCode: one.status, Header: http.Header{}, Body: io.NopCloser(body), Request: r}
	if one.retryAfter != "" {
		response.Header.Set("Retry-After", one.retryAfter)
	}
	return response, nil
}

func (s *script) times() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Duration(nil), s.asked...)
}

func (s *script) set(replies ...reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies, s.before = replies, len(s.asked)
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func (s *script) client(t *testing.T, edit func(*Options)) *Client {
	if edit == nil {
		edit = func(*Options) {}
	}
	return offline(t, s.RoundTrip, edit)
}

func TestWhatIsAskedAgain(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	for name, tt := range map[string]struct {
		first reply
		again bool
	}{
		"429":                    {reply{status: 429}, true},
		"500":                    {reply{status: 500}, true},
		"500 in HTML":            {reply{status: 500, body: "<html>"}, true},
		"502":                    {reply{status: 502}, true},
		"503":                    {reply{status: 503}, true},
		"504":                    {reply{status: 504}, true},
		"no connection":          {reply{err: refused}, true},
		"connection reset":       {reply{err: io.EOF}, true},
		"no answer in time":      {reply{status: 200, took: 2 * time.Second}, true},
		"body cut short":         {reply{status: 200, body: `{"transactions":[`, readErr: io.ErrUnexpectedEOF}, true},
		"body reset":             {reply{status: 200, body: `{"transactions":[`, readErr: errors.New("stream reset")}, true},
		"JSON ends in its midst": {reply{status: 200, body: `{"transactions":[`}, true},
		"400":                    {reply{status: 400}, false},
		"401":                    {reply{status: 401}, false},
		"403":                    {reply{status: 403}, false},
		"404":                    {reply{status: 404}, false},
		"408":                    {reply{status: 408}, false},
		"501":                    {reply{status: 501}, false},
		"redirect":               {reply{status: 302}, false},
		"HTML under 200":         {reply{status: 200, body: "<html>"}, false},
		"not JSON":               {reply{status: 200, body: `{"transactions":]`}, false},
		"nothing":                {reply{status: 200}, false},
		"too large":              {reply{status: 200, body: strings.Repeat(" ", 200)}, false},
		"errors under 200":       {reply{status: 200, body: `{"errors":[{"code":100}]}`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(tt.first, wholePage)
				c := s.client(t, func(o *Options) { o.Timeout = time.Second; o.MaxBody = 100 })
				_, err := c.List(t.Context(), ListOptions{})
				if got := len(s.times()) == 2; got != tt.again || (err == nil) != tt.again {
					t.Errorf("got asked again %v and error %v, want again %v", got, err, tt.again)
				}
			})
		})
	}
}

// TestRetrySchedules fails always and looks at the waits, each between half and the whole of its back-off.
func TestRetrySchedules(t *testing.T) {
	ms := func(waits ...int) (all []time.Duration) {
		for _, wait := range waits {
			all = append(all, time.Duration(wait)*time.Millisecond)
		}
		return all
	}
	for name, tt := range map[string]struct {
		ctx  func(context.Context) context.Context
		want []time.Duration
	}{
		"people":     {func(ctx context.Context) context.Context { return ctx }, ms(200, 400)},
		"background": {InBackground, ms(500, 1000, 2000, 3000, 3000, 3000, 3000, 3000)},
	} {
		t.Run(name, func(t *testing.T) {
			seen := map[time.Duration]bool{}
			for range 20 {
				synctest.Test(t, func(t *testing.T) {
					s := newScript(reply{status: 429})
					_, err := s.client(t, nil).List(tt.ctx(t.Context()), ListOptions{})
					if !errors.Is(err, ErrRateLimited) {
						t.Errorf("got error %v, want ErrRateLimited", err)
					}
					at := s.times()
					// By chance shorter waits leave the background time for more of the longest.
					if more := len(at) - len(tt.want) - 1; more < 0 || more > 0 && name == "people" || at[len(at)-1] > DefaultPatience {
						t.Fatalf("got %d tries, the last after %v, want %d or, within the background's patience, more", len(at), at[len(at)-1], len(tt.want)+1)
					}
					for i, most := range tt.want {
						wait := at[i+1] - at[i]
						if wait < most/2 || wait > most {
							t.Errorf("got a wait of %v before try %d, want %v to %v", wait, i+2, most/2, most)
						}
						seen[wait] = true
					}
				})
			}
			if len(seen) < 15*len(tt.want) {
				t.Errorf("got %d different waits of %d, want jitter", len(seen), 20*len(tt.want))
			}
		})
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	for name, tt := range map[string]struct {
		retryAfter func() string
		background bool
		tries      int
		wait       time.Duration // before the second try, at least
	}{
		"people, soon":            {func() string { return "1" }, false, 2, time.Second},
		"people, too late":        {func() string { return "7" }, false, 1, 0},
		"background":              {func() string { return "7" }, true, 2, 7 * time.Second},
		"background, as a date":   {func() string { return time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat) }, true, 2, 9 * time.Second},
		"background, too late":    {func() string { return "700" }, true, 1, 0},
		"background, next year":   {func() string { return "31536000" }, true, 2, maxRetryAfter},
		"background, next decade": {func() string { return time.Now().AddDate(10, 0, 0).UTC().Format(http.TimeFormat) }, true, 2, maxRetryAfter},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(reply{status: 503, retryAfter: tt.retryAfter()}, wholePage)
				ctx := t.Context()
				if tt.background {
					ctx = InBackground(ctx)
				}
				patience := func(o *Options) { o.Patience = 10 * time.Minute }
				if strings.HasSuffix(name, "too late") {
					patience = func(o *Options) { o.Patience = time.Minute }
				}
				_, err := s.client(t, patience).List(ctx, ListOptions{})
				at := s.times()
				if len(at) != tt.tries || (err == nil) != (tt.tries == 2) {
					t.Fatalf("got %d tries and error %v, want %d", len(at), err, tt.tries)
				}
				if tt.tries == 2 && (at[1] < tt.wait || at[1] > tt.wait+time.Second) {
					t.Errorf("got asked again after %v, want after %v", at[1], tt.wait)
				}
				if e, ok := errors.AsType[*Error](err); ok && strconv.Itoa(int(e.RetryAfter.Seconds())) != tt.retryAfter() && e.RetryAfter != maxRetryAfter {
					t.Errorf("got RetryAfter %v, want it told: %s s", e.RetryAfter, tt.retryAfter())
				}
			})
		})
	}
}

// TestNoWaitPastTheDeadline has the last error told at once when the next try would come too late.
func TestNoWaitPastTheDeadline(t *testing.T) {
	for name, mark := range map[string]func(context.Context) context.Context{
		"people":     func(ctx context.Context) context.Context { return ctx },
		"background": InBackground,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(reply{status: 429, retryAfter: "1"})
				ctx, cancel := context.WithTimeout(mark(t.Context()), 900*time.Millisecond)
				defer cancel()
				_, err := s.client(t, nil).List(ctx, ListOptions{})
				if !errors.Is(err, ErrRateLimited) || time.Since(s.start) != 0 {
					t.Errorf("got error %v after %v, want ErrRateLimited at once", err, time.Since(s.start))
				}
			})
		})
	}
}

// TestPeopleGetTheirErrorSoon has tries that take long: none begins later than 2 s after the call.
func TestPeopleGetTheirErrorSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 503, took: 1500 * time.Millisecond})
		_, err := s.client(t, nil).List(t.Context(), ListOptions{})
		if at := s.times(); !errors.Is(err, ErrUnavailable) || len(at) != 2 || at[1] > 2*time.Second {
			t.Errorf("got error %v after tries at %v, want ErrUnavailable after two within 2s", err, at)
		}
	})
}

func TestCancelEndsTheWaitBetweenTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 503, retryAfter: "100"})
		reason := errors.New("download stopped")
		ctx, cancel := context.WithCancelCause(InBackground(t.Context()))
		time.AfterFunc(time.Second, func() { cancel(reason) })
		_, err := s.client(t, func(o *Options) { o.Patience = time.Hour }).List(ctx, ListOptions{})
		if !errors.Is(err, reason) || !errors.Is(err, context.Canceled) || time.Since(s.start) != time.Second {
			t.Errorf("got error %v after %v, want the cancel's after 1s", err, time.Since(s.start))
		}
	})
}

// TestNoSlotIsHeldBetweenTries has a second call go ahead while the first waits to ask again.
func TestNoSlotIsHeldBetweenTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(reply{status: 503, retryAfter: "100"}, wholePage)
		c := s.client(t, func(o *Options) { o.MaxConcurrency, o.Patience = 1, time.Hour })
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.List(InBackground(t.Context()), ListOptions{}) })
		synctest.Wait()
		if _, err := c.List(t.Context(), ListOptions{}); err != nil || time.Since(s.start) != 0 {
			t.Errorf("got error %v after %v, want an answer at once", err, time.Since(s.start))
		}
		group.Wait()
	})
}
