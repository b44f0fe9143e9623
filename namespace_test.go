package socketio_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

func TestNamespaceNames(t *testing.T) {
	io := socketio.NewServer(nil)
	for _, row := range []struct{ name, want string }{
		{"", "/"},
		{"/", "/"},
		{"x", "/x"},
		{"/x", "/x"},
		{"/x/y", "/x/y"},
		{"é", "/é"},
		{strings.Repeat("x", 511), "/" + strings.Repeat("x", 511)},
	} {
		t.Run(row.want[:min(len(row.want), 8)], func(t *testing.T) {
			n := io.Of(row.name)
			equal(t, "name", n.Name(), row.want)
			if io.Of(row.want) != n {
				t.Errorf("Of(%q) is another namespace than Of(%q)", row.want, row.name)
			}
		})
	}
	if io.Of("/") != io.Namespace {
		t.Error(`Of("/") is not the main namespace`)
	}
	if io.Of("x") == io.Of("/y") {
		t.Error("two names, one namespace")
	}
}

func TestBadNamespaceNamesPanic(t *testing.T) {
	io := socketio.NewServer(nil)
	for _, row := range []struct{ name, ns, want string }{
		{"comma", "a,b", `socketio: the name of namespace "/a,b" has a comma, which the protocol uses as its end`},
		{"long", strings.Repeat("x", 512), "socketio: the name of a namespace has more than 512 bytes"},
		{"invalid UTF-8", "a\xff", `socketio: the name of namespace "/a\xff" is not UTF-8, which clients send`},
	} {
		t.Run(row.name, func(t *testing.T) {
			equal(t, "panic", panicText(func() { io.Of(row.ns) }), row.want)
		})
	}
}

func TestConnectToEquivalentNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.Of("x").OnConnection(func(s *socketio.Socket) { j.add("%s", s.Namespace().Name()) })
		a.Of("").OnConnection(func(s *socketio.Socket) { j.add("%s", s.Namespace().Name()) })
		a.connect("/x")
		a.connect("/")
		c := a.dial()
		c.Send("40/,") // the slash may be written
		c.joined("/")
		j.expect(t, "/x", "/", "/")
	})
}

func TestUnknownNamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		c := a.dial()
		c.Send("40/nope,")
		c.Expect(`44/nope,{"message":"Invalid namespace"}`)
		c.Send(`40/nope,{"token":1}`)
		c.Expect(`44/nope,{"message":"Invalid namespace"}`)
		c.join("/", "")
		c.open()
	})
}

func TestNamespacesOfOneConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		for _, name := range []string{"/", "/a", "/b"} {
			a.Of(name).OnConnection(func(s *socketio.Socket) {
				s.On("e", func(v int) string { j.add("%s %d", name, v); return name })
				s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("left %s: %s", name, r) })
			})
		}
		c := a.connect("/", "/a", "/b")
		if c.ids["/"] == c.ids["/a"] || c.ids["/a"] == c.ids["/b"] {
			t.Error("sockets of one connection share an id")
		}
		equal(t, "connections", a.ConnectionCount(), 1)
		c.Send(`42/a,1["e",1]`)
		c.Expect(`43/a,1["/a"]`)
		c.Send(`422["e",2]`)
		c.Expect(`432["/"]`)
		j.expect(t, "/a 1", "/ 2")

		c.Send("41/a,")
		j.expect(t, "left /a: client namespace disconnect")
		c.Send(`42/b,["e",3]`)
		j.expect(t, "/b 3")

		c.Close()
		synctest.Wait()
		got := j.take()
		for _, name := range []string{"/", "/b"} {
			if !strings.Contains(got, "left "+name+": transport close") {
				t.Errorf("socket of %s was not disconnected: %s", name, got)
			}
		}
		equal(t, "connections", a.ConnectionCount(), 0)
	})
}

func TestSocketsOfANamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/a")
		c1, c2 := a.connect("/", "/a"), a.connect("/")
		ids := func(n *socketio.Namespace) (ids []string) {
			for s := range n.Sockets() {
				ids = append(ids, s.ID())
			}
			slices.Sort(ids)
			return ids
		}
		want := []string{c1.ids["/"], c2.ids["/"]}
		slices.Sort(want)
		equal(t, "sockets of /", ids(a.Namespace), want)
		equal(t, "sockets of /a", ids(a.Of("a")), []string{c1.ids["/a"]})
		for range a.Sockets() {
			break // an iteration may end early
		}
		c2.Close()
		synctest.Wait()
		equal(t, "sockets of /", ids(a.Namespace), []string{c1.ids["/"]})
	})
}

func TestOnConnectionOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.OnConnection(func(*socketio.Socket) { j.add("first") })
		off := a.OnConnection(func(*socketio.Socket) { j.add("second") })
		a.connect()
		j.expect(t, "first", "second")
		off()
		off()
		a.connect()
		j.expect(t, "first")
	})
}

// closedPoll is what long-polling gives a client whose session was closed: a noop and the close packet.
const closedPoll = "6\x1e1"

// What breaks the order of CONNECT closes the connection, and tells a polling client so (behaviours, "Serving and
// lifecycle").
func TestConnectOutOfPlaceByPolling(t *testing.T) {
	for _, row := range []struct {
		name    string
		packets []string
	}{
		{"second CONNECT", []string{"40", "40"}},
		{"event before CONNECT", []string{`42["e"]`}},
		{"acknowledgement before CONNECT", []string{`430[]`}},
		{"DISCONNECT before CONNECT", []string{"41"}},
		{"no packet", []string{"4abc"}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			p := a.host.Polling()
			for i, packet := range row.packets {
				p.Post(packet)
				if i < len(row.packets)-1 {
					connectID(t, p.Get().Body, "/")
				}
			}
			equal(t, "poll", p.Get().Body, closedPoll)
			equal(t, "poll after the end", p.Get().Status, 400)
		})
	}
}

