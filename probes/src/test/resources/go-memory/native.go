//go:build native

package main

// static int one(void) { return 1; }
import "C"

func init() { sink = make([]byte, C.one()) }
