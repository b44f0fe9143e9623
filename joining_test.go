package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// gated is a function for OfFunc that waits for its gate, not for its context, and says what has become of that.
func gated(j *journal, gate <-chan bool) func(context.Context, string, *socketio.Handshake) (bool, error) {
	return func(ctx context.Context, name string, _ *socketio.Handshake) (bool, error) {
		j.add("%s asked", name)
		context.AfterFunc(ctx, func() { j.add("%s: %v", name, context.Cause(ctx)) })
		return <-gate, nil
	}
}

// The function holds up nobody but the client that waits for it.
func TestOfFuncBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Of("/static")
		var j journal
		gate := make(chan bool)
		a.OfFunc(gated(&j, gate))
		c := a.connect()
		c.Send("40/dyn,")
		j.expect(t, "/dyn asked")
		c.open()
		c.join("/static", "")
		c.open()
		gate <- true
		c.joined("/dyn")
		j.expect(t, "/dyn: context canceled")
	})
}

// A CONNECT that waits for the function takes a place.
func TestPendingJoinTakesAPlace(t *testing.T) {
	bubble(t, "second CONNECT", func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		gate := make(chan bool)
		a.OfFunc(gated(&j, gate))
		c := a.connect()
		c.Send("40/dyn,", "40/dyn,")
		c.closed()
		j.expect(t, "/dyn asked", "/dyn: parse error")
		close(gate)
	})
	bubble(t, "event before the answer", func(t *testing.T) {
		a := serve(t, nil)
		gate := make(chan bool)
		a.OfFunc(gated(&journal{}, gate))
		c := a.connect()
		c.Send("40/dyn,", `42/dyn,["e"]`)
		c.closed()
		close(gate)
	})
	bubble(t, "MaxNamespaces", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxNamespaces: 3})
		a.answering()
		a.Of("/static")
		gate := make(chan bool)
		a.OfFunc(gated(&journal{}, gate))
		c := a.connect()
		c.Send("40/1,", "40/2,", "40/3,", "40/static,")
		c.Expect(`44/3,{"message":"Too many namespaces"}`, `44/static,{"message":"Too many namespaces"}`)
		gate <- false
		if got := c.Text(); !strings.HasSuffix(got, notFound) {
			t.Errorf("answer: %s", got)
		}
		c.join("/static", "")
		gate <- true
		if got := c.Text(); !strings.Contains(got, `,{"sid"`) {
			t.Errorf("answer: %s", got)
		}
		c.Send("40/3,")
		c.Expect(`44/3,{"message":"Too many namespaces"}`)
		c.open()
	})
	bubble(t, "large auth", func(t *testing.T) {
		a := serve(t, nil)
		a.OfFunc(always)
		c := a.connect()
		c.Send(`40/dyn,{"a":"` + strings.Repeat("x", 64<<10) + `"}`)
		c.Expect(`44/dyn,{"message":"Auth too large"}`)
	})
	bubble(t, "long name", func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.OfFunc(gated(&j, nil))
		c := a.connect()
		c.Send("40/" + strings.Repeat("x", 512) + ",")
		c.closed()
		j.expect(t)
	})
}

