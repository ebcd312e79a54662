package trustlyclient

import (
	"container/list"
	"sync"
	"time"
	"unsafe"
)

// cache keeps list pages for a moment, bounded in bytes.
//
// All pages live equally long, so the queue in which they came is also the order in which they end: one list does for
// age and bound. Not otter: it cleans up from a goroutine of its own, for which a Client would need a Close, and
// holds its bound only in the long run.
type cache struct {
	lifetime time.Duration // since the request left; 0 = nothing is kept
	capacity int64         // bytes

	mu        sync.Mutex
	byKey     map[string]*list.Element
	queue     list.List // of *cached, oldest first
	bytes     int64
	sweep     *time.Timer // drops the oldest page when its time has come; nil while there is none
	forgotten time.Time   // what was asked before is not kept
}

type cached struct {
	key   string
	want  *fieldSet // what was read of its rows
	page  *Page
	bytes int64
}

func newCache(lifetime time.Duration, capacity int64) *cache {
	return &cache{lifetime: lifetime, capacity: capacity, byKey: make(map[string]*list.Element)}
}

// get returns a page not older than the lifetime, of whose rows all that is wanted was read.
func (c *cache) get(key string, want *fieldSet) (*Page, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expire()
	if e, ok := c.byKey[key]; ok && e.Value.(*cached).want.has(want) {
		return e.Value.(*cached).page, true
	}
	return nil, false
}

// put keeps a page in place of an older one, unless that is larger than all there is room for.
func (c *cache) put(key string, want *fieldSet, page *Page) {
	if c.lifetime == 0 {
		return
	}
	one := &cached{key: key, want: want, page: page, bytes: page.size() + int64(len(key))}
	c.mu.Lock()
	defer c.mu.Unlock()
	if one.bytes > c.capacity || !page.FetchedAt.After(c.forgotten) {
		return
	}
	if e, ok := c.byKey[key]; ok {
		if e.Value.(*cached).page.FetchedAt.After(page.FetchedAt) {
			return
		}
		c.remove(e)
	}
	c.insert(one)
	c.expire()
	for c.bytes > c.capacity {
		c.remove(c.queue.Front())
	}
	c.sweepLater()
}

// sweepLater has pages dropped when their time is over though nobody asks for another: they are megabytes, of people's
// names and numbers.
func (c *cache) sweepLater() {
	oldest := c.queue.Front()
	if oldest == nil || c.sweep != nil {
		return
	}
	left := c.lifetime - time.Since(oldest.Value.(*cached).page.FetchedAt)
	c.sweep = time.AfterFunc(left, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sweep = nil
		c.expire()
		c.sweepLater()
	})
}

// insert keeps the queue in the order of FetchedAt: answers may overtake each other.
func (c *cache) insert(one *cached) {
	after := c.queue.Back()
	for after != nil && after.Value.(*cached).page.FetchedAt.After(one.page.FetchedAt) {
		after = after.Prev()
	}
	if after == nil {
		c.byKey[one.key] = c.queue.PushFront(one)
	} else {
		c.byKey[one.key] = c.queue.InsertAfter(one, after)
	}
	c.bytes += one.bytes
}

func (c *cache) expire() {
	for e := c.queue.Front(); e != nil && time.Since(e.Value.(*cached).page.FetchedAt) >= c.lifetime; e = c.queue.Front() {
		c.remove(e)
	}
}

func (c *cache) remove(e *list.Element) {
	one := c.queue.Remove(e).(*cached)
	delete(c.byKey, one.key)
	c.bytes -= one.bytes
}

// forget drops everything, and what is under way when it comes.
func (c *cache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.byKey)
	c.queue.Init()
	c.bytes = 0
	c.forgotten = time.Now()
}

// size is about how many bytes a page takes: its rows' texts, and each row's struct and JSON.
func (p *Page) size() int64 {
	size := int64(unsafe.Sizeof(*p)) + int64(p.texts)
	for _, t := range p.Transactions {
		size += int64(unsafe.Sizeof(*t)) + int64(len(t.Raw))
	}
	return size
}
