package main

import (
	"runtime"
	"strings"
	"sync"
	"time"
)

func init() {
	programs["late-handlers"] = registerHandler
	programs["page-titles"] = keepTitle
	programs["body-ids"] = keepID
	programs["pooled-nodes"] = linkNode
	programs["pooled-buffers"] = linkBuffer
	programs["user-sync-map"] = storeUser
	programs["lock-sync-map"] = storeLock
	programs["reminders"] = remind
	programs["unstopped-tickers"] = startTicker
	programs["finalized-pairs"] = pairUp
	programs["finalized-loops"] = loop
}

var handlers []func() int

// registerHandler adds a handler for each request, and with it what the request held.
//
//go:noinline
func registerHandler(request int) {
	body := make([]byte, 960)
	handlers = append(handlers, func() int { return len(body) + request })
}

var titles [][]byte

// keepTitle keeps 16 bytes of a page, and so the page.
//
//go:noinline
func keepTitle(int) {
	page := make([]byte, kib)
	titles = append(titles, page[:16])
}

var ids []string

// keepID does it with a string.
//
//go:noinline
func keepID(request int) {
	body := strings.Repeat("b", 1000) + id(request)
	ids = append(ids, body[1000:])
}

type node struct {
	next *node
	body [960]byte
}

var (
	nodes = sync.Pool{New: func() any { return new(node) }}
	last  *node
)

// linkNode hangs each node of a pool to the one before, which keeps it from the pool and from the collector.
//
//go:noinline
func linkNode(int) {
	taken := nodes.Get().(*node)
	taken.next = last
	last = taken
}

type pooled struct {
	next *pooled
	data []byte
}

var (
	buffers  = sync.Pool{New: func() any { return &pooled{data: make([]byte, 960)} }}
	answered = &pooled{}
	newest   = answered
)

// linkBuffer puts each buffer back; the one before still refers to it, and the first is never forgotten.
//
//go:noinline
func linkBuffer(int) {
	taken := &pooled{data: make([]byte, 960)}
	newest.next = taken
	newest = taken
	buffers.Put(taken)
}

var users sync.Map

// storeUser takes a sync.Map for a cache.
//
//go:noinline
func storeUser(request int) { users.Store(id(request), make([]byte, 896)) }

type guarded struct {
	sync.Mutex
	state [880]byte
}

var locks sync.Map

// storeLock makes a lock for each order.
//
//go:noinline
func storeLock(request int) { locks.LoadOrStore(request, new(guarded)) }

// remind sets a timer for tomorrow: until then it holds what the request held.
//
//go:noinline
func remind(int) {
	body := make([]byte, 800)
	time.AfterFunc(24*time.Hour, func() { scratch = body })
}

// startTicker forgets tickers. Go 1.23 collects them by itself, unless GODEBUG=asynctimerchan=1.
//
//go:noinline
func startTicker(int) {
	for range 3 {
		time.NewTicker(time.Hour)
	}
}

type half struct {
	other *half
	body  [480]byte
}

// pairUp gives a finalizer to an object of a cycle: it is never run, and none of them is freed.
//
//go:noinline
func pairUp(int) {
	a, b := new(half), new(half)
	a.other, b.other = b, a
	runtime.SetFinalizer(a, func(*half) {})
}

type link struct {
	next *link
	body [310]byte
}

// loop does it with one of three.
//
//go:noinline
func loop(int) {
	a, b, c := new(link), new(link), new(link)
	a.next, b.next, c.next = b, c, a
	runtime.SetFinalizer(b, func(*link) {})
}
