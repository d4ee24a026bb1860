// A program that keeps maps of known contents, and says where each is: a line on its input is a question, its answer
// one line: address of the map, address of its type, entries.
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"
)

type session struct{ opened, seen int64 }

type place struct{ x, y, z int32 }

type name string

var (
	sessions = map[string]*session{}
	emptied  = map[string]session{}
	small    = map[string]int{"a": 1, "bb": 2, "ccc": 3}
	none     = map[string]int{}
	short    = map[string]int{}
	named    = map[name]int{}
	places   = map[place]string{}
	numbers  = map[int64]int{}
	wide     = map[[200]byte][300]byte{}
	words    = map[string]int{}
	growing  = map[string]int{}
	stepwise = map[int64]int{}
	entries  atomic.Int64
)

// 90,000: up to 98,304 no map of 16,384 buckets moves, of 6.5 entries each or of 6, as Go 1.21 has it (loadFactorNum).
func fill() {
	for i := 0; i < 90_000; i++ {
		sessions[strconv.Itoa(i)] = nil
		emptied[strconv.Itoa(i)] = session{}
	}
	for i := 1000; i < 90_000; i++ {
		delete(emptied, strconv.Itoa(i))
	}
	for i := 0; i < 100; i++ {
		short[strconv.Itoa(i)] = i
	}
	for i := 0; i < 5000; i++ {
		named[name(fmt.Sprintf("%040d", i))] = i
		places[place{x: int32(i)}] = "here"
		numbers[int64(i)] = i
	}
	for i := 0; i < 3000; i++ {
		wide[[200]byte{byte(i), byte(i >> 8)}] = [300]byte{}
	}
}

// 1000 keys of each length; 300 more that others become when their case is folded, 200 when they are trimmed, 100 when
// they are decoded; 10 that are too long to be compared.
func fillWords() {
	for i := 0; i < 1000; i++ {
		for _, length := range []int{32, 33, 64, 65, 128, 129} {
			words[word(i, length)] = i
		}
	}
	for i := 0; i < 300; i++ {
		words[strings.ToUpper(word(i, 32))] = i
	}
	for i := 0; i < 200; i++ {
		words[" "+word(i, 33)+"\t\n"] = i
	}
	for i := 0; i < 100; i++ {
		words[strings.ReplaceAll(url.QueryEscape(word(i, 64)), "k", "%6b")] = i
	}
	for i := 0; i < 10; i++ {
		words[word(i, 5000)] = i
	}
}

func word(i, length int) string {
	return fmt.Sprintf("k/%d ü%0*d", length, length-len(fmt.Sprintf("k/%d ü", length)), i)
}

// A few more entries; after 15,000 another map, whose hashes are others.
func step() {
	if len(stepwise) >= 15_000 {
		stepwise = map[int64]int{}
	}
	for i := 0; i < 25; i++ {
		stepwise[int64(len(stepwise))] = i
	}
}

// For some seconds.
func grow(deletes bool) {
	for i := 0; i < 2_000_000; i++ {
		growing[strconv.Itoa(i)] = i
		if deletes && i%2 == 0 {
			delete(growing, strconv.Itoa(rand.Intn(i+1)))
		}
		if i%1024 == 0 {
			entries.Store(int64(len(growing)))
			time.Sleep(2 * time.Millisecond)
		}
	}
}

func main() {
	fill()
	fillWords()
	runtime.GC()
	fmt.Println("ready")
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		switch questions.Text() {
		case "sessions":
			say(sessions, len(sessions))
		case "emptied":
			say(emptied, len(emptied))
		case "small":
			say(small, len(small))
		case "short":
			say(short, len(short))
		case "none":
			say(none, len(none))
		case "named":
			say(named, len(named))
		case "places":
			say(places, len(places))
		case "numbers":
			say(numbers, len(numbers))
		case "wide":
			say(wide, len(wide))
		case "words":
			say(words, len(words))
		case "stepwise":
			step()
			say(stepwise, len(stepwise))
		case "grow":
			say(growing, 0)
			go grow(false)
		case "churn":
			say(growing, 0)
			go grow(true)
		case "entries":
			fmt.Println(entries.Load())
		}
	}
}

// An interface holds the address of the type, and of a map's header.
func say(m any, length int) {
	words := (*[2]uintptr)(unsafe.Pointer(&m))
	fmt.Printf("%d %d %d\n", words[1], words[0], length)
}
