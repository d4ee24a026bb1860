package main

/*
#include <stdlib.h>
#include <string.h>

// Volatile, or the compiler leaves out what nobody reads.
static char *volatile copy;
static void keep_copy(size_t bytes) {
	copy = malloc(bytes);
	memset(copy, 1, bytes);
}
*/
import "C"

import (
	"strings"
	"unsafe"
)

func init() {
	programs["c-malloc"] = copyToC
	programs["c-string"] = nameToC
}

// copyToC has C keep a copy that nobody frees.
//
//go:noinline
func copyToC(int) { C.keep_copy(kib) }

var lengths int

// nameToC makes a C string, and frees it only in the case of an error.
//
//go:noinline
func nameToC(request int) {
	name := C.CString(strings.Repeat("n", 960) + id(request))
	lengths += int(C.strlen(name))
	if lengths < 0 {
		C.free(unsafe.Pointer(name))
	}
}
