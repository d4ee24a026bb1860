// Command sessions is an HTTP service with a memory leak as it is found in the wild: every request opens a session,
// and nothing ever closes one. With a bound on the number of sessions it is its own healthy twin.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"log"
	"net/http"
	"net/http/pprof"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	// What one session retains.
	profileBytes = 6 << 10
	// What one request leaves behind for the garbage collector: a busy service collects often.
	garbageBytes = 256 << 10
)

type session struct {
	opened  time.Time
	profile [profileBytes]byte
}

var (
	mu       sync.Mutex
	sessions = map[string]*session{}
	// The keys in the order of their arrival; kept by the healthy twin only.
	arrivals []string
	limit    int
)

// scratch keeps the garbage on the heap: the compiler cannot prove that nobody reads it.
var scratch []byte

func main() {
	address := flag.String("address", ":8080", "where requests are served")
	pprofAddress := flag.String("pprof", ":6060", "where /debug/pprof is served; empty: nowhere")
	flag.IntVar(&limit, "max-sessions", environment("MAX_SESSIONS"), "sessions to keep, the oldest are closed beyond it; 0: no limit")
	flag.Parse()

	if *pprofAddress != "" {
		go func() { log.Fatal(http.ListenAndServe(*pprofAddress, profiles())) }()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", handle)
	log.Printf("serving sessions on %s, limit %d", *address, limit)
	if err := http.ListenAndServe(*address, mux); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// handle opens a session. The map is written here and nowhere else: this is the line that a leak report must name.
//
//go:noinline
func handle(w http.ResponseWriter, _ *http.Request) {
	key := newKey()
	opened := &session{opened: time.Now()}

	mu.Lock()
	scratch = make([]byte, garbageBytes)
	sessions[key] = opened
	if limit > 0 {
		arrivals = append(arrivals, key)
		closeOldest()
	}
	count := len(sessions)
	mu.Unlock()

	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte(strconv.Itoa(count) + "\n"))
}

// closeOldest closes the sessions beyond the limit; mu is held.
func closeOldest() {
	for len(arrivals) > limit {
		delete(sessions, arrivals[0])
		arrivals = arrivals[1:]
	}
}

func newKey() string {
	var key [16]byte
	// Never fails: since Go 1.24 it ends the program instead.
	_, _ = rand.Read(key[:])
	return hex.EncodeToString(key[:])
}

func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	return mux
}

func environment(name string) int {
	value := os.Getenv(name)
	if value == "" {
		return 0
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < 0 {
		log.Fatalf("%s=%q: expected a number of at least 0", name, value)
	}
	return number
}