func TestConnectOutOfPlace(t *testing.T) {
	for _, row := range []struct {
		name    string
		packets []string
	}{
		{"second CONNECT", []string{"40"}},
		{"second CONNECT with auth", []string{`40{"a":1}`}},
		{"event of another namespace", []string{`42/a,["e"]`}},
		{"acknowledgement of another namespace", []string{`43/a,0[]`}},
		{"event of an unknown namespace", []string{`42/nope,["e"]`}},
		{"event after the client has left", []string{`41`, `42["e"]`}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.Of("/a")
			var j journal
			a.OnConnection(func(s *socketio.Socket) {
				s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
			})
			c := a.connect()
			c.Send(row.packets...)
			c.closed()
			if len(row.packets) == 1 {
				j.expect(t, "parse error")
			}
		})
	}
}

func TestConnectTimeout(t *testing.T) {
	t.Run("without a namespace", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{PingInterval: time.Minute})
			start := time.Now()
			c := a.dial()
			c.closed()
			equal(t, "time", time.Since(start).Round(time.Second), 45*time.Second)
		})
	})
	t.Run("answering pings does not help", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := serve(t, nil)
			start := time.Now()
			c := a.dial()
			c.Expect("2")
			c.Send("3")
			c.closed()
			equal(t, "time", time.Since(start).Round(time.Second), 45*time.Second)
		})
	})
	t.Run("by polling", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{ConnectTimeout: time.Second})
			start := time.Now()
			p := a.host.Polling()
			equal(t, "poll", p.Get().Body, "1")
			equal(t, "time", time.Since(start).Round(time.Millisecond), time.Second)
		})
	})
	t.Run("after an invalid namespace", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{ConnectTimeout: time.Second})
			c := a.dial()
			c.Send("40/nope,")
			c.Expect(`44/nope,{"message":"Invalid namespace"}`)
			c.closed()
		})
	})
	t.Run("after a refusal", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{ConnectTimeout: time.Second})
			a.Use(func(*socketio.Socket) error { return &socketio.ConnectError{Message: "no"} })
			start := time.Now()
			c := a.dial()
			c.Send("40")
			c.Expect(`44{"message":"no"}`)
			c.closed()
			equal(t, "time", time.Since(start).Round(time.Millisecond), time.Second)
		})
	})
}

func TestConnectTimeoutAfterTheLastNamespace(t *testing.T) {
	for _, row := range []struct {
		name  string
		leave func(*client)
	}{
		{"client leaves", func(c *client) { c.Send("41") }},
		{"server disconnects", func(c *client) { c.socket().Disconnect(false); c.Expect("41") }},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{ConnectTimeout: time.Second})
			a.answering()
			c := a.connect()
			time.Sleep(10 * time.Second) // fake time
			c.open()

			row.leave(c)
			time.Sleep(time.Second / 2) // fake time
			c.join("/", "")
			time.Sleep(10 * time.Second) // fake time
			c.open()

			row.leave(c)
			start := time.Now()
			c.closed()
			equal(t, "time", time.Since(start).Round(time.Millisecond), time.Second)
		})
	}
}

func TestMaxNamespaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxNamespaces: 3})
		a.answering()
		for i := range 5 {
			a.Of(fmt.Sprintf("/n%d", i))
		}
		c := a.connect("/", "/n0", "/n1")
		c.Send("40/n2,")
		c.Expect(`44/n2,{"message":"Too many namespaces"}`)
		c.Send("41/n0,")
		c.join("/n2", "")
		c.open()
	})
}

// 20,000 CONNECTs leave nothing behind (threats, T62).
func TestManyConnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		for i := range 200 {
			a.Of(fmt.Sprintf("/n%d", i))
		}
		c := a.connect()
		refused, joined := 0, 0
		for i := range 20_000 {
			c.Send(fmt.Sprintf("40/n%d,", i))
			switch got := c.Text(); {
			case strings.HasPrefix(got, fmt.Sprintf(`40/n%d,{"sid"`, i)):
				joined++
			case got == fmt.Sprintf(`44/n%d,{"message":"Too many namespaces"}`, i),
				got == fmt.Sprintf(`44/n%d,{"message":"Invalid namespace"}`, i):
				refused++
			default:
				t.Fatalf("answer to CONNECT: %q", got)
			}
		}
		equal(t, "joined", joined, 99) // and the main one
		equal(t, "refused", refused, 20_000-99)
		c.open()
		c.Send("40/" + strings.Repeat("x", 512) + ",") // with the slash 513 bytes
		c.closed()
		synctest.Wait()
		for i := range 200 {
			sockets, _ := a.Of(fmt.Sprintf("/n%d", i)).Occupancy()
			equal(t, "sockets", sockets, 0)
		}
	})
}

// The client hears of its connection when OnConnection has put it into its rooms, unless that takes long.
func TestConnectedBehindOnConnection(t *testing.T) {
	for _, row := range []struct {
		name        string
		takes, want time.Duration
	}{
		{"at once", 0, 0},
		{"soon", 500 * time.Microsecond, 500 * time.Microsecond},
		{"later", time.Hour, time.Millisecond},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.OnConnection(func(s *socketio.Socket) {
				time.Sleep(row.takes) // fake time
				s.Join("room")
			})
			c := a.dial()
			start := time.Now()
			c.Send("40")
			c.joined("/")
			equal(t, "time", time.Since(start), row.want)
			_, rooms := a.Occupancy()
			equal(t, "in its room", rooms == 1, row.takes < time.Millisecond)
			time.Sleep(row.takes) // fake time
		})
	}
}
