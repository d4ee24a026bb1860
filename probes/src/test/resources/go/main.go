// A program whose maps grow in functions of known names, on known lines.
package main

import "strconv"

type session struct{ opened, seen int64 }

type place struct{ x, y int32 }

// A map type with a name of its own.
type registry map[place]*session

type store struct{ sessions map[string]session }

// put is small enough to be inlined.
func (s *store) put(id string) {
	s.sessions[id] = session{} // line 17
}

var (
	sessions = map[string]int{}
	kept     = store{map[string]session{}}
	places   = registry{}
)

//go:noinline
func remember(i int) {
	sessions[strconv.Itoa(i)] = i // line 28
	kept.put(strconv.Itoa(i))     // line 29
	places[place{int32(i), 0}] = nil
}

func main() {
	for i := 0; i < 100000; i++ {
		remember(i)
	}
	println(len(sessions), len(kept.sessions), len(places))
}
