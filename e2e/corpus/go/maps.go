package main

import (
	"bytes"
	"container/list"
	"context"
	"encoding/json"
	"strings"
	"time"
)

func init() {
	programs["url-counter"] = countURL
	programs["label-meter"] = meterLabels
	programs["tenant-tables"] = keepEmptiedTable
	programs["room-presence"] = keepEmptiedRoom
	programs["report-rows"] = appendRow
	programs["event-batch"] = appendEvent
	programs["json-orders"] = decodeOrders
	programs["json-stream"] = decodeStream
	programs["trace-lines"] = bufferLine
	programs["trace-buffers"] = bufferBytes
	programs["image-cache"] = cacheImage
	programs["boundless-lru"] = cacheRecent
	programs["expired-tokens"] = keepExpired
	programs["closed-sessions"] = keepClosed
	programs["context-chain"] = chainContext
}

var visits = map[string]*[960]byte{}

// countURL takes the whole URL, query and all, for the key: no two are alike.
//
//go:noinline
func countURL(request int) { visits["/search?q="+id(request)] = new([960]byte) }

type labels struct {
	path, user string
	status     int
}

var meters = map[labels][118]int64{}

// meterLabels has a user's name among the labels of a metric.
//
//go:noinline
func meterLabels(request int) { meters[labels{"/pay", id(request), 200}] = [118]int64{int64(request)} }

var tables []map[string]int

// keepEmptiedTable deletes all rows of a tenant that left, and keeps its table: a map never shrinks.
//
//go:noinline
func keepEmptiedTable(request int) {
	if !every(64, request) {
		return
	}
	table := map[string]int{}
	for row := range 1500 {
		table[id(request+row)] = row
	}
	for key := range table {
		delete(table, key)
	}
	tables = append(tables, table)
}

var rooms = map[int]map[int64][4]int64{}

// keepEmptiedRoom clears who was in a room, and keeps the room.
//
//go:noinline
func keepEmptiedRoom(request int) {
	if !every(64, request) {
		return
	}
	room := map[int64][4]int64{}
	for guest := range int64(1500) {
		room[guest] = [4]int64{guest}
	}
	clear(room)
	rooms[request] = room
}

var rows []map[string]string

// appendRow collects a report that nobody prints.
//
//go:noinline
func appendRow(request int) {
	rows = append(rows, map[string]string{"id": id(request), "note": strings.Repeat("n", 700)})
}

var events []map[string]any

// appendEvent adds to a batch that is sent, and never cleared.
//
//go:noinline
func appendEvent(request int) {
	events = append(events, map[string]any{"id": request, "body": make([]byte, 700), "at": time.Now()})
}

var orders []map[string]any

// decodeOrders keeps what it decoded, of any shape.
//
//go:noinline
func decodeOrders(request int) {
	var decoded []map[string]any
	_ = json.Unmarshal([]byte(`[{"id":"`+id(request)+`","shop":{"name":"main"},"note":"`+strings.Repeat("n", 300)+`"}]`), &decoded)
	orders = append(orders, decoded...)
}

var streams = map[string][]map[string]any{}

// decodeStream keeps every message of the one stream there is.
//
//go:noinline
func decodeStream(request int) {
	var message map[string]any
	_ = json.NewDecoder(strings.NewReader(`{"user":"` + id(request) + `","text":"` + strings.Repeat("t", 500) + `"}`)).Decode(&message)
	streams["main"] = append(streams["main"], message)
}

var traces = map[string][]string{}

// bufferLine holds log lines by trace until the trace ends, which nobody says.
//
//go:noinline
func bufferLine(request int) {
	trace := id(request / 4)
	traces[trace] = append(traces[trace], strings.Repeat("l", 960))
}

var traceBuffers = map[string]*bytes.Buffer{}

// bufferBytes is the same with a buffer for each trace.
//
//go:noinline
func bufferBytes(request int) {
	trace := id(request / 8)
	if traceBuffers[trace] == nil {
		traceBuffers[trace] = new(bytes.Buffer)
	}
	traceBuffers[trace].Write(bytes.Repeat([]byte("l"), 800))
}

type cache struct {
	entries map[string][]byte
	misses  int
}

var images = cache{entries: map[string][]byte{}}

// cacheImage never drops an image.
//
//go:noinline
func cacheImage(request int) {
	images.misses++
	images.entries[id(request)+".png"] = make([]byte, 896)
}

var recent = struct {
	order *list.List
	index map[string]*list.Element
}{list.New(), map[string]*list.Element{}}

// cacheRecent orders by use, and has forgotten the bound.
//
//go:noinline
func cacheRecent(request int) {
	recent.index[id(request)] = recent.order.PushFront(make([]byte, 768))
}

type token struct {
	expires time.Time
	claims  [840]byte
}

var tokens = map[string]token{}

// keepExpired checks the time of a token when it is read, and never drops one.
//
//go:noinline
func keepExpired(request int) {
	tokens[id(request)] = token{expires: time.Now().Add(time.Second)}
}

type closable struct {
	closed bool
	state  [900]byte
}

var open = map[int]*closable{}

// keepClosed marks the session before the last one closed.
//
//go:noinline
func keepClosed(request int) {
	open[request] = &closable{}
	if previous := open[request-1]; previous != nil {
		previous.closed = true
	}
}

type chainKey struct{}

var chain = context.Background()

// chainContext derives the context of a request from the one of the request before.
//
//go:noinline
func chainContext(int) { chain = context.WithValue(chain, chainKey{}, make([]byte, 960)) }
