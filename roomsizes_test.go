package socketio_test

import (
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
)

// Rooms and RoomSize are two views of the same.
func TestRoomSizes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		expect := func(what string, want map[string]int) {
			t.Helper()
			synctest.Wait()
			equal(t, what, a.Rooms(), want)
			for room, n := range want {
				equal(t, what+": size of "+room, a.RoomSize(room), n)
			}
			equal(t, what+": size of no room", a.RoomSize("nowhere"), 0)
		}
		expect("nobody", map[string]int{})
		c1, c2 := a.connect(), a.connect()
		s1, s2 := c1.socket(), c2.socket()
		expect("own rooms", map[string]int{s1.ID(): 1, s2.ID(): 1})
		s1.Join("r", "q")
		s2.Join("r", s1.ID())
		expect("joined", map[string]int{s1.ID(): 2, s2.ID(): 1, "r": 2, "q": 1})
		a.Rooms()["r"] = 7 // the caller's own
		s2.Leave("r")
		s1.Leave(s1.ID())
		expect("left", map[string]int{s1.ID(): 1, s2.ID(): 1, "r": 1, "q": 1})
		c1.Close()
		expect("gone", map[string]int{s1.ID(): 1, s2.ID(): 1})
		c2.Send("41")
		expect("all gone", map[string]int{})
	})
}

// A parent's rooms are those of its children. Each namespace has its own.
func TestRoomSizesOfParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		parent := a.OfRegexp(regexp.MustCompile(`^/dyn-\d$`))
		parent.OnConnection(func(s *socketio.Socket) { s.Join("all", s.Namespace().Name()) })
		c := a.connect("/", "/dyn-1", "/dyn-2")
		synctest.Wait()
		equal(t, "parent", parent.Rooms(), map[string]int{
			"all": 2, "/dyn-1": 1, "/dyn-2": 1, c.ids["/dyn-1"]: 1, c.ids["/dyn-2"]: 1,
		})
		equal(t, "size in all children", parent.RoomSize("all"), 2)
		equal(t, "child", a.Of("/dyn-1").RoomSize("all"), 1)
		equal(t, "main", a.Rooms(), map[string]int{c.ids["/"]: 1})
	})
}
