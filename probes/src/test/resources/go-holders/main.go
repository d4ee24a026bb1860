// A program that keeps memory in as many ways as leaks do, and says how many bytes each has. Nothing in it
// can ask for a heap profile. A line on its input is a question.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

// 64 bytes, and 128 without pointers.
type session struct {
	name []byte
	next *session
	pad  [4]int
}

type store struct {
	byKey map[string]*session
}

var (
	slice    []*session
	byName   = map[int]*session{}
	list     *session
	closures []func() int
	queue    chan *session
	pool     sync.Pool
	literal  = &store{byKey: map[string]*session{}}
	grown    []*session
	never    = make(chan bool)

	pieces  [][]byte
	texts   []string
	wholes  []string
	shared  []string
	emptied []map[int]int
	full    []map[int]int
)

const each = 64 + 128

func newSession() *session {
	return &session{name: make([]byte, 128)}
}

//go:noinline
func keep(n int) *session {
	slice = make([]*session, 0, n)
	for i := 0; i < n; i++ {
		slice = append(slice, newSession())
	}
	for i := 0; i < n; i++ {
		byName[i] = newSession()
	}
	for i := 0; i < n; i++ {
		next := newSession()
		next.next = list
		list = next
	}
	for i := 0; i < n; i++ {
		kept := newSession()
		closures = append(closures, func() int { return len(kept.name) })
	}
	queue = make(chan *session, n)
	for i := 0; i < n; i++ {
		queue <- newSession()
	}
	for i := 0; i < n; i++ {
		literal.byKey[fmt.Sprintf("session-%08d", i)] = newSession()
	}
	for i := 0; i < n; i++ {
		kept := newSession()
		time.AfterFunc(time.Hour, func() { fmt.Println(len(kept.name)) })
	}
	// Pairs that refer to each other, of which one has a finalizer: it never runs.
	for i := 0; i < n; i += 2 {
		one, other := newSession(), newSession()
		one.next, other.next = other, one
		runtime.SetFinalizer(one, func(*session) {})
	}
	// As who puts a thing back that refers to the one he got before.
	var first *session
	for i := 0; i < n; i++ {
		next := newSession()
		next.next = first
		first = next
	}
	return first
}

// Each a kilobyte: of one a little is used, of another all, of a third all by many.
//
//go:noinline
func cut() {
	for i := 0; i < 1000; i++ {
		pieces = append(pieces, make([]byte, 1024)[:16])
		long := strings.Repeat("x", 1024)
		texts = append(texts, long[100:116])
		wholes = append(wholes, strings.Repeat("y", 900))
	}
	for i := 0; i < 50; i++ {
		long := strings.Repeat("z", 1024)
		for j := 0; j < 1024; j += 16 {
			shared = append(shared, long[j:j+16])
		}
		some, all := map[int]int{}, map[int]int{}
		for j := 0; j < 600; j++ {
			some[j], all[j] = j, j
		}
		for j := 0; j < 590; j++ {
			delete(some, j)
		}
		emptied, full = append(emptied, some), append(full, all)
	}
}

// Held by a goroutine alone.
//
//go:noinline
func works(n int, started chan bool) {
	mine := make([]*session, 0, n)
	for i := 0; i < n; i++ {
		mine = append(mine, newSession())
	}
	started <- true
	<-never
	runtime.KeepAlive(mine)
}

func main() {
	n := 40_000
	first := keep(n)
	cut()
	started := make(chan bool)
	go works(n, started)
	<-started
	// What is garbage is told to be so from here on.
	runtime.GC()
	// Two collections empty it.
	pool.Put(first)
	fmt.Println("ready")
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		switch question := strings.Fields(questions.Text()); question[0] {
		case "each":
			fmt.Println(n * each)
		case "grow":
			for i := 0; i < n; i++ {
				grown = append(grown, newSession())
			}
			fmt.Println(len(grown) * each)
		case "growOn":
			go func() {
				for {
					for i := 0; i < 100; i++ {
						grown = append(grown, newSession())
					}
					time.Sleep(time.Millisecond)
				}
			}()
			fmt.Println("growing")
		}
	}
}
