package metrics

import "sync/atomic"

// A Recorder is told what a server counts. Add is called from any goroutine, often and sometimes with locks held: it
// must be quick, must not block, and must not call the server.
type Recorder interface {
	// Add adds n to a series. n is negative only for gauges.
	Add(s Series, n int64)
}

// Discard is a Recorder that forgets.
var Discard Recorder = discard{}

type discard struct{}

func (discard) Add(Series, int64) {}

// Counters is a Recorder that keeps the numbers in memory, and an http.Handler that serves them as text: mount it at
// "/metrics", for one server or for several, whose numbers add up then. The zero value is ready. It must not be copied.
// Its methods may be called from any goroutine.
type Counters struct {
	values [numSeries]cell
}

var _ Recorder = (*Counters)(nil)

// A cell has a cache line of its own, so that cores which count different things do not wait for each other: see
// BenchmarkAdd. Spreading a series over several cells would help only many cores that count the same thing.
type cell struct {
	n atomic.Int64
	_ [cacheLine - 8]byte
}

const cacheLine = 64

// Add adds n to a series. It does not allocate.
func (c *Counters) Add(s Series, n int64) { c.values[s].n.Add(n) }

// Value returns what has been added to a series.
func (c *Counters) Value(s Series) int64 { return c.values[s].n.Load() }
