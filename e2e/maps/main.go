// Command maps lets a map of each kind grow at an even pace, each in a function of its own, one more slowly, and two
// that are emptied as they fill. It says every second how many entries the first have and what the collector found
// live: it collects when it says so, and at no other time.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"time"
)

// Entries per second, of each map.
const pace = 300

type session struct{ opened, seen int64 }

type place struct{ x, y, z int32 }

// registry has a name of its own; its keys and elements tell more.
type registry map[int64]*session

var (
	names    = map[string]int{}
	numbers  = map[int32]session{}
	times    = registry{}
	sessions = map[*session]bool{}
	places   = map[place]string{}
	orders   = map[uint64]int{}
	batch    = map[string]bool{}
	seen     = map[time.Time]bool{}
)

//go:noinline
func putName(i int) {
	names[strconv.Itoa(i)] = i // faststr
}

//go:noinline
func putNumber(i int) {
	numbers[int32(i)] = session{} // fast32
}

//go:noinline
func putTime(i int) {
	times[int64(i)] = nil // fast64
}

//go:noinline
func putSession(i int) {
	sessions[&session{opened: int64(i)}] = true // pointer
}

//go:noinline
func putPlace(i int) {
	places[place{x: int32(i)}] = "here" // struct
}

// takeOrder keeps the last few hundred.
//
//go:noinline
func takeOrder(i int) {
	orders[uint64(i)] = i
	delete(orders, uint64(i-pace/2))
}

//go:noinline
func see(at time.Time) {
	seen[at] = true
}

// addToBatch empties it once per second.
//
//go:noinline
func addToBatch(i int) {
	batch[strconv.Itoa(i)] = true
	if len(batch) == pace {
		clear(batch)
	}
}

func main() {
	debug.SetGCPercent(-1)
	started := time.Now()
	for i, said := 0, 0; ; time.Sleep(5 * time.Millisecond) {
		age := time.Since(started)
		for ; i < int(age.Seconds()*pace); i++ {
			putName(i)
			putNumber(i)
			putTime(i)
			putSession(i)
			putPlace(i)
			takeOrder(i)
			addToBatch(i)
			if i%10 == 0 {
				see(started.Add(time.Duration(i)))
			}
		}
		if seconds := int(age.Seconds()); seconds > said {
			said = seconds
			say(i)
		}
	}
}

func say(entries int) {
	runtime.GC()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	os.Stdout.WriteString(strconv.Itoa(entries) + " " + strconv.FormatUint(live[0].Value.Uint64(), 10) + "\n")
}
