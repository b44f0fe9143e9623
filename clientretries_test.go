package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

func TestClientRetries(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		opts.Retries, opts.AckTimeout = 2, time.Second
		a := serve(t, nil)
		var got []string
		a.Handle("x", func(m *socketio.Message) {
			var name string
			var answerAt int
			_ = m.Scan(&name, &answerAt)
			got = append(got, name)
			n := 0
			for _, other := range got {
				if other == name {
					n++
				}
			}
			if n >= answerAt {
				_ = m.Ack(name + " done")
			}
		})
		g := a.guest("", opts)
		g.connect()
		for _, x := range []struct {
			name     string
			answerAt int
		}{{"a", 1}, {"b", 2}, {"c", 9}, {"d", 3}} {
			if err := g.Emit("x", x.name, x.answerAt); err != nil {
				t.Fatal(err)
			}
		}
		answer, err := g.EmitWithAck(t.Context(), "x", "e", 2)
		var text string
		if err := errors.Join(err, answer.Scan(&text)); err != nil || text != "e done" {
			t.Errorf("e: %q, %v", text, err)
		}
		synctest.Wait()
		want := []string{"a", "b", "b", "c", "c", "c", "d", "d", "d", "e", "e"}
		if !slices.Equal(got, want) {
			t.Errorf("the server got %q, want %q", got, want)
		}
		if _, err := g.EmitWithAck(t.Context(), "x", "f", 9); !errors.Is(err, socketio.ErrAckTimeout) {
			t.Errorf("never answered: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		if _, err := g.EmitWithAck(ctx, "x", "g", 9); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
		synctest.Wait()
		got = nil
		g.Volatile().Emit("x", "v", 9)
		wait(time.Minute)
		if slices.Contains(got, "g") || len(got) > 1 {
			t.Errorf("given up or volatile, and sent again: %q", got)
		}
	})
	bubble(t, "over connections", func(t *testing.T) {
		a := serve(t, nil)
		var got []string
		a.Handle("x", func(m *socketio.Message) {
			var name string
			_ = m.Scan(&name)
			got = append(got, name)
			if len(got) > 1 {
				_ = m.Ack()
			}
		})
		g := a.guest("", &socketio.ClientOptions{Retries: 10})
		g.connect()
		for _, name := range []string{"a", "b", "c"} {
			g.Emit("x", name)
		}
		wait(time.Hour) // without AckTimeout there is no hurry
		g.network.cut()
		wait(time.Minute)
		if want := []string{"a", "a", "b", "c"}; !slices.Equal(got, want) {
			t.Errorf("the server got %q, want %q", got, want)
		}
	})
	bubble(t, "late answer", func(t *testing.T) {
		a := serve(t, nil)
		n := 0
		a.Handle("x", func(m *socketio.Message) {
			n++
			go func() { // ends soon
				time.Sleep(1500 * time.Millisecond) // fake time
				_ = m.Ack()
			}()
		})
		g := a.guest("", &socketio.ClientOptions{Retries: 10, AckTimeout: time.Second})
		g.connect()
		if _, err := g.EmitWithAck(t.Context(), "x"); err != nil {
			t.Error(err)
		}
		wait(time.Minute)
		if n != 2 {
			t.Errorf("sent %d times: the answer to the first is as good as the second's", n)
		}
	})
	bubble(t, "disconnected", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("x", func(s *socketio.Socket, ack func()) { s.Disconnect(true) })
		g := a.guest("", &socketio.ClientOptions{Retries: math.MaxInt})
		g.connect()
		g.Emit("x")
		if _, err := g.EmitWithAck(t.Context(), "x"); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("got %v", err)
		}
		if err := g.Emit("x"); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("Emit: %v", err)
		}
	})
	bubble(t, "full", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("x", func(s *socketio.Socket, ack func()) {})
		g := a.guest("", &socketio.ClientOptions{Retries: 1, MaxQueuedBytes: 5000, MaxPendingAcks: 3})
		g.connect()
		n := 0
		var err error
		for err == nil && n < 1000 {
			err = g.Emit("x", "something")
			n++
		}
		if !errors.Is(err, socketio.ErrQueueFull) {
			t.Errorf("after %d: %v", n, err)
		}
		if _, err := g.EmitWithAck(t.Context(), "x"); !errors.Is(err, socketio.ErrTooManyAcks) {
			t.Errorf("got %v", err)
		}
	})
}

