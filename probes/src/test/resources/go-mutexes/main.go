// A program that offers its profiles and in which goroutines wait for a mutex; with an argument it samples them. It says its port.
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"sync"
	"time"
)

var lock sync.Mutex

//go:noinline
func holdsTheLock() {
	lock.Lock()
	time.Sleep(time.Millisecond)
	lock.Unlock()
}

func main() {
	if len(os.Args) > 1 {
		runtime.SetMutexProfileFraction(1)
	}
	var done sync.WaitGroup
	for range [4]int{} {
		done.Add(1)
		go func() {
			defer done.Done()
			for range [20]int{} {
				holdsTheLock()
			}
		}()
	}
	done.Wait()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
