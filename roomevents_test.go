package socketio_test

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// listen notes the changes of the rooms of a namespace. Ids of sockets become names.
func listen(n *socketio.Namespace, j *journal, names *sync.Map) {
	name := func(id string) string {
		if v, ok := names.Load(id); ok {
			return fmt.Sprint(v)
		}
		return "own"
	}
	plain := func(room string) string {
		if len(room) == 20 { // an id
			return name(room)
		}
		return room
	}
	n.OnCreateRoom(func(room string) { j.add("create %s", plain(room)) })
	n.OnDeleteRoom(func(room string) { j.add("delete %s", plain(room)) })
	n.OnJoinRoom(func(room, id string) { j.add("%s joins %s", name(id), plain(room)) })
	n.OnLeaveRoom(func(room, id string) { j.add("%s leaves %s", name(id), plain(room)) })
}

func TestRoomEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		var names sync.Map
		a := serve(t, nil)
		listen(a.Namespace, &j, &names)
		c1 := a.connect()
		j.expect(t, "create own", "own joins own")
		c2 := a.connect()
		j.expect(t, "create own", "own joins own")
		s1, s2 := c1.socket(), c2.socket()
		names.Store(s1.ID(), "s1")
		names.Store(s2.ID(), "s2")

		for _, step := range []struct {
			name string
			do   func()
			want []string
		}{
			{"join", func() { s1.Join("a") }, []string{"create a", "s1 joins a"}},
			{"told when Join returns", func() { s1.Join("z"); j.add("after"); s1.Leave("z") }, []string{
				"create z", "s1 joins z", "after", "s1 leaves z", "delete z",
			}},
			{"join again", func() { s1.Join("a", "a") }, nil},
			{"second joins", func() { s2.Join("a", "b") }, []string{"s2 joins a", "create b", "s2 joins b"}},
			{"first leaves", func() { s1.Leave("a") }, []string{"s1 leaves a"}},
			{"leave again", func() { s1.Leave("a"); s1.Leave("nowhere") }, nil},
			{"last leaves", func() { s2.Leave("a") }, []string{"s2 leaves a", "delete a"}},
			{"own room", func() { s1.Join(s1.ID()) }, nil},
			{"out of its own room", func() { s1.Leave(s1.ID()); s1.Leave(s1.ID()) }, []string{"s1 leaves s1", "delete s1"}},
			{"into another's", func() { s2.Join(s1.ID()) }, []string{"create s1", "s2 joins s1"}},
			{"back into its own", func() { s1.Join(s1.ID(), s1.ID()) }, []string{"s1 joins s1"}},
			{"broadcast join", func() { _ = a.In("b").SocketsJoin("c") }, []string{"create c", "s2 joins c"}},
			{"broadcast leave", func() { _ = a.SocketsLeave("c") }, []string{"s2 leaves c", "delete c"}},
			{"disconnect", func() { s2.Disconnect(false) }, []string{
				"s2 leaves s2", "delete s2", "s2 leaves b", "delete b", "s2 leaves s1",
			}},
			{"disconnected", func() { s2.Join("x"); s2.Leave("b"); s2.Join(s2.ID()) }, nil},
			{"broken connection", func() { c1.Close() }, []string{"s1 leaves s1", "delete s1"}},
		} {
			step.do()
			if got, want := j.take(), strings.Join(step.want, ", "); got != want {
				t.Errorf("%s: %s; want: %s", step.name, got, want)
			}
		}
		_, rooms := a.Occupancy()
		equal(t, "rooms", rooms, 0)
	})
}

// What happens before a socket is connected.
func TestRoomEventsOfMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		var names sync.Map
		a := serve(t, nil)
		listen(a.Namespace, &j, &names)
		refuse, own := false, true
		a.Use(func(s *socketio.Socket) error {
			names.Store(s.ID(), "s")
			s.Join("early", s.ID())
			if !own {
				s.Leave(s.ID())
			}
			if refuse {
				return &socketio.ConnectError{Message: "no"}
			}
			return nil
		})
		c := a.connect()
		j.expect(t, "create early", "s joins early", "create s", "s joins s")
		c.socket().Disconnect(true)
		j.expect(t, "s leaves s", "delete s", "s leaves early", "delete early")

		own = false
		c = a.connect()
		j.expect(t, "create early", "s joins early")
		c.Close()
		j.expect(t, "s leaves early", "delete early")

		own, refuse = true, true
		c = a.dial()
		c.Send("40")
		c.Expect(`44{"message":"no"}`)
		j.expect(t, "create early", "s joins early", "s leaves early", "delete early")
	})
}

// Functions may call anything, also what changes rooms, and what they cause comes behind what they are told.
func TestRoomEventsReentrant(t *testing.T) {
	for _, recovery := range []*socketio.RecoveryOptions{nil, {}} {
		bubble(t, fmt.Sprintf("recovery %t", recovery != nil), func(t *testing.T) {
			var j journal
			a := serve(t, &socketio.ServerOptions{Recovery: recovery})
			a.OnJoinRoom(func(room, id string) {
				for s := range a.Sockets() {
					if room == "a" {
						s.Join("b")
						j.add("joined b, in %d rooms", len(s.Rooms()))
					}
					isErr(t, "Emit", s.Emit("joined", len(room)), nil)
				}
			})
			a.OnJoinRoom(func(room, _ string) { j.add("second: %d", len(room)) })
			c := a.dial()
			c.Send("40")
			j.expect(t, "second: 20")
			for s := range a.Sockets() {
				s.Join("a")
				j.expect(t, "joined b, in 3 rooms", "second: 1", "second: 1")
				s.Disconnect(false)
			}
		})
	}
}

func TestRoomEventsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		s := a.connect().socket()
		off1 := a.OnJoinRoom(func(room, _ string) { j.add("1 %s", room) })
		off2 := a.OnJoinRoom(func(room, _ string) { j.add("2 %s", room) })
		s.Join("a")
		j.expect(t, "1 a", "2 a")
		off1()
		off1()
		s.Join("b")
		j.expect(t, "2 b")
		off2()
		s.Join("c")
		a.OnJoinRoom(func(room, _ string) { j.add("3 %s", room) })
		j.expect(t) // what nobody listened to is not told later
		s.Join("d")
		j.expect(t, "3 d")
	})
}

// A function that fails ends nothing else.
func TestRoomEventsPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		s := a.connect().socket()
		a.OnJoinRoom(func(room, _ string) {
			switch room {
			case "panic":
				panic("oops")
			case "exit":
				runtime.Goexit()
			}
		})
		a.OnJoinRoom(func(room, _ string) { j.add("%s", room) })
		s.Join("panic", "a")
		j.expect(t, "panic", "a")
		equal(t, "panics logged", len(a.logs.lines("handler panicked", "room event", "oops")), 1)
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.Join("exit", "b")
		}()
		<-done
		j.expect(t, "b")
		s.Join("c")
		j.expect(t, "c")
	})
}

// Whichever goroutines join and leave, what is told is a possible history: replaying it gives the rooms at each moment.
func TestRoomEventsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		type member struct{ room, id string }
		in, exists := map[member]bool{}, map[string]bool{} // the race detector sees that there is one call at a time
		told := 0
		check := func(ok bool, what, room string) {
			if told++; !ok {
				t.Errorf("%s %s is no change", what, room)
			}
		}
		a.OnCreateRoom(func(room string) { check(!exists[room], "create", room); exists[room] = true })
		a.OnDeleteRoom(func(room string) { check(exists[room], "delete", room); delete(exists, room) })
		a.OnJoinRoom(func(room, id string) {
			m := member{room, id}
			check(exists[room] && !in[m], "join", room)
			in[m] = true
		})
		a.OnLeaveRoom(func(room, id string) {
			m := member{room, id}
			check(exists[room] && in[m], "leave", room)
			delete(in, m)
		})
		sockets := make([]*socketio.Socket, 4)
		for i := range sockets {
			sockets[i] = a.connect().socket()
		}
		var wg sync.WaitGroup
		for i, s := range sockets {
			for k := range 2 {
				wg.Go(func() {
					for n := range 200 {
						room := fmt.Sprint((n + k) % 3)
						s.Join(room)
						if n%2 == i%2 {
							runtime.Gosched()
						}
						s.Leave(room)
					}
				})
			}
		}
		wg.Wait()
		synctest.Wait()
		equal(t, "left: the sockets' own", fmt.Sprint(len(in), len(exists)), "4 4")
		if told < 1000 {
			t.Errorf("only %d events", told)
		}
	})
}

// A function that blocks holds up nobody but who calls it.
func TestRoomEventsBlocking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		s1, s2 := a.connect().socket(), a.connect().socket()
		a.OnJoinRoom(func(room, _ string) {
			time.Sleep(time.Second) // fake time
			j.add("%s", room)
		})
		go s1.Join("a")
		synctest.Wait()
		s2.Join("b") // the other goroutine goes on with it
		j.add("returned")
		j.expect(t, "returned")
		time.Sleep(3 * time.Second) // fake time
		j.expect(t, "a", "b")
	})
}

func TestRoomEventsRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		var names sync.Map
		a := serve(t, &socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}})
		c := a.dial()
		c.Send("40")
		connect := c.Text()
		for s := range a.Sockets() {
			names.Store(s.ID(), "s")
			s.Join("a")
		}
		listen(a.Namespace, &j, &names)
		c.Close()
		j.expect(t, "s leaves s", "delete s", "s leaves a", "delete a")
		pid := connect[strings.Index(connect, `"pid":"`)+len(`"pid":"`):]
		c = a.dial()
		c.Send(`40{"pid":"` + strings.TrimSuffix(pid, `"}`) + `"}`)
		j.expect(t, "create a", "s joins a", "create s", "s joins s")
	})
}

// A parent of dynamic namespaces is told of the rooms of its children.
func TestRoomEventsOfParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		parent := a.OfRegexp(regexp.MustCompile(`^/room-\d$`))
		off := parent.OnJoinRoom(func(room, _ string) { j.add("parent: %d", len(room)) })
		parent.OnDeleteRoom(func(room string) { j.add("parent, delete: %d", len(room)) })
		one := a.Of("/room-1")
		one.OnJoinRoom(func(room, _ string) { j.add("child: %d", len(room)) })
		c := a.connect("/room-1", "/room-2")
		j.expect(t, "parent: 20", "child: 20", "parent: 20")
		_ = parent.SocketsJoin("a")
		if got := j.take(); got != "parent: 1, child: 1, parent: 1" && got != "parent: 1, parent: 1, child: 1" {
			t.Errorf("happened: %s", got)
		}
		off()
		_ = parent.SocketsJoin("bb")
		j.expect(t, "child: 2")
		c.socket("/room-2").Disconnect(false)
		j.expect(t, "parent, delete: 20", "parent, delete: 1", "parent, delete: 2")
		a.connect()
		j.expect(t)
	})
}
