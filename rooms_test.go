package socketio_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// hears emits events by emit and lists which of the clients got one, by name. All of them must get at most one.
func hears(t *testing.T, clients map[string]*client, emit func() error) (names []string) {
	t.Helper()
	if err := emit(); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	for name, c := range clients {
		c.Conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		_, data, err := c.Read()
		c.Conn.SetReadDeadline(time.Time{})
		if err != nil {
			continue
		}
		equal(t, "event", string(data), `42["e"]`)
		names = append(names, name)
		c.silent()
	}
	slices.Sort(names)
	return names
}

func TestBroadcastTargets(t *testing.T) {
	type names = []string
	for _, row := range []struct {
		name string
		emit func(io *app, a *socketio.Socket) error
		want names
	}{
		{"namespace", func(io *app, _ *socketio.Socket) error { return io.Emit("e") }, names{"a", "b", "c", "d"}},
		{"room", func(io *app, _ *socketio.Socket) error { return io.To("r1").Emit("e") }, names{"a", "b"}},
		{"In", func(io *app, _ *socketio.Socket) error { return io.In("r1").Emit("e") }, names{"a", "b"}},
		{"unknown room", func(io *app, _ *socketio.Socket) error { return io.To("nope").Emit("e") }, nil},
		{"two rooms", func(io *app, _ *socketio.Socket) error { return io.To("r1", "r2").Emit("e") }, names{"a", "b", "c"}},
		{"two calls", func(io *app, _ *socketio.Socket) error { return io.To("r1").To("r2").Emit("e") }, names{"a", "b", "c"}},
		{"a room twice", func(io *app, _ *socketio.Socket) error { return io.To("r1", "r1").Emit("e") }, names{"a", "b"}},
		{"own room", func(io *app, a *socketio.Socket) error { return io.To(a.ID()).Emit("e") }, names{"a"}},
		{"own room and room", func(io *app, a *socketio.Socket) error { return io.To(a.ID(), "r1").Emit("e") }, names{"a", "b"}},
		{"except a room", func(io *app, _ *socketio.Socket) error { return io.Except("r2").Emit("e") }, names{"a", "d"}},
		{"except own room", func(io *app, a *socketio.Socket) error { return io.Except(a.ID()).Emit("e") }, names{"b", "c", "d"}},
		{"except unknown", func(io *app, _ *socketio.Socket) error { return io.Except("nope").Emit("e") }, names{"a", "b", "c", "d"}},
		{"room except room", func(io *app, _ *socketio.Socket) error { return io.To("r1").Except("r2").Emit("e") }, names{"a"}},
		{"except two", func(io *app, a *socketio.Socket) error { return io.Except("r2").Except(a.ID()).Emit("e") }, names{"d"}},
		{"local", func(io *app, _ *socketio.Socket) error { return io.Local().Emit("e") }, names{"a", "b", "c", "d"}},
		{"volatile", func(io *app, _ *socketio.Socket) error { return io.Volatile().To("r1").Emit("e") }, names{"a", "b"}},
		{"compress", func(io *app, _ *socketio.Socket) error { return io.Compress(true).To("r1").Emit("e") }, names{"a", "b"}},
		{"socket", func(_ *app, a *socketio.Socket) error { return a.Compress(true).Emit("e") }, names{"a"}},
		{"socket's broadcast", func(_ *app, a *socketio.Socket) error { return a.Broadcast().Emit("e") }, names{"b", "c", "d"}},
		{"socket's room", func(_ *app, a *socketio.Socket) error { return a.To("r1").Emit("e") }, names{"b"}},
		{"socket's In", func(_ *app, a *socketio.Socket) error { return a.In("r1", "r2").Emit("e") }, names{"b", "c"}},
		{"socket's Except", func(_ *app, a *socketio.Socket) error { return a.Except("r2").Emit("e") }, names{"d"}},
		{"socket's Local", func(_ *app, a *socketio.Socket) error { return a.Local().Emit("e") }, names{"b", "c", "d"}},
		{"other namespace", func(io *app, _ *socketio.Socket) error { return io.Of("/n").Emit("e") }, nil},
	} {
		bubble(t, row.name, func(t *testing.T) {
			io := serve(t, nil)
			clients := map[string]*client{}
			for name, rooms := range map[string][]string{"a": {"r1"}, "b": {"r1", "r2"}, "c": {"r2"}, "d": nil} {
				clients[name] = io.connect()
				clients[name].socket().Join(rooms...)
			}
			got := hears(t, clients, func() error { return row.emit(io, clients["a"].socket()) })
			equal(t, "heard by", got, row.want)
		})
	}
}

