package metrics

import (
	"io"
	"sync/atomic"
	"testing"
)

// plain is Counters without the cache lines, to compare.
type plain [numSeries]atomic.Int64

func (p *plain) Add(s Series, n int64) { p[s].Add(n) }

// BenchmarkAdd counts on each core the same thing, or something else. With 2 cores and different things, Counters takes
// a quarter of the time that plain does; alone, or with the same thing, they do not differ.
func BenchmarkAdd(b *testing.B) {
	for _, recorder := range []struct {
		name string
		new  func() Recorder
	}{
		{"plain", func() Recorder { return new(plain) }},
		{"Counters", func() Recorder { return new(Counters) }},
	} {
		b.Run(recorder.name+"/alone", func(b *testing.B) {
			c := recorder.new()
			for b.Loop() {
				c.Add(MessagesSent, 1)
			}
		})
		for _, test := range []struct {
			name   string
			series int32
		}{
			{"same", 1},
			{"different", 4},
		} {
			b.Run(recorder.name+"/"+test.name, func(b *testing.B) {
				c := recorder.new()
				var core atomic.Int32
				b.RunParallel(func(pb *testing.PB) {
					s := MessagesReceived + Series(core.Add(1)%test.series)
					for pb.Next() {
						c.Add(s, 1)
					}
				})
			})
		}
	}
}

func BenchmarkWriteTo(b *testing.B) {
	var c Counters
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAllocs(t *testing.T) {
	var c Recorder = new(Counters)
	if n := testing.AllocsPerRun(100, func() { c.Add(QueuedBytes, 1000) }); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
}