// The function's context ends with the connection, whatever ends that, and its answer is no use then.
func TestConnectionEndsWhileOfFuncDecides(t *testing.T) {
	for _, row := range []struct {
		name, cause string
		end         func(a *app, c *client)
	}{
		{"client", "transport close", func(_ *app, c *client) { c.Close() }},
		{"server disconnects", "forced close", func(_ *app, c *client) { c.socket().Disconnect(true); c.Expect("41"); c.closed() }},
		{"server closes", "server shutting down", func(a *app, c *client) { _ = a.Server.Close(); c.closed() }},
		{"ping timeout", "ping timeout", func(_ *app, c *client) { c.Expect("2"); c.closed() }},
	} {
		for _, answer := range []bool{true, false} {
			bubble(t, fmt.Sprintf("%s, %t", row.name, answer), func(t *testing.T) {
				a := serve(t, &socketio.ServerOptions{PingInterval: time.Second, PingTimeout: time.Second})
				var j journal
				a.OnNewNamespace(func(n *socketio.Namespace) { j.add("new %s", n.Name()) })
				gate := make(chan bool)
				a.OfFunc(gated(&j, gate))
				c := a.connect()
				c.Send("40/dyn,")
				j.expect(t, "/dyn asked")
				row.end(a, c)
				j.expect(t, "/dyn: "+row.cause)
				gate <- answer
				j.expect(t)
				equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
				isErr(t, "Shutdown", a.Shutdown(t.Context()), nil) // nothing is counted any more
			})
		}
	}
}

// The connection closes while what follows the function's answer is at work.
func TestConnectionEndsWhileChildIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		gate := make(chan bool)
		a := serve(t, &socketio.ServerOptions{Adapter: func(l *socketio.Local) socketio.Adapter {
			if l.Namespace().Name() != "/" {
				<-gate
			}
			return counted{l, &j}
		}})
		a.OfFunc(always)
		for _, end := range []func(*client){func(c *client) { c.Close() }, func(*client) { _ = a.Server.Close() }} {
			c := a.connect()
			c.Send("40/dyn,")
			synctest.Wait()
			end(c)
			synctest.Wait()
			_ = j.take()
			gate <- true
			j.expect(t, "closed /dyn")
			equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
		}
	})
}

// counted is an adapter that says when it is closed.
type counted struct {
	*socketio.Local
	j *journal
}

func (c counted) Close() error {
	c.j.add("closed %s", c.Namespace().Name())
	return c.Local.Close()
}

func TestAdapterPanicsForAChild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{Adapter: func(l *socketio.Local) socketio.Adapter {
			if l.Namespace().Name() == "/dyn" {
				panic("no cluster")
			}
			return l
		}})
		a.answering()
		a.OfFunc(always)
		c := a.connect()
		for range 2 {
			c.Send("40/dyn,")
			c.Expect(`44/dyn,{"message":"internal error"}`)
		}
		c.join("/other", "")
		c.open()
		equal(t, "panics logged", len(a.logs.lines("level=ERROR", "no cluster", "namespace=/dyn")), 2)
	})
}

func TestOfFuncTimeout(t *testing.T) {
	bubble(t, "beside another namespace", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{ConnectTimeout: 3 * time.Second})
		a.answering()
		a.OfFunc(func(ctx context.Context, _ string, _ *socketio.Handshake) (bool, error) {
			<-ctx.Done()
			isErr(t, "cause", context.Cause(ctx), context.DeadlineExceeded)
			return false, ctx.Err()
		})
		c := a.connect()
		start := time.Now()
		c.Send("40/dyn,")
		c.Expect("44/dyn," + notFound)
		equal(t, "time", time.Since(start), 3*time.Second)
		c.open()
	})
	bubble(t, "as the only one", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{ConnectTimeout: 3 * time.Second})
		var j journal
		gate := make(chan bool)
		a.OfFunc(gated(&j, gate))
		c := a.dial()
		start := time.Now()
		c.Send("40/dyn,")
		c.closed()
		equal(t, "time", time.Since(start), 3*time.Second)
		close(gate)
	})
}

// Shutdown waits for the function as it waits for middlewares.
func TestShutdownWhileOfFuncDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		gate := make(chan bool)
		a.OfFunc(gated(&j, gate))
		c := a.connect()
		c.Send("40/dyn,")
		synctest.Wait()
		ended := make(chan error)
		go func() { ended <- a.Shutdown(context.Background()) }() // ends with the function
		c.closed()
		j.expect(t, "/dyn asked", "/dyn: server shutting down")
		select {
		case err := <-ended:
			t.Errorf("Shutdown has returned %v", err)
		case <-time.After(time.Hour):
		}
		gate <- true
		isErr(t, "Shutdown", <-ended, nil)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		isErr(t, "second Shutdown", a.Shutdown(ctx), nil)
	})
}

