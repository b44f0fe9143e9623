package socketio_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// What is registered on a parent about rooms holds for its children, before their own.
func TestParentRoomEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		parent := a.OfRegexp(regexp.MustCompile("^/d"))
		off := parent.OnJoinRoom(func(room, _ string) { j.add("parent: joined %s", room) })
		a.OnNewNamespace(func(n *socketio.Namespace) {
			n.OnJoinRoom(func(room, _ string) { j.add("%s: joined %s", n.Name(), room) })
		})
		c := a.connect("/d1")
		s := c.socket("/d1")
		j.expect(t, "parent: joined "+s.ID(), "/d1: joined "+s.ID())
		s.Join("r")
		j.expect(t, "parent: joined r", "/d1: joined r")
		off()
		s.Join("q")
		j.expect(t, "/d1: joined q")
	})
}

// Sockets are found by their ids, and counted, in a namespace and among the children of a parent.
func TestSocketByID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		parent := a.OfRegexp(regexp.MustCompile("^/d"))
		c := a.connect("/", "/d1", "/d2")
		main, child := c.socket(), c.socket("/d1")
		if a.Socket(main.ID()) != main || parent.Socket(child.ID()) != child || a.Of("/d1").Socket(child.ID()) != child {
			t.Error("a socket was not found")
		}
		for _, n := range []*socketio.Namespace{a.Namespace, parent, a.Of("/d2")} {
			if n.Socket("unknown") != nil {
				t.Errorf("%s has an unknown socket", n.Name())
			}
		}
		if a.Of("/d2").Socket(child.ID()) != nil {
			t.Error("found in another namespace")
		}
		equal(t, "main", a.Len(), 1)
		equal(t, "children", parent.Len(), 2)
		c.Close()
		synctest.Wait()
		equal(t, "main, afterwards", a.Len(), 0)
		equal(t, "children, afterwards", parent.Len(), 0)
		if a.Socket(main.ID()) != nil {
			t.Error("found after it has disconnected")
		}
	})
}

// Servers talk in the name of a child: what the other one has registered on the parent and on the child hears them.
func TestParentServerSide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := serveCluster(t, 2, socketio.ServerOptions{})
		var j journal
		var parents []*socketio.Namespace
		for i, a := range servers {
			parent := a.OfRegexp(regexp.MustCompile("^/d"))
			parents = append(parents, parent)
			parent.OnServerSide("hi", func(m *socketio.Message) {
				j.add("parent of server %d", i)
				_ = m.Ack(fmt.Sprint("server ", i))
			})
			a.Of("/d1").OnServerSide("hi", func() { j.add("child of server %d", i) })
		}
		isErr(t, "ServerSideEmit", parents[0].ServerSideEmit("hi"), nil)
		synctest.Wait()
		j.expect(t, "parent of server 1", "child of server 1")
		answers, err := parents[1].ServerSideEmitWithAck(context.Background(), "hi")
		isErr(t, "ServerSideEmitWithAck", err, nil)
		equal(t, "answers", sortedTexts(t, answers), []string{"server 0"})

		// A child whose other end is silent takes no time from the others.
		for _, name := range []string{"/d2", "/d3"} {
			servers[0].Of(name).OnServerSide("some answer", func(ack func(string)) { ack(name) })
			servers[1].Of(name)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		answers, err = parents[1].ServerSideEmitWithAck(ctx, "some answer")
		isErr(t, "with a silent child", err, context.DeadlineExceeded)
		equal(t, "its siblings", sortedTexts(t, answers), []string{"/d2", "/d3"})
	})
}
