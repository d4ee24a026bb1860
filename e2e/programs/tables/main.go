// Command tables fills one map after the other and keeps none: a hundred times a second a map grows to a thousand
// entries. Whoever watches maps grow pays for each of these growths.
package main

import (
	"log"
	"time"
)

const (
	interval = 10 * time.Millisecond
	entries  = 1000
)

// filled keeps the map on the heap until there is the next.
var filled map[int]int

func main() {
	log.Printf("filling maps of %d entries", entries)
	for ; ; time.Sleep(interval) {
		table := map[int]int{}
		for i := range entries {
			table[i] = i
		}
		filled = table
	}
}
