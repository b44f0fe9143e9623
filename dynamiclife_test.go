package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// closing makes adapters that say when they are made and closed.
func closing(j *journal) func(*socketio.Local) socketio.Adapter {
	return func(l *socketio.Local) socketio.Adapter {
		j.add("made %s", l.Namespace().Name())
		return counted{l, j}
	}
}

func TestChildIsRemoved(t *testing.T) {
	for _, row := range []struct {
		name string
		act  func(a *app, c1, c2 *client)
		want []string
	}{
		{"one client stays", func(_ *app, c1, _ *client) { c1.Send("41/dyn,") }, nil},
		{"both leave", func(_ *app, c1, c2 *client) { c1.Send("41/dyn,"); c2.Send("41/dyn,") }, []string{"closed /dyn"}},
		{"connections are lost", func(_ *app, c1, c2 *client) { c1.Close(); c2.Close() }, []string{"closed /dyn"}},
		{"the server disconnects them", func(a *app, c1, c2 *client) {
			_ = a.Existing("/dyn").DisconnectSockets(false)
			c1.Expect("41/dyn,")
			c2.Expect("41/dyn,")
		}, []string{"closed /dyn"}},
		{"kept by hand", func(a *app, c1, c2 *client) { a.Of("dyn"); c1.Close(); c2.Close() }, nil},
	} {
		bubble(t, row.name, func(t *testing.T) {
			var j journal
			a := serve(t, &socketio.ServerOptions{Adapter: closing(&j)})
			a.Of("/static")
			a.OfRegexp(regexp.MustCompile(`^/dyn$`))
			c1, c2, c3 := a.connect("/dyn"), a.connect("/", "/dyn"), a.connect("/static")
			j.expect(t, "made /", "made /static", "made /dyn")
			first := a.Existing("/dyn")
			c3.Send("41/static,")
			row.act(a, c1, c2)
			j.expect(t, row.want...)
			if kept := a.Existing("/dyn") != nil; kept != (row.want == nil) {
				t.Errorf("exists: %t", kept)
			}
			isErr(t, "Emit by the old pointer", first.Emit("e"), nil)

			a.connect("/dyn").Close() // usable again
			if row.want == nil {
				j.expect(t)
				return
			}
			j.expect(t, "made /dyn", "closed /dyn")
		})
	}
}

// The only client is refused, or leaves while it is decided upon.
func TestChildOfRefusedClientIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, &socketio.ServerOptions{Adapter: closing(&j)})
		gate := make(chan error)
		parent := a.OfFunc(always)
		parent.Use(func(*socketio.Socket) error { return <-gate })
		c := a.connect()
		c.Send("40/dyn,")
		j.expect(t, "made /", "made /dyn")
		gate <- errors.New("no")
		c.Expect(`44/dyn,{"message":"internal error"}`)
		j.expect(t, "closed /dyn")

		c.Send("40/dyn,")
		synctest.Wait()
		c.Close()
		j.expect(t, "made /dyn") // the middleware runs
		gate <- nil
		j.expect(t, "closed /dyn")

		c1, c2 := a.dial(), a.dial()
		c1.Send("40/dyn,")
		c2.Send("40/dyn,")
		synctest.Wait()
		gate <- nil // lets in one
		gate <- errors.New("no")
		j.expect(t, "made /dyn")
		c1.Close()
		c2.Close()
		j.expect(t, "closed /dyn")
	})
}

// A child is there until the last handlers have run.
func TestChildOutlastsItsHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, &socketio.ServerOptions{Adapter: closing(&j), PingInterval: time.Hour, ConnectTimeout: time.Hour})
		parent := a.OfFunc(always)
		parent.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnect(func(socketio.DisconnectReason) {
				time.Sleep(time.Minute) // fake time
				j.add("left, removed: %t", a.Existing("/dyn") != s.Namespace())
			})
		})
		c := a.connect("/dyn")
		c.Send("41/dyn,")
		j.expect(t, "made /", "made /dyn")
		time.Sleep(30 * time.Second) // fake time
		c.join("/dyn", "")
		time.Sleep(time.Minute) // fake time
		j.expect(t, "left, removed: false")
		c.Send("41/dyn,")
		time.Sleep(2 * time.Minute) // fake time
		j.expect(t, "left, removed: false", "closed /dyn")
	})
}