// TestClientSoak is an hour of a bad network: connections are cut and made impossible at random points, while events go
// both ways. With Retries none is lost and their order is kept; nothing is left when the client is closed.
func TestClientSoak(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		for name, opts := range transports {
			bubble(t, fmt.Sprint(name, " ", seed), func(t *testing.T) {
				var o socketio.ClientOptions
				if opts != nil {
					o = *opts
				}
				soak(t, &o, rand.New(rand.NewPCG(seed, 1))) //nolint:gosec // no secret
			})
		}
	}
}

// missing lists what a sequence that begins with 1 leaves out.
func missing(seen []int) (list []int) {
	next := 1
	for _, n := range seen {
		for ; next < n; next++ {
			list = append(list, next)
		}
		next = n + 1
	}
	return list
}

func soak(t *testing.T, opts *socketio.ClientOptions, chance *rand.Rand) {
	a := serve(t, &socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}})
	var mu sync.Mutex
	var received []int // by the server, each once
	news := 0          // sent by the server
	a.Handle("n", func(_ *socketio.Socket, n int) int {
		mu.Lock()
		defer mu.Unlock()
		if len(received) == 0 || n > received[len(received)-1] {
			received = append(received, n)
		}
		return n
	})
	opts.Retries, opts.AckTimeout = math.MaxInt, 10*time.Second
	g := a.guest("", opts)
	var seen []int // news at the client
	connects, recoveries := 0, 0
	g.OnConnect(func() {
		connects++
		if g.Recovered() {
			recoveries++
		}
	})
	g.On("news", func(n int) { seen = append(seen, n) })
	if err := g.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sent, acked []int
	results := make(chan int, 100_000)
	for start := time.Now(); time.Since(start) < time.Hour; {
		for range chance.IntN(4) {
			n := len(sent) + 1
			sent = append(sent, n)
			if n%3 == 0 {
				go func() { // ends with the answer
					if _, err := g.EmitWithAck(context.Background(), "n", n); err == nil {
						results <- n
					}
				}()
				synctest.Wait() // its turn is now
			} else if err := g.Emit("n", n); err != nil {
				t.Fatal(err)
			}
			news++
			a.Emit("news", news)
		}
		time.Sleep(time.Duration(chance.Int64N(int64(10 * time.Second)))) // fake time
		switch chance.IntN(8) {
		case 0:
			g.network.cut()
		case 1:
			g.network.setDown(true)
			g.network.cut()
			time.Sleep(time.Duration(chance.Int64N(int64(20 * time.Second)))) // fake time
			g.network.setDown(false)
		}
	}
	wait(5 * time.Minute)
	close(results)
	for n := range results {
		acked = append(acked, n)
	}
	if !slices.Equal(received, sent) {
		t.Errorf("the server has received %d of %d events", len(received), len(sent))
	}
	if len(acked) != len(sent)/3 {
		t.Errorf("%d of %d calls have been answered", len(acked), len(sent)/3)
	}
	if len(seen) != news || !slices.IsSorted(seen) { // the server keeps them for two minutes
		t.Errorf("the client has seen %d of %d news, or not in order; not %d", len(seen), news, missing(seen))
	}
	if connects < 10 || recoveries != connects-1 {
		t.Errorf("connected %d times, recovered %d times", connects, recoveries)
	}
} // the bubble does not end as long as a goroutine is left