// A Broadcast is a value: what is derived from one that is kept does not change it.
func TestBroadcastsAreImmutable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		io := serve(t, nil)
		clients := map[string]*client{}
		for _, name := range []string{"a", "b", "c"} {
			clients[name] = io.connect()
			clients[name].socket().Join(name)
		}
		kept := io.To("a")
		both, other := kept.To("b"), kept.To("c")
		none := kept.Except("a").Volatile().Timeout(1).Local().Compress(false)
		for _, row := range []struct {
			what string
			to   socketio.Broadcast
			want []string
		}{
			{"kept", kept, []string{"a"}},
			{"a and b", both, []string{"a", "b"}},
			{"a and c", other, []string{"a", "c"}},
			{"none", none, nil},
			{"kept, again", kept, []string{"a"}},
			{"namespace", io.Broadcast, []string{"a", "b", "c"}},
		} {
			equal(t, row.what, hears(t, clients, func() error { return row.to.Emit("e") }), row.want)
		}
		rooms := []string{"a"}
		to := io.To(rooms...)
		rooms[0] = "b" // the caller's own
		equal(t, "caller's slice", hears(t, clients, func() error { return to.Emit("e") }), []string{"a"})
	})
}

func TestBinaryBroadcast(t *testing.T) {
	for _, name := range []string{"/", "/n"} {
		bubble(t, name, func(t *testing.T) {
			a := serve(t, nil)
			n := a.Of(name)
			c1, c2 := a.connect(name), a.connect(name)
			if err := n.Send([]byte("abc"), "x", []byte{}); err != nil {
				t.Fatal(err)
			}
			for _, c := range []*client{c1, c2} {
				c.Expect(`452-` + prefix(name) + `["message",{"_placeholder":true,"num":0},"x",{"_placeholder":true,"num":1}]`)
				equal(t, "attachment", string(c.Binary()), "abc")
				equal(t, "attachment", string(c.Binary()), "")
				c.silent()
			}
		})
	}
}

func TestRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		rooms := func(want int) {
			t.Helper()
			_, got := a.Occupancy()
			equal(t, "rooms", got, want)
		}
		c, other := a.connect(), a.connect()
		s := c.socket()
		equal(t, "rooms", s.Rooms(), []string{s.ID()})
		s.Join("r1", "r2")
		s.Join("r2", "r3", "r3")
		s.Join()
		equal(t, "rooms", s.Rooms(), []string{s.ID(), "r1", "r2", "r3"})
		other.socket().Join("r1", "")
		rooms(4)
		s.Leave("r2")
		s.Leave("r2")
		s.Leave("unknown")
		equal(t, "rooms", s.Rooms(), []string{s.ID(), "r1", "r3"})
		rooms(3)
		list := s.Rooms()
		list[1] = "changed" // the caller's own
		equal(t, "rooms", s.Rooms(), []string{s.ID(), "r1", "r3"})
		c.Close()
		synctest.Wait()
		equal(t, "rooms", len(s.Rooms()), 0)
		rooms(2)
		other.Send("41")
		synctest.Wait()
		rooms(0)
	})
}

// The room of its own id can be left, and joined again.
func TestOwnRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		clients := map[string]*client{"a": a.connect(), "b": a.connect()}
		s, b := clients["a"].socket(), clients["b"].socket()
		emit := func() error { return a.To(s.ID()).Emit("e") }
		s.Leave(s.ID())
		equal(t, "rooms", s.Rooms(), []string{})
		equal(t, "heard by", hears(t, clients, emit), nil)
		b.Join(s.ID()) // a room like any other
		equal(t, "heard by", hears(t, clients, emit), []string{"b"})
		s.Join(s.ID())
		equal(t, "heard by", hears(t, clients, emit), []string{"a", "b"})
		equal(t, "rooms", s.Rooms(), []string{s.ID()})
		equal(t, "heard by", hears(t, clients, func() error { return a.Except(s.ID()).Emit("e") }), nil)
	})
}

func TestJoinAfterDisconnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		s.OnDisconnect(func(socketio.DisconnectReason) { s.Join("late") })
		s.OnDisconnecting(func(socketio.DisconnectReason) { s.Join("late") })
		c.Close()
		synctest.Wait()
		s.Join("later", s.ID())
		s.Leave("later")
		equal(t, "rooms", len(s.Rooms()), 0)
		sockets, rooms := a.Occupancy()
		equal(t, "sockets and rooms", [2]int{sockets, rooms}, [2]int{})
	})
}

func TestRoomsOfNamespacesAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/n")
		c := a.connect("/", "/n")
		c.socket().Join("room")
		_ = a.Of("/n").To("room").Emit("e")
		c.silent()
		c.socket("/n").Join("room")
		_ = a.Of("/n").To("room").Emit("e")
		c.Expect(`42/n,["e"]`)
		c.Send("41/n,")
		synctest.Wait()
		_ = a.To("room").Emit("e")
		c.Expect(`42["e"]`)
	})
}

func TestRemoteSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c1, c2, c3 := a.connect(), a.connect(), a.connect()
		c1.socket().Join("r")
		c2.socket().Join("r", "q")
		c2.socket().SetData(map[string]int{"age": 7})
		fetch := func(b socketio.Broadcast) (ids []string, found map[string]*socketio.RemoteSocket) {
			t.Helper()
			list, err := b.FetchSockets(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			found = map[string]*socketio.RemoteSocket{}
			for _, r := range list {
				ids = append(ids, r.ID)
				found[r.ID] = r
			}
			slices.Sort(ids)
			return ids, found
		}
		sorted := func(clients ...*client) (ids []string) {
			for _, c := range clients {
				ids = append(ids, c.ids["/"])
			}
			slices.Sort(ids)
			return ids
		}
		ids, _ := fetch(a.Broadcast)
		equal(t, "all", ids, sorted(c1, c2, c3))
		ids, _ = fetch(a.To("r", "q"))
		equal(t, "rooms, without duplicates", ids, sorted(c1, c2))
		ids, _ = fetch(a.Except("q").Local())
		equal(t, "except", ids, sorted(c1, c3))
		ids, found := fetch(a.In("q"))
		equal(t, "room", ids, sorted(c2))
		r := found[c2.ids["/"]]
		equal(t, "rooms", r.Rooms, []string{r.ID, "r", "q"})
		equal(t, "data", r.Data, any(map[string]int{"age": 7}))
		equal(t, "query", r.Handshake.Query.Get("EIO"), "4")

		_ = r.Emit("one", 1)
		c2.Expect(`42["one",1]`)
		_ = r.Join("x", "y")
		_ = r.Leave("q")
		equal(t, "rooms", c2.socket().Rooms(), []string{r.ID, "r", "x", "y"})
		_ = r.Disconnect(false)
		c2.Expect("41")
		c1.silent()
		c3.silent()
	})
}

func TestSocketsJoinAndLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		clients := map[string]*client{"a": a.connect(), "b": a.connect(), "c": a.connect()}
		clients["a"].socket().Join("r")
		to := func(room string) func() error { return func() error { return a.To(room).Emit("e") } }
		_ = a.SocketsJoin("all", "all2")
		equal(t, "all", hears(t, clients, to("all2")), []string{"a", "b", "c"})
		_ = a.To("r").SocketsJoin("sub")
		equal(t, "sub", hears(t, clients, to("sub")), []string{"a"})
		_ = a.Except("r").SocketsLeave("all", "all2")
		equal(t, "all", hears(t, clients, to("all")), []string{"a"})
		_ = clients["a"].socket().Broadcast().SocketsJoin("others")
		equal(t, "others", hears(t, clients, to("others")), []string{"b", "c"})
		_ = a.SocketsLeave("all", "all2", "sub", "others", "r")
		_, rooms := a.Occupancy()
		equal(t, "rooms", rooms, 0)
	})
}

func TestDisconnectSockets(t *testing.T) {
	for _, closeConn := range []bool{false, true} {
		bubble(t, fmt.Sprintf("close=%t", closeConn), func(t *testing.T) {
			a := serve(t, nil)
			a.Of("/n")
			a.answering()
			var j journal
			a.OnConnection(func(s *socketio.Socket) {
				s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
			})
			c, other := a.connect("/", "/n"), a.connect()
			c.socket().Join("r")
			if err := a.To("r").DisconnectSockets(closeConn); err != nil {
				t.Fatal(err)
			}
			c.Expect("41")
			if closeConn {
				c.Expect("41/n,")
				c.closed()
			} else {
				c.join("/", "")
				c.open()
			}
			j.expect(t, "server namespace disconnect")
			other.open()
		})
	}
}
