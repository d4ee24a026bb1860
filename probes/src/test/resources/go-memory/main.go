// A program that keeps memory at sites of known names and goroutines that wait for known reasons,
// and says what Go itself knows of them: a line on its input is a question, its last line the answer's end.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"time"
)

var (
	kept  [][]byte
	nodes []*node
	lock  sync.Mutex
	never = make(chan int)
	other = make(chan int)
)

type node struct {
	next *node
	pad  [10]int
}

//go:noinline
func keepLarge(n int) {
	for i := 0; i < n; i++ {
		kept = append(kept, make([]byte, 100_000))
	}
}

//go:noinline
func keepSmall(n int) {
	for i := 0; i < n; i++ {
		nodes = append(nodes, &node{})
	}
}

// Inlined into keepInlined, which keeps its name in the profile.
func oneMore() *node { return &node{} }

//go:noinline
func keepInlined(n int) {
	for i := 0; i < n; i++ {
		nodes = append(nodes, oneMore())
	}
}

//go:noinline
func dropMedium(n int) {
	for i := 0; i < n; i++ {
		sink = make([]byte, 10_000)
	}
	sink = nil
}

var sink []byte

// Elements of 128 bytes at most lie in the map itself.
//
//go:noinline
func indexed(n int) map[int][120]byte {
	entries := map[int][120]byte{}
	for i := 0; i < n; i++ {
		entries[i] = [120]byte{}
	}
	return entries
}

var index map[int][120]byte

//go:noinline
func receives() { <-never }

//go:noinline
func selects() {
	select {
	case <-other:
	case <-never:
	case <-time.After(time.Hour):
	}
}

//go:noinline
func locks() { lock.Lock() }

// Once per hour, so that one who looks finds it asleep.
//
//go:noinline
func polls() {
	for {
		time.Sleep(time.Hour)
	}
}

//go:noinline
func retries(left int) {
	if left == 0 {
		<-never
	}
	retries(left - 1)
}

func retrying() { retries(4) }

//go:noinline
func startsReceivers(n int) {
	for i := 0; i < n; i++ {
		go receives()
	}
}

//go:noinline
func startsOthers(n int) {
	for i := 0; i < n; i++ {
		go selects()
		go locks()
	}
	for i := 0; i < 5; i++ {
		go polls()
	}
	for i := 0; i < 2; i++ {
		go retrying()
	}
}

func main() {
	lock.Lock()
	keepLarge(300)
	keepSmall(200_000)
	keepInlined(100_000)
	dropMedium(5_000)
	startsReceivers(30)
	startsOthers(10)
	runtime.GC()
	runtime.GC()
	fmt.Println("ready")
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		answer(strings.Fields(questions.Text()))
	}
}

func answer(question []string) {
	switch question[0] {
	case "heap":
		file, err := os.Create(question[1])
		if err == nil {
			err = pprof.Lookup("heap").WriteTo(file, 0)
			file.Close()
		}
		fmt.Println(err)
	case "gc":
		runtime.GC()
		fmt.Println("done")
	case "index":
		kept, nodes = nil, nil
		index = indexed(100_000)
		runtime.GC()
		runtime.GC()
		fmt.Println("done")
	case "goroutines":
		text := make([]byte, 1<<20)
		os.WriteFile(question[1], text[:runtime.Stack(text, true)], 0o600)
		fmt.Println("done")
	case "count":
		fmt.Println(runtime.NumGoroutine())
	case "end":
		var ended sync.WaitGroup
		for i := 0; i < 2_000; i++ {
			ended.Add(1)
			go ended.Done()
		}
		ended.Wait()
		fmt.Println("done")
	case "memstats":
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		line, _ := json.Marshal(stats)
		fmt.Println(string(line))
	}
}
