package trustlyclient

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func cachedFor5s(o *Options) { o.CacheFor = 5 * time.Second }

func TestPagesAreKeptForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(slowPage)
		c := s.client(t, cachedFor5s)
		first, err := c.List(t.Context(), ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		first.Transactions[0] = nil // its caller's own slice
		time.Sleep(3999 * time.Millisecond)
		again, err := c.List(t.Context(), ListOptions{})
		if err != nil || again.Transactions[0] == nil || !again.FetchedAt.Equal(first.FetchedAt) || len(s.times()) != 1 {
			t.Errorf("got %v, %v with %d requests, want the page kept since %v", again, err, len(s.times()), first.FetchedAt)
		}
		if age := time.Since(again.FetchedAt); age != 4999*time.Millisecond {
			t.Errorf("got an age of %v, want it to count from when the request left: 4.999s", age)
		}
		time.Sleep(time.Millisecond)
		if again, err = c.List(t.Context(), ListOptions{}); err != nil || again.FetchedAt.Equal(first.FetchedAt) || len(s.times()) != 2 {
			t.Errorf("got a page of %v, %v with %d requests, want a new one", again.FetchedAt, err, len(s.times()))
		}
		if _, err = c.List(t.Context(), ListOptions{StartIndex: 1}); err != nil || len(s.times()) != 3 {
			t.Errorf("got %d requests, want one for another page", len(s.times()))
		}
	})
}

// TestPagesEndUnasked has nobody ask any more.
func TestPagesEndUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(wholePage)
		c := s.client(t, cachedFor5s)
		kept := func(want int) {
			t.Helper()
			synctest.Wait()
			c.cache.mu.Lock()
			defer c.cache.mu.Unlock()
			if got := c.cache.queue.Len(); got != want || len(c.cache.byKey) != want || (c.cache.bytes > 0) != (want > 0) {
				t.Errorf("after %v: got %d pages of %d bytes, want %d", time.Since(s.start), got, c.cache.bytes, want)
			}
		}
		for round := range 2 { // pages that come after the last one ended, too
			for i := range 2 {
				_, _ = c.List(t.Context(), ListOptions{StartIndex: i})
				time.Sleep(3 * time.Second)
			}
			kept(1) // the first is 6 s old
			time.Sleep(2 * time.Second)
			kept(0)
			if got, want := len(s.times()), 2*(round+1); got != want {
				t.Errorf("got %d requests, want %d", got, want)
			}
		}
	})
}

func TestWhatIsNotKept(t *testing.T) {
	list := func(ctx context.Context, c *Client) { _, _ = c.List(ctx, ListOptions{}) }
	for name, tt := range map[string]struct {
		ask     func(context.Context, *Client)
		replies []reply
		edit    func(*Options)
	}{
		"without CacheFor":  {list, []reply{wholePage}, nil},
		"an error":          {list, []reply{{status: 404}}, cachedFor5s},
		"one record":        {func(ctx context.Context, c *Client) { _, _ = c.Get(ctx, "1") }, []reply{{status: 200, body: `{"transactionId":"1"}`}}, cachedFor5s},
		"in the background": {func(ctx context.Context, c *Client) { list(InBackground(ctx), c) }, []reply{wholePage}, cachedFor5s},
		"a page too large":  {list, []reply{wholePage}, func(o *Options) { cachedFor5s(o); o.CacheBytes = 10 }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(tt.replies...)
				c := s.client(t, tt.edit)
				tt.ask(t.Context(), c)
				tt.ask(t.Context(), c)
				if got := len(s.times()); got != 2 {
					t.Errorf("got %d requests, want 2", got)
				}
			})
		})
	}
}

// TestTheBackgroundReadsNoCache asks in the background what a person asked.
func TestTheBackgroundReadsNoCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(wholePage)
		c := s.client(t, cachedFor5s)
		_, _ = c.List(t.Context(), ListOptions{})
		_, _ = c.List(InBackground(t.Context()), ListOptions{})
		if got := len(s.times()); got != 2 {
			t.Errorf("got %d requests, want 2", got)
		}
	})
}

func TestFreshAsksAndRefreshes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(slowPage)
		c := s.client(t, cachedFor5s)
		_, _ = c.List(t.Context(), ListOptions{})
		fresh, err := c.List(Fresh(t.Context()), ListOptions{})
		if err != nil || len(s.times()) != 2 {
			t.Fatalf("got error %v and %d requests, want a second", err, len(s.times()))
		}
		if kept, err := c.List(t.Context(), ListOptions{}); err != nil || !kept.FetchedAt.Equal(fresh.FetchedAt) || len(s.times()) != 2 {
			t.Errorf("got %v, %v with %d requests, want the fresh page", kept, err, len(s.times()))
		}
	})
}

// TestFreshIsAskedAfterTheCall reloads while a slower answer is under way, which then comes last.
func TestFreshIsAskedAfterTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, young := slowPage, slowPage
		old.took = 3 * time.Second
		s := newScript(old, young)
		c := s.client(t, cachedFor5s)
		var group sync.WaitGroup
		ask := func(ctx context.Context, want time.Duration) {
			group.Go(func() {
				page, err := c.List(ctx, ListOptions{})
				if err != nil || page.FetchedAt.Sub(s.start) != want {
					t.Errorf("got a page of %v, %v, want one of %v", page.FetchedAt.Sub(s.start), err, want)
				}
			})
		}
		ask(t.Context(), 0)
		time.Sleep(500 * time.Millisecond)
		ask(Fresh(t.Context()), 500*time.Millisecond)
		time.Sleep(100 * time.Millisecond)
		ask(t.Context(), 500*time.Millisecond) // joins the younger
		group.Wait()
		ask(t.Context(), 500*time.Millisecond) // the older did not take its place
		group.Wait()
		if got := len(s.times()); got != 2 {
			t.Errorf("got %d requests, want 2", got)
		}
	})
}