// However many namespaces clients make and abandon, only some are kept for them to come back to: the youngest.
func TestAbandonedNamespaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 150
		a := serve(t, &socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{MaxSessions: most}})
		a.OfFunc(always)
		a.connect("/stays")
		for i := range 10 {
			names := make([]string, 100)
			for k := range names {
				names[k] = fmt.Sprintf("/%d-%d", i, k)
			}
			c := a.connect(names...)
			c.Close()
			synctest.Wait()
			equal(t, "namespaces", len(a.NamespaceNames()), 2+min(100*(i+1), most))
		}
		kept := map[byte]int{} // by generation; there is no order among the sockets of one connection
		for _, name := range a.NamespaceNames() {
			if len(name) > 1 {
				kept[name[1]]++
			}
		}
		equal(t, "kept", kept, map[byte]int{'9': 100, '8': 50, 's': 1})
		c := a.connect("/9-0")
		a.Of("/9-1") // neither waits any more
		a.connect("/a", "/b").Close()
		synctest.Wait()
		equal(t, "namespaces", len(a.NamespaceNames()), 2+most+2)
		c.Close()
		synctest.Wait()
		equal(t, "namespaces", len(a.NamespaceNames()), 2+most+1)
		if a.Existing("/9-0") == nil {
			t.Error("the one that was used last is removed")
		}
		time.Sleep(time.Hour) // fake time
		equal(t, "namespaces", a.NamespaceNames(), []string{"/", "/9-1"})
	})
}

// A function of OnNewNamespace that ends its goroutine leaves no namespace behind.
func TestGoexitInOnNewNamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.OfFunc(always)
		a.OnNewNamespace(func(*socketio.Namespace) { runtime.Goexit() })
		c := a.dial()
		c.Send("40/dyn,")
		c.Expect(`44/dyn,{"message":"internal error"}`)
		synctest.Wait()
		equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
	})
}

// While the adapter of a removed child is closed, a client waits, and finds a new one.
func TestConnectWhileChildIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		gate := make(chan bool)
		a := serve(t, &socketio.ServerOptions{Adapter: func(l *socketio.Local) socketio.Adapter {
			if l.Namespace().Name() == "/" {
				return l
			}
			return slowly{closing(&j)(l), gate}
		}})
		a.answering()
		a.OfFunc(always)
		c := a.connect("/", "/dyn")
		first := a.Existing("/dyn")
		c.Send("41/dyn,")
		j.expect(t, "made /dyn")
		c.Send("40/dyn,")
		c.open() // others do not wait
		gate <- true
		c.joined("/dyn")
		j.expect(t, "closed /dyn", "made /dyn")
		if a.Existing("/dyn") == first {
			t.Error("the client is in the namespace that was removed")
		}
		close(gate)
	})
}

// slowly is an adapter whose Close waits for its gate, and fails.
type slowly struct {
	socketio.Adapter
	gate <-chan bool
}

func (s slowly) Close() error {
	<-s.gate
	return errors.Join(s.Adapter.Close(), errors.New("not closed"))
}

