// A program that offers expvar, and metrics in Prometheus' text format under client_golang's names. It says its port.
package main

import (
	_ "expvar"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
)

var requests atomic.Int64

func metrics(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprintf(w, "# HELP go_goroutines Number of goroutines that currently exist.\n# TYPE go_goroutines gauge\n")
	fmt.Fprintf(w, "go_goroutines %d\n", runtime.NumGoroutine())
	fmt.Fprintf(w, "go_memstats_heap_sys_bytes %e\n", float64(m.HeapSys))
	fmt.Fprintf(w, "go_memstats_mallocs_total %d\n", m.Mallocs)
	fmt.Fprintf(w, "http_requests_total{code=\"200\",path=\"/a}b\\\"c\"} %d\n", requests.Add(1))
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/metrics", metrics)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
