package socketio_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// A walk is a random sequence of what clients and a server with connection state recovery and dynamic namespaces do,
// and a model of it: who has to receive which events, and which namespaces exist.
type walk struct {
	*app
	rand   *rand.Rand
	codec  parser.Codec
	parent *socketio.Namespace
	events map[string][]walkEvent // that are kept, by namespace
	number int                    // of the last event
	here   []*walker
	away   []*walker
}

type walkEvent struct {
	number       int
	room, except string // "": all, none
	only         string // id of the one socket that is meant
}

const walkAway = 24 * time.Hour

func TestWalk(t *testing.T) {
	for _, codec := range []parser.Codec{parser.JSON{}, msgpack.Codec{}} {
		for seed := range uint64(10) {
			bubble(t, fmt.Sprintf("%T %d", codec, seed), func(t *testing.T) {
				a := serve(t, &socketio.ServerOptions{
					Parser: codec, PingInterval: 10000 * time.Hour, ConnectTimeout: 10000 * time.Hour,
					Recovery: &socketio.RecoveryOptions{MaxDisconnection: walkAway},
				})
				w := &walk{app: a, rand: rand.New(rand.NewPCG(seed, 1)), codec: codec, events: map[string][]walkEvent{}}
				w.parent = a.OfRegexp(regexp.MustCompile("^/d"))
				for _, n := range []*socketio.Namespace{a.Namespace, w.parent} {
					n.Use(func(s *socketio.Socket) error {
						s.Join("middleware")
						if len(s.Handshake().Auth) > 2 && strings.Contains(string(s.Handshake().Auth), "refuse") {
							return &socketio.ConnectError{Message: "refused"}
						}
						return s.Emit("e", 0, "0000000009")
					})
				}
				t.Cleanup(func() {
					if t.Failed() {
						t.Log(a.logs.lines("not recovered"))
					}
				})
				for range 400 {
					w.step()
					synctest.Wait()
					w.checkNamespaces()
				}
				w.end()
			})
		}
	}
}

func (w *walk) step() {
	w.t.Helper()
	namespace := pick(w, []string{"/", "/d1", "/d2", "/d3"})
	switch n := w.rand.IntN(100); {
	case n < 10 && len(w.here)+len(w.away) < 8:
		w.enter(namespace)
	case n < 14:
		w.refuse(namespace)
	case n < 50:
		w.emit(namespace)
	case n < 51:
		w.forget()
	case n < 60 && len(w.away) > 0:
		c := pick(w, w.away)
		w.away = remove(w.away, c)
		c.back()
	case len(w.here) == 0:
	case n < 70:
		pick(w, w.here).read()
	case n < 78:
		pick(w, w.here).join()
	case n < 88:
		pick(w, w.here).lose()
	case n < 92:
		c := pick(w, w.here) // its old connection is not known to be dead
		w.here = remove(w.here, c)
		c.left = len(w.events[c.namespace])
		old := c.ws
		c.back()
		old.Close()
	case n < 96:
		c := pick(w, w.here)
		w.here = remove(w.here, c)
		c.send(w.codec.AppendDisconnect(nil, c.namespace))
		synctest.Wait()
		c.ws.Close()
	default:
		c := pick(w, w.here)
		w.here = remove(w.here, c)
		c.sockets[0].Disconnect(w.rand.IntN(2) == 0)
		synctest.Wait()
		c.ws.Close()
	}
}

func pick[T any](w *walk, list []T) T { return list[w.rand.IntN(len(list))] }

func remove[T comparable](list []T, v T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(other T) bool { return other == v })
}

// checkNamespaces compares the namespaces that exist with those that are in use.
func (w *walk) checkNamespaces() {
	w.t.Helper()
	want := []string{"/"}
	for _, c := range slices.Concat(w.here, w.away) {
		if !slices.Contains(want, c.namespace) {
			want = append(want, c.namespace)
		}
	}
	slices.Sort(want)
	equal(w.t, "namespaces", w.NamespaceNames(), want)
	equal(w.t, "sockets", w.Len()+w.parent.Len(), len(w.here))
}