// With connection state recovery a child stays while its last client may come back, and no longer.
func TestRecoveryInAChild(t *testing.T) {
	const away = 2 * time.Minute
	setup := func(t *testing.T) (a *app, j *journal, c *client, auth string) {
		j = &journal{}
		a = serve(t, &socketio.ServerOptions{
			Recovery: &socketio.RecoveryOptions{MaxBytes: 4000}, Adapter: closing(j), PingInterval: time.Hour,
		})
		a.OfFunc(always)
		c = a.dial()
		c.Send("40/dyn,")
		pid := strings.Split(c.Text(), `"`)[7]
		auth = fmt.Sprintf(`{"pid":%q}`, pid)
		j.expect(t, "made /", "made /dyn")
		return a, j, c, auth
	}
	bubble(t, "comes back", func(t *testing.T) {
		a, j, c, auth := setup(t)
		c.Close()
		time.Sleep(away / 2) // fake time
		isErr(t, "Emit", a.Existing("/dyn").Emit("missed"), nil)
		c = a.dial()
		c.Send("40/dyn," + auth)
		expectMissed(t, []string{c.Text()}, `42/dyn,["missed",`)
		c.joined("/dyn")
		time.Sleep(10 * away) // fake time
		j.expect(t)
		c.Send("41/dyn,") // in peace: nobody comes back
		j.expect(t, "closed /dyn")
	})
	bubble(t, "does not come back", func(t *testing.T) {
		_, j, c, _ := setup(t)
		c.Close()
		time.Sleep(away - time.Second) // fake time
		j.expect(t)
		time.Sleep(away + 2*time.Second) // fake time
		j.expect(t, "closed /dyn")
	})
	bubble(t, "is forgotten because of an event", func(t *testing.T) {
		a, j, c, _ := setup(t)
		c.Close()
		time.Sleep(away + time.Second/2) // fake time
		n := a.Existing("/dyn")
		isErr(t, "Emit", n.Emit("too large to be kept", strings.Repeat("x", 5000)), nil)
		clients, _ := n.Absent()
		equal(t, "clients remembered", clients, 0)
		time.Sleep(2 * away) // fake time
		j.expect(t, "closed /dyn")
	})
	bubble(t, "comes back too late", func(t *testing.T) {
		a, j, c, auth := setup(t)
		c.Close()
		time.Sleep(3 * away) // fake time
		c = a.dial()
		c.Send("40/dyn," + auth)
		c.joined("/dyn")
		j.expect(t, "closed /dyn", "made /dyn")
	})
	bubble(t, "kept by hand", func(t *testing.T) {
		a, j, c, _ := setup(t)
		n := a.Of("/dyn")
		c.Close()
		time.Sleep(3 * away) // fake time
		clients, _ := n.Absent()
		equal(t, "clients remembered", clients, 0)
		j.expect(t)
	})
	bubble(t, "Shutdown", func(t *testing.T) {
		a, j, c, _ := setup(t)
		c.Close()
		synctest.Wait()
		isErr(t, "Shutdown", a.Shutdown(t.Context()), nil)
		got := strings.Split(j.take(), ", ")
		slices.Sort(got)
		equal(t, "happened", got, []string{"closed /", "closed /dyn"})
		equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
		time.Sleep(3 * away) // fake time
		j.expect(t)
	})
}

// TestDynamicStress lets many clients join and leave the same few names while others address all of them. In the end
// all is empty.
func TestDynamicStress(t *testing.T) {
	for _, row := range []struct {
		name string
		opts socketio.ServerOptions
	}{
		{"plain", socketio.ServerOptions{}},
		{"recovery", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{MaxDisconnection: 2 * time.Millisecond}}},
	} {
		t.Run(row.name, func(t *testing.T) { dynamicStress(t, &row.opts) })
	}
}