// Two clients that race to the same name find one namespace, made once.
func TestRaceToOneName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		gate := make(chan bool)
		parent := a.OfFunc(gated(&j, gate))
		a.OnNewNamespace(func(n *socketio.Namespace) { j.add("new %s", n.Name()) })
		c1, c2 := a.dial(), a.dial()
		c1.Send("40/dyn,")
		c2.Send("40/dyn,")
		j.expect(t, "/dyn asked", "/dyn asked")
		gate <- true
		gate <- true
		c1.joined("/dyn")
		c2.joined("/dyn")
		synctest.Wait()
		if n := strings.Count(j.take(), "new /dyn"); n != 1 {
			t.Errorf("%d namespaces were made", n)
		}
		namespaces := map[*socketio.Namespace]int{}
		for s := range parent.Sockets() {
			namespaces[s.Namespace()]++
		}
		equal(t, "sockets", namespaces, map[*socketio.Namespace]int{a.Existing("/dyn"): 2})
	})
}

// So do a client and the developer: what Of has made meanwhile is not made again.
func TestRaceWithOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		gate := make(chan bool)
		a.OfFunc(gated(&journal{}, gate))
		c := a.dial()
		c.Send("40/dyn,")
		synctest.Wait()
		n := a.Of("/dyn")
		gate <- true
		c.joined("/dyn")
		sockets, _ := n.Occupancy()
		equal(t, "sockets", sockets, 1)
		c.Send("41/dyn,")
		synctest.Wait()
		equal(t, "namespaces", a.NamespaceNames(), []string{"/", "/dyn"})
	})
}

// 20,000 CONNECTs to dynamic namespaces leave nothing behind (threats, T62).
func TestManyDynamicConnects(t *testing.T) {
	for _, row := range []struct {
		name     string
		connects int
		parent   func(a *app)
	}{
		{"regexp", 20_000, func(a *app) { a.OfRegexp(regexp.MustCompile(`^/dyn-\d+$`)) }},
		{"function", 1000, func(a *app) { a.OfFunc(always) }},
		{"function that waits for the end", 1000, func(a *app) {
			a.OfFunc(func(ctx context.Context, _ string, _ *socketio.Handshake) (bool, error) {
				<-ctx.Done()
				return true, ctx.Err()
			})
		}},
		{"function that refuses", 1000, func(a *app) {
			a.OfFunc(func(context.Context, string, *socketio.Handshake) (bool, error) { return false, errors.New("no") })
		}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{
				Recovery: &socketio.RecoveryOptions{}, Logger: slog.New(slog.DiscardHandler),
			})
			row.parent(a)
			goroutines, heap := runtime.NumGoroutine(), liveHeap()
			c := a.connect()
			for i := range row.connects {
				c.Send(fmt.Sprintf("40/dyn-%d,", i))
				if i < 200 {
					synctest.Wait()
					if got := a.NamespaceNames(); len(got) > 100 {
						t.Fatalf("%d namespaces", len(got))
					}
				}
				if i >= 99 && row.name != "function that refuses" {
					c.Expect(fmt.Sprintf(`44/dyn-%d,{"message":"Too many namespaces"}`, i))
				} else if row.name != "function that waits for the end" {
					_ = c.Text()
				}
			}
			c.Close()
			time.Sleep(10 * time.Minute) // fake time
			synctest.Wait()
			equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
			if n := runtime.NumGoroutine(); n > goroutines+5 { // some are the runtime's
				t.Errorf("%d goroutines, before there were %d", n, goroutines)
			}
			a.clients = nil
			if grown := liveHeap() - heap; grown > 1<<20 {
				t.Errorf("%d bytes remain", grown)
			}
		})
	}
}

func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