// open opens a connection and sends a CONNECT.
// event reads an event and returns its number.
// connected reads the answer to CONNECT.
func (w *walk) enter(namespace string) {
	w.t.Helper()
	c := &walker{walk: w, namespace: namespace}
	c.open(nil)
	c.expect("middleware", []walkEvent{{number: 0}})
	c.rooms = []string{"middleware"}
	p := c.packet()
	if err := json.Unmarshal(p.Data, &c.walkIDs); err != nil || p.Type != parser.Connect {
		w.t.Fatalf("got %v %s, %v", p.Type, p.Data, err)
	}
	c.rooms = append(c.rooms, c.SID)
	synctest.Wait()
	c.sockets = []*socketio.Socket{w.Existing(namespace).Socket(c.SID)}
	c.seen, c.sent = len(w.events[namespace]), 0
	w.here = append(w.here, c)
}

func (w *walk) refuse(namespace string) {
	w.t.Helper()
	c := &walker{walk: w, namespace: namespace}
	c.open(map[string]string{"do": "refuse"})
	if p := c.packet(); p.Type != parser.ConnectError {
		w.t.Fatalf("got %v, want CONNECT_ERROR", p.Type)
	}
	c.ws.Close()
}

// emit sends an event, whose target the model knows, too.
func (w *walk) emit(namespace string) {
	w.t.Helper()
	w.number++
	e := walkEvent{number: w.number}
	args := []any{e.number, "~~~~~~~~~~"}
	if w.rand.IntN(4) == 0 {
		args = append(args, []byte("~~~~~~~~~~"))
	}
	volatile := w.rand.IntN(8) == 0
	if all := slices.Concat(w.here, w.away); w.rand.IntN(4) == 0 && len(all) > 0 {
		c := pick(w, all)
		e.only = c.SID
		to := pick(w, c.sockets).Emitter
		var want error
		if volatile {
			to = to.Volatile()
			if slices.Contains(w.away, c) {
				want = socketio.ErrDisconnected
			}
		}
		isErr(w.t, "Emit", to.Emit("e", args...), want)
		w.sent(c.namespace, e, volatile)
		return
	}
	n := w.Existing(namespace)
	spread := namespace != "/" && w.rand.IntN(2) == 0
	if spread {
		n = w.parent
	}
	if n == nil {
		return
	}
	to := n.Broadcast
	switch w.rand.IntN(3) {
	case 0:
		e.room = pick(w, []string{"a", "b", "middleware"})
		to = to.To(e.room)
	case 1:
		e.except = pick(w, []string{"a", "b"})
		to = to.Except(e.except)
	}
	if volatile {
		to = to.Volatile()
	}
	isErr(w.t, "Emit", to.Emit("e", args...), nil)
	for _, name := range w.NamespaceNames() {
		if name == namespace && !spread || spread && name != "/" {
			w.sent(name, e, volatile)
		}
	}
}

func (w *walk) sent(namespace string, e walkEvent, volatile bool) {
	if !volatile {
		w.events[namespace] = append(w.events[namespace], e)
	}
	for _, c := range w.here {
		if c.namespace == namespace && c.meant(e) {
			c.unread = append(c.unread, e)
			if !volatile {
				c.sent = len(w.events[namespace])
			}
		}
	}
}

// read reads all that was sent.
// countUpTo is how many events were kept when the one of that number was sent.
func countUpTo(events []walkEvent, number int) int {
	return len(slices.DeleteFunc(slices.Clone(events), func(e walkEvent) bool { return e.number > number }))
}

// join changes the rooms of a client.
// lose cuts the connection, perhaps with events on it that the client has not read.
// back recovers the state of a client.
// forget waits until nobody can come back. What those who are here have seen last is forgotten, too, so they get another
// event: who has not seen one that is sent to it later would have to begin anew.
func (w *walk) forget() {
	for _, c := range w.here {
		c.read()
	}
	time.Sleep(3 * walkAway) // fake time
	w.away = nil
	for _, c := range w.here {
		w.number++
		isErr(w.t, "Emit", c.sockets[0].Emit("e", w.number), nil)
		w.sent(c.namespace, walkEvent{number: w.number, only: c.SID}, false)
		c.read()
	}
}

func (w *walk) end() {
	w.forget()
	for _, c := range w.here {
		c.ws.Close()
	}
	w.here = nil
	synctest.Wait()
	time.Sleep(3 * walkAway) // fake time
	synctest.Wait()
	w.checkNamespaces()
	equal(w.t, "known", w.Live(), 0)
	sockets, rooms := w.Occupancy()
	equal(w.t, "sockets and rooms", []int{sockets, rooms}, []int{0, 0})
}