// TestForget has something change while a page is under way.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(slowPage)
		c := s.client(t, cachedFor5s)
		var group sync.WaitGroup
		group.Go(func() { _, _ = c.List(t.Context(), ListOptions{}) })
		group.Go(func() { _, _ = c.List(t.Context(), ListOptions{StartIndex: 1}) })
		time.Sleep(500 * time.Millisecond)
		c.Forget()
		time.Sleep(time.Millisecond)
		group.Go(func() { _, _ = c.List(t.Context(), ListOptions{}) }) // must not join what was asked before
		group.Wait()
		if got := len(s.times()); got != 3 {
			t.Errorf("got %d requests, want 3", got)
		}
		for i, want := range []int{3, 4} { // the first was asked since, the second before
			_, _ = c.List(t.Context(), ListOptions{StartIndex: i})
			if got := len(s.times()); got != want {
				t.Errorf("page %d: got %d requests, want %d", i, got, want)
			}
		}
		c.Forget()
		if c.cache.bytes != 0 || c.cache.queue.Len() != 0 || len(c.cache.byKey) != 0 {
			t.Errorf("got %d bytes in %d pages, want none", c.cache.bytes, c.cache.queue.Len())
		}
	})
}

func TestTheCacheIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rows = 10
		body := `{"transactions":[` + strings.TrimSuffix(strings.Repeat(`{"transactionId":"1","statusMessage":"`+strings.Repeat("x", 500)+`"},`, rows), ",") + `]}`
		s := newScript(reply{status: 200, body: body})
		c := s.client(t, func(o *Options) { cachedFor5s(o); o.CacheBytes = 1 << 20 })
		for i := range 1000 {
			if _, err := c.List(t.Context(), ListOptions{StartIndex: i}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
			if c.cache.bytes > 1<<20 {
				t.Fatalf("got %d bytes, want at most %d", c.cache.bytes, 1<<20)
			}
		}
		kept := c.cache.queue.Len()
		if kept < 10 || kept > (1<<20)/(2*rows*500) || len(c.cache.byKey) != kept {
			t.Errorf("got %d pages kept, %d found, want what fits", kept, len(c.cache.byKey))
		}
		_, _ = c.List(t.Context(), ListOptions{StartIndex: 999})
		if got := len(s.times()); got != 1000 {
			t.Error("got the youngest page asked again, want it kept")
		}
		time.Sleep(10 * time.Second)
		_, _ = c.List(t.Context(), ListOptions{})
		if got := c.cache.queue.Len(); got != 1 {
			t.Errorf("got %d pages kept after their time, want the last one alone", got)
		}
	})
}

// TestTheCacheCountsItsBytes has pages come in any order of age.
func TestTheCacheCountsItsBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(time.Second, 1<<20)
		start := time.Now()
		for i := range 500 {
			page := &Page{FetchedAt: start.Add(time.Duration(i*7%50) * time.Millisecond)}
			page.Transactions = make([]*Transaction, i%5)
			for j := range page.Transactions {
				page.Transactions[j] = new(Transaction)
			}
			c.put(fmt.Sprint(i%30), nil, page)
			var bytes int64
			before := time.Time{}
			for e := c.queue.Front(); e != nil; e = e.Next() {
				one := e.Value.(*cached)
				bytes += one.bytes
				if one.page.FetchedAt.Before(before) || c.byKey[one.key] != e {
					t.Fatal("got pages out of their order, or not found")
				}
				before = one.page.FetchedAt
			}
			if bytes != c.bytes || c.queue.Len() != len(c.byKey) {
				t.Fatalf("got %d bytes counted, want %d", c.bytes, bytes)
			}
		}
	})
}

// TestALargePageDrivesNothingOut has a page come that has no room even alone.
func TestALargePageDrivesNothingOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(time.Second, 1000)
		c.put("small", nil, &Page{FetchedAt: time.Now().Add(time.Millisecond)})
		time.Sleep(2 * time.Millisecond)
		c.put("large", nil, &Page{FetchedAt: time.Now(), Transactions: []*Transaction{{Raw: make([]byte, 1000)}}})
		if _, ok := c.get("large", nil); ok {
			t.Error("got the large page, want it not kept")
		}
		if _, ok := c.get("small", nil); !ok {
			t.Error("got the small page dropped, want it kept")
		}
	})
}

// TestErrorsDontEmptyTheCache has a reload fail: what was kept is still handed out.
func TestErrorsDontEmptyTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(wholePage, reply{status: 403})
		c := s.client(t, cachedFor5s)
		_, _ = c.List(t.Context(), ListOptions{})
		if _, err := c.List(Fresh(t.Context()), ListOptions{}); !errors.Is(err, ErrForbidden) {
			t.Errorf("got error %v, want ErrForbidden", err)
		}
		if _, err := c.List(t.Context(), ListOptions{}); err != nil {
			t.Errorf("got error %v, want the page kept", err)
		}
	})
}
