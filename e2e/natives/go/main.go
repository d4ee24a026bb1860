// Command natives keeps C strings, while its own goroutines allocate, are preempted and profiled.
package main

// #include <stdlib.h>
import "C"

import (
	"io"
	"runtime"
	"runtime/pprof"
	"time"
	"unsafe"
)

var kept []*C.char

//go:noinline
func name() { kept = append(kept, C.CString("a customer's name that is kept")) }

//go:noinline
func lend() { C.free(unsafe.Pointer(C.CString("a customer's name that is freed"))) }

func main() {
	// A profile stops threads wherever they are, in C too.
	pprof.StartCPUProfile(io.Discard)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for {
				lend()
				_ = make([]byte, 1<<16)
			}
		}()
	}
	for {
		name()
		time.Sleep(time.Millisecond)
	}
}
