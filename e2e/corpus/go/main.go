// Command corpus is every Go program of the corpus: `corpus PROGRAM SHAPE RATE` serves RATE requests a second on average, as SHAPE
// says, until it is killed. A program is what it does for one request; those that leak keep about 1 KiB of it.
package main

import (
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
)

// kib is what one request keeps, where it leaks.
const kib = 1 << 10

// programs by name; each file adds its own. The request's number tells requests apart.
var programs = map[string]func(request int){}

func main() {
	if len(os.Args) != 4 || programs[os.Args[1]] == nil {
		log.Fatalf("usage: corpus PROGRAM SHAPE RATE; programs: %v", slices.Sorted(maps.Keys(programs)))
	}
	rate, err := strconv.ParseFloat(os.Args[3], 64)
	if err != nil {
		log.Fatalf("rate %q is not a number", os.Args[3])
	}
	serve(programs[os.Args[1]], os.Args[2], rate)
}

// every says whether this is the n-th, 2n-th ... request: for what is kept in larger pieces.
func every(n, request int) bool { return request%n == 0 }

// id is what tells a request, a user or an order apart: 12 characters.
func id(request int) string { return "id-" + strconv.Itoa(1_000_000_000 + request)[1:] }