func dynamicStress(t *testing.T, opts *socketio.ServerOptions) {
	const clients, rounds = 12, 40
	var j journal
	opts.Adapter = closing(&j)
	server := socketio.NewServer(opts)
	parent := server.OfRegexp(regexp.MustCompile(`^/re-`))
	function := server.OfFunc(func(ctx context.Context, name string, _ *socketio.Handshake) (bool, error) {
		select {
		case <-time.After(time.Duration(rand.IntN(100)) * time.Microsecond):
		case <-ctx.Done():
		}
		return strings.HasPrefix(name, "/fn-"), nil
	})
	for _, p := range []*socketio.Namespace{parent, function} {
		p.Use(func(s *socketio.Socket) error {
			if rand.IntN(5) == 0 {
				return errors.New("no")
			}
			return nil
		})
		p.OnConnection(func(s *socketio.Socket) {
			n := s.Namespace()
			check := func() {
				if server.Existing(n.Name()) != n {
					t.Error("a socket is in a namespace that was removed")
				}
			}
			check()
			s.OnDisconnect(func(socketio.DisconnectReason) { check() })
		})
	}
	httpServer := httptest.NewServer(server)
	addr := httpServer.Listener.Addr().String()

	stop := make(chan struct{})
	var busy, users sync.WaitGroup
	for _, p := range []*socketio.Namespace{parent, function} { // end with stop
		busy.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				isErr(t, "Emit", p.Emit("e"), nil)
				_ = p.SocketsJoin("r")
				_, _ = p.To("r").Timeout(time.Millisecond).EmitWithAck(context.Background(), "q")
				for s := range p.Sockets() {
					if rand.IntN(20) == 0 {
						s.Disconnect(false)
					}
				}
			}
		})
	}
	for range clients { // end when their rounds are over
		users.Go(func() {
			for range rounds {
				conn, err := dialTCP(addr)
				if err != nil {
					t.Error(err)
					return
				}
				go func() { _, _ = io.Copy(io.Discard, conn) }() // ends with the connection
				for _, i := range rand.Perm(4) {
					name := []string{"/re-1,", "/re-2,", "/fn-1,", "/no,"}[i]
					_, _ = conn.Write(wiretest.Frame(1, []byte("40"+name)))
					if rand.IntN(3) == 0 {
						time.Sleep(time.Millisecond) //nolint:forbidigo // lets some of them connect
						_, _ = conn.Write(wiretest.Frame(1, []byte("41"+name)))
					}
				}
				_ = conn.Close()
			}
		})
	}
	users.Wait()
	close(stop)
	busy.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	isErr(t, "Shutdown", server.Shutdown(ctx), nil)
	httpServer.Close()
	equal(t, "namespaces", server.NamespaceNames(), []string{"/"})
	j.mu.Lock()
	defer j.mu.Unlock()
	open := map[string]int{}
	for _, e := range j.entries {
		what, name, _ := strings.Cut(e, " ")
		if open[name] += map[string]int{"made": 1, "closed": -1}[what]; open[name] < 0 || open[name] > 1 {
			t.Fatalf("%d adapters of %s at a time", open[name], name)
		}
	}
	for name, n := range open {
		equal(t, "adapters of "+name, n, 0)
	}
	t.Log(len(j.entries)/2, "namespaces")
}

// The children of a parent have what is kept for absent clients together: those that clients make in order to fill the
// memory take the shares of each other.
func TestChildrenShareTheHistory(t *testing.T) {
	for _, row := range []struct {
		name   string
		others int
		want   bool // its 10 KB of missed events are kept
	}{
		{"alone", 0, true},
		{"with another", 1, true},
		{"with nine others", 9, false},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{
				PingInterval: time.Hour, Recovery: &socketio.RecoveryOptions{MaxBytes: 40_000, MaxSessions: 20},
			})
			parent := a.OfFunc(always)
			c := a.dial()
			c.Send("40/dyn,")
			parts := strings.Split(c.Text(), `"`)
			for i := range row.others {
				a.connect(fmt.Sprintf("/other-%d", i))
			}
			c.Close()
			synctest.Wait()
			for range 10 {
				isErr(t, "Emit", parent.Emit("missed", strings.Repeat("x", 800)), nil)
			}
			c = a.dial()
			c.Send(fmt.Sprintf(`40/dyn,{"pid":%q}`, parts[7]))
			equal(t, "recovered", strings.HasPrefix(c.Text(), "42/dyn,"), row.want)
		})
	}
	bubble(t, "absent clients", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{PingInterval: time.Hour, Recovery: &socketio.RecoveryOptions{MaxSessions: 20}})
		a.OfFunc(always)
		a.connect("/a")
		a.connect("/b")
		for range 30 {
			a.connect("/b").Close()
			synctest.Wait()
		}
		clients, _ := a.Existing("/b").Absent()
		equal(t, "clients remembered", clients, 10)
	})
}
