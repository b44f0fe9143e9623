package socketio_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"

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
	})
}
