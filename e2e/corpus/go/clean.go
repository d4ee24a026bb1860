package main

import (
	"log"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

func init() {
	programs["lazy-registry"] = register
	programs["filling-cache"] = fill
	programs["bounded-lru"] = evict
	programs["batch-job"] = batch
	programs["plain-service"] = plain
	programs["access-log"] = writeLog
	programs["mapped-index"] = readMapped
	programs["slab-arena"] = reuseSlabs
	programs["connection-pool"] = pool
	programs["monthly-report"] = report
	programs["map-storm"] = storm
	programs["reused-map"] = reuse
	programs["dropped-tickers"] = dropTicker
	programs["short-goroutines"] = spawn
	programs["pool-of-buffers"] = borrow
	programs["minute-buckets"] = bucket
	programs["trace-ring"] = ring
	programs["redeployed-cache"] = fillAndExit
}

var registry = map[string]*[900]byte{}

// register knows all of its 12,000 types once each was asked for.
func register(request int) {
	if request < 12_000 {
		registry[id(request)] = new([900]byte)
	}
}

var filled = map[string][]byte{}

// fill caches each of the 20,000 articles there are.
func fill(request int) {
	key := id(request * 7919 % 20_000)
	if filled[key] == nil {
		filled[key] = make([]byte, 960)
	}
}

var (
	kept    = map[string][]byte{}
	arrival []string
)

// evict drops the oldest of 10,000.
func evict(request int) {
	kept[id(request)] = make([]byte, 960)
	arrival = append(arrival, id(request))
	if len(arrival) > 10_000 {
		delete(kept, arrival[0])
		arrival = arrival[1:]
	}
}

var collected [][]byte

// batch collects 8,000 records, writes them, begins anew.
func batch(int) {
	collected = append(collected, make([]byte, kib))
	if len(collected) == 8_000 {
		collected = nil
	}
}

// plain holds what requests in flight hold, and nothing else.
func plain(int) { scratch = make([]byte, kib) }

var logFile *os.File

// writeLog appends to a file on a disk: the page cache grows as long as there is room.
func writeLog(request int) {
	if logFile == nil {
		var err error
		if logFile, err = os.Create("/data/access.log"); err != nil {
			log.Fatal(err)
		}
	}
	_, _ = logFile.WriteString(id(request) + strings.Repeat("l", 960) + "\n")
}

var index []byte

// readMapped touches a mapped file of 32 MiB page by page.
func readMapped(request int) {
	const size = 32 << 20
	if index == nil {
		file, err := os.Create("/data/index")
		if err != nil {
			log.Fatal(err)
		}
		if err = file.Truncate(size); err != nil {
			log.Fatal(err)
		}
		if index, err = syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED); err != nil {
			log.Fatal(err)
		}
	}
	scratch = []byte{index[request*4096%size]}
}

var slabs [][]byte

// reuseSlabs takes pieces from slabs of 1 MiB, and gives all slabs back together after 12.
func reuseSlabs(request int) {
	slab := request / 1024 % 12
	if slab == len(slabs) {
		slabs = append(slabs, make([]byte, 1<<20))
	}
	slabs[slab][request%1024*kib] = 1
}

var jobs = make(chan []byte, 64)

// pool starts a worker each time one is missing, up to 400.
func pool(request int) {
	if request < 400*8 && every(8, request) {
		go func() {
			own := make([]byte, 16*kib)
			for job := range jobs {
				copy(own, job)
			}
		}()
	}
	select {
	case jobs <- make([]byte, kib):
	default:
	}
}

// report needs 12 MiB for a moment, now and then.
func report(request int) {
	if every(4_000, request) {
		pages := make([][]byte, 0, 96)
		for range cap(pages) {
			pages = append(pages, make([]byte, 128*kib))
		}
		scratch = pages[len(pages)-1]
	}
}

// storm builds a large map without a hint of its size, and drops it: it grows all the time, and is no leak.
func storm(request int) {
	if every(100, request) {
		counts := map[int]int{}
		for i := range 30_000 {
			counts[i] = request
		}
		scratch = make([]byte, len(counts)%kib)
	}
}

var reused = map[string][]byte{}

// reuse fills one map and deletes all of it, again and again.
func reuse(request int) {
	reused[id(request)] = make([]byte, 512)
	if len(reused) == 10_000 {
		for key := range reused {
			delete(reused, key)
		}
	}
}

// dropTicker forgets tickers, which are collected.
func dropTicker(int) {
	for range 3 {
		time.NewTicker(time.Hour)
	}
}

// spawn starts goroutines that end after three seconds.
func spawn(int) {
	go func() {
		own := make([]byte, 4*kib)
		time.Sleep(3 * time.Second)
		own[0] = 1
	}()
}

var borrowed = sync.Pool{New: func() any { return new([64 * kib]byte) }}

// borrow gives back what it takes.
func borrow(request int) {
	buffer := borrowed.Get().(*[64 * kib]byte)
	buffer[request%len(buffer)] = 1
	borrowed.Put(buffer)
}

var buckets = map[int64]map[string]int{}

// bucket counts by the second, and drops what is older than 20 s.
func bucket(request int) {
	now := time.Now().Unix()
	if buckets[now] == nil {
		buckets[now] = map[string]int{}
		delete(buckets, now-20)
	}
	buckets[now][id(request)]++
}

var lines [4096]string

// ring keeps the last 4,096 lines.
func ring(request int) { lines[request%len(lines)] = strings.Repeat("l", 2*kib) }

// fillAndExit is deployed anew before its cache is full.
func fillAndExit(request int) {
	fill(request)
	if request > 12_000 {
		os.Exit(0)
	}
}
