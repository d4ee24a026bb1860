package main

import (
	"log"
	"math"
	"time"
)

const (
	// What a service holds from its start: read once, never changed.
	catalogueBytes = 8 << 20
	// What a request needs while it is served.
	requestBytes   = 8 << 10
	requestSeconds = 2
	// Garbage beside the requests, in a second: health checks, metrics, logs.
	churnBytes = 3 << 20
	pieceBytes = 32 << 10
	tick       = 50 * time.Millisecond
)

// shapes say how many requests have come by a time, in seconds, at one a second on average.
var shapes = map[string]func(seconds float64) float64{
	"linear": func(t float64) float64 { return t },
	// 1 % of the memory limit in an hour of scaled time.
	"slow":  func(t float64) float64 { return t / 30 },
	"stair": func(t float64) float64 { return 20 * math.Floor(t/20) },
	"spike": func(t float64) float64 { return t/2 + 30*math.Floor((t+30)/60) },
	// A day of 90 s, as users come and go.
	"waves": func(t float64) float64 { return t + 0.9*90/(2*math.Pi)*(1-math.Cos(2*math.Pi*t/90)) },
	// Load comes and goes at once.
	"sawtooth": func(t float64) float64 { return 60*math.Floor(t/60) + 2*math.Min(math.Mod(t, 60), 30) },
	// More and more users for two minutes, then no more.
	"ramp": func(t float64) float64 { return math.Min(t, 120)*math.Min(t, 120)/240 + math.Max(t-120, 0) },
}

// inFlight is what the requests of the last two seconds hold.
type inFlight struct {
	until time.Time
	body  []byte
}

var (
	catalogue [][]byte
	pending   []inFlight
	// scratch keeps garbage on the heap: the compiler cannot prove that nobody reads it.
	scratch []byte
)

func serve(request func(int), shape string, rate float64) {
	arrived := shapes[shape]
	if arrived == nil {
		log.Fatalf("no shape %q", shape)
	}
	for i := 0; i < catalogueBytes/kib/4; i++ {
		catalogue = append(catalogue, make([]byte, 4*kib))
	}
	began := time.Now()
	served := 0
	for now := range time.Tick(tick) {
		background()
		for due := int(rate * arrived(now.Sub(began).Seconds())); served < due; served++ {
			pending = append(pending, inFlight{now.Add(requestSeconds * time.Second), make([]byte, requestBytes)})
			request(served)
		}
		for len(pending) > 0 && pending[0].until.Before(now) {
			pending = pending[1:]
		}
	}
}

func background() {
	for made := 0; made < churnBytes/int(time.Second/tick); made += pieceBytes {
		scratch = make([]byte, pieceBytes)
	}
}
