// Command steady stands for an ordinary service that leaks nothing: it allocates at a constant rate, so that its
// collector runs every few seconds, and the entries of its map come and go.
package main

import (
	"log"
	"time"
)

const (
	interval = 100 * time.Millisecond
	// What one interval leaves behind for the garbage collector: 1 MiB/s.
	garbageBytes = 100 << 10
	entries      = 1000
)

// variant is set by the linker: each makes a program of its own.
var variant string

// scratch keeps the garbage on the heap: the compiler cannot prove that nobody reads it.
var scratch []byte

func main() {
	log.Printf("steady %s", variant)
	kept := map[int][]byte{}
	for i := 0; ; i++ {
		scratch = make([]byte, garbageBytes)
		kept[i] = make([]byte, 64)
		delete(kept, i-entries)
		time.Sleep(interval)
	}
}
