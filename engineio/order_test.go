package engineio_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// TestOrderAcrossUpgrade upgrades while hundreds of messages are on their way in both directions: none is lost, comes
// twice or overtakes another. Each round has pauses of its own.
func TestOrderAcrossUpgrade(t *testing.T) {
	rounds := uint64(100)
	if testing.Short() {
		rounds = 10
	}
	for seed := range rounds {
		run(t, nil, func(t *testing.T, a *app) {
			a.onMessage = ignore
			c, p := a.polling()
			const n = 200
			sent := numbered("s", n)
			var wg sync.WaitGroup
			wg.Go(func() { sendWithPauses(p, sent, rand.New(rand.NewPCG(seed, 1))) }) // ends with the list

			u := &upgrader{c: c, out: numbered("c", n), rnd: rand.New(rand.NewPCG(seed, 2))}
			got := u.run(n)
			wg.Wait()
			if !slices.Equal(got, sent) {
				t.Errorf("seed %d: the client received %q", seed, got)
			}
			p.expect(u.out...)
			p.expectOpen()
			if p.Transport() != "websocket" {
				t.Error("not upgraded")
			}
		})
	}
}

// pause waits, mostly not at all.
func pause(r *rand.Rand) {
	if d := r.IntN(8); d < 3 {
		time.Sleep(time.Duration(d) * time.Millisecond) // fake time
	}
}

// sendWithPauses sends messages alone, in groups and corked.
func sendWithPauses(p *peer, list []string, r *rand.Rand) {
	for len(list) > 0 {
		n := min(1+r.IntN(3), len(list))
		switch r.IntN(3) {
		case 0:
			p.send(list[:n]...)
		case 1:
			group := make([]engineio.Message, n)
			for i := range group {
				group[i] = text(list[i])
			}
			if err := p.Send(engineio.Droppable, group...); err != nil {
				p.app.t.Error(err)
			}
		default:
			p.Cork()
			p.send(list[:n]...)
			pause(r)
			p.Uncork()
		}
		list = list[n:]
		pause(r)
	}
}

// An upgrader is a client that sends and receives while it upgrades, as the official one does: it pauses polling once
// its probe is answered, and sends the upgrade packet when its poll and its POST are over.
type upgrader struct {
	c   *wiretest.Polling
	out []string
	rnd *rand.Rand // of the main goroutine

	pausing atomic.Bool
	posted  int      // owned by the posting goroutine until it has ended
	got     []string // owned by the polling goroutine until it has ended
}

func (u *upgrader) run(n int) (got []string) {
	seed := u.rnd.Uint64()
	var wg sync.WaitGroup
	wg.Go(u.poll)                                                 // ends with pausing
	wg.Go(func() { u.post(rand.New(rand.NewPCG(seed, 3))) })      // ends with pausing
	time.Sleep(time.Duration(u.rnd.IntN(100)) * time.Millisecond) // fake time

	ws := u.c.Upgrade()
	pause(u.rnd)
	ws.Send("2probe")
	ws.Expect("3probe")
	pause(u.rnd)
	u.pausing.Store(true)
	wg.Wait()
	pause(u.rnd)

	wg.Go(func() { // ends with the list
		ws.Send("5")
		for _, s := range u.out[u.posted:] {
			ws.Send("4" + s)
			pause(u.rnd)
		}
	})
	for len(u.got) < n {
		u.got = append(u.got, strings.TrimPrefix(ws.Text(), "4"))
	}
	wg.Wait()
	synctest.Wait()
	return u.got
}

func (u *upgrader) poll() {
	for !u.pausing.Load() {
		for _, packet := range u.c.Poll() {
			if s, ok := strings.CutPrefix(packet, "4"); ok {
				u.got = append(u.got, s)
			}
		}
	}
}

func (u *upgrader) post(r *rand.Rand) {
	for !u.pausing.Load() && u.posted < len(u.out) {
		n := min(1+r.IntN(4), len(u.out)-u.posted)
		u.c.Post(packets(u.out[u.posted : u.posted+n])...)
		u.posted += n
		pause(r)
	}
}
