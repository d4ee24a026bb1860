// A program whose map grows in a function of a known name.
package main

import "strconv"

var sessions = map[string]int{}

//go:noinline
func remember(i int) {
	sessions[strconv.Itoa(i)] = i
}

func main() {
	for i := 0; i < 100000; i++ {
		remember(i)
	}
	println(len(sessions))
}
