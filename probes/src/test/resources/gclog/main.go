// Keeps more and more, and collects a few times; with an argument it goes on, slowly, until it is ended.
package main

import (
	"os"
	"runtime"
	"time"
)

var kept [][]byte

func main() {
	for i := 0; i < 12 || len(os.Args) > 1; i++ {
		for j := 0; j < 2000; j++ {
			kept = append(kept, make([]byte, 1000))
		}
		if i%4 == 3 {
			runtime.GC()
		}
		if i >= 12 {
			time.Sleep(500 * time.Millisecond)
		}
	}
}
