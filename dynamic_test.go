package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

const notFound = `{"message":"Invalid namespace"}`

// always is a function for OfFunc that wants every name.
func always(context.Context, string, *socketio.Handshake) (bool, error) { return true, nil }

func TestOfRegexp(t *testing.T) {
	for _, row := range []struct{ name, re, ns, answer string }{
		{"anchored", `^/dynamic-\d+$`, "/dynamic-101", ""},
		{"anchored, something before", `^/dynamic-\d+$`, "/x/dynamic-101", notFound},
		{"anchored, something after", `^/dynamic-\d+$`, "/dynamic-101x", notFound},
		{"anchored, case", `^/dynamic-\d+$`, "/Dynamic-101", notFound},
		{"anchored, nothing", `^/dynamic-\d+$`, "/dynamic-", notFound},
		{"not anchored", `dyn`, "/a/dynamic", ""},
		{"the slash is part of the name", `^dyn`, "/dyn", notFound},
		{"not ASCII", `^/é$`, "/é", ""},
		{"longest name", `^/x+$`, "/" + strings.Repeat("x", 511), ""},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.answering()
			a.OfRegexp(regexp.MustCompile(row.re))
			c := a.connect()
			if row.answer == "" {
				c.join(row.ns, "")
			} else {
				c.Send("40" + row.ns + ",")
				c.Expect("44" + row.ns + "," + row.answer)
			}
			c.open()
		})
	}
}

func TestOfFuncAnswers(t *testing.T) {
	public := &socketio.ConnectError{Message: "no such room", Data: map[string]int{"code": 404}}
	for _, row := range []struct {
		name   string
		fn     func() (bool, error)
		answer string
		logged string
	}{
		{"true", func() (bool, error) { return true, nil }, "", ""},
		{"true, late", func() (bool, error) { <-time.After(44 * time.Second); return true, nil }, "", ""},
		{"false", func() (bool, error) { return false, nil }, notFound, ""},
		{"error", func() (bool, error) { return true, errors.New("no db") }, notFound, "no db"},
		{"ConnectError", func() (bool, error) { return false, public }, `{"message":"no such room","data":{"code":404}}`, "no such room"},
		{
			"wrapped ConnectError", func() (bool, error) { return true, fmt.Errorf("room: %w", public) },
			`{"message":"no such room","data":{"code":404}}`, "room: no such room",
		},
		{"no ConnectError", func() (bool, error) { return true, (*nilError)(nil) }, notFound, "nil"},
		{
			"data that is not JSON", func() (bool, error) {
				return false, &socketio.ConnectError{Message: "no", Data: make(chan int)}
			}, `{"message":"no"}`, "data of a ConnectError",
		},
		{
			"data that panics", func() (bool, error) {
				return false, &socketio.ConnectError{Message: "no", Data: panicking{}}
			}, `{"message":"no"}`, "panicked",
		},
		{"panic", func() (bool, error) { panic("oh") }, notFound, "panic=oh"},
		{"end of its goroutine", func() (bool, error) { runtime.Goexit(); return true, nil }, notFound, ""},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{PingInterval: time.Hour})
			a.answering()
			a.OfFunc(func(context.Context, string, *socketio.Handshake) (bool, error) { return row.fn() })
			c := a.connect()
			for range 2 { // the place is free again
				c.Send("40/dyn,")
				if row.answer == "" {
					c.joined("/dyn")
					c.Send("41/dyn,")
				} else {
					c.Expect("44/dyn," + row.answer)
				}
				c.open()
			}
			synctest.Wait()
			equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
			if row.logged != "" && len(a.logs.lines(row.logged, "namespace=/dyn")) == 0 {
				t.Errorf("not logged: %s", row.logged)
			}
		})
	}
}

type nilError struct{}

func (*nilError) Error() string { return "nil" }

func TestOfFuncArguments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.OfFunc(func(ctx context.Context, name string, h *socketio.Handshake) (bool, error) {
			deadline, _ := ctx.Deadline()
			j.add("%s %s %s %s %v", name, h.Auth, h.Query.Get("EIO"), time.Until(deadline), ctx.Err())
			return true, nil
		})
		c := a.connect()
		c.join("/a", `{"token":1}`)
		c.join("/b", "")
		j.expect(t, `/a {"token":1} 4 45s <nil>`, `/b {} 4 45s <nil>`)
		a.connect("/a") // it exists: nobody is asked
		j.expect(t)
	})
}

// Parents are asked in the order in which they were made.
func TestSeveralParents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		ask := func(label string, want string, err error) {
			p := a.OfFunc(func(_ context.Context, name string, _ *socketio.Handshake) (bool, error) {
				j.add("%s?", label)
				return name == want, err
			})
			p.OnConnection(func(s *socketio.Socket) { j.add("%s of %s", s.Namespace().Name(), label) })
		}
		ask("1", "/a", nil)
		ask("2", "/b", &socketio.ConnectError{Message: "second says no"})
		re := a.OfRegexp(regexp.MustCompile(`^/[ac]$`))
		re.OnConnection(func(s *socketio.Socket) { j.add("%s of the regexp", s.Namespace().Name()) })
		ask("3", "/b", nil)
		ask("4", "/b", &socketio.ConnectError{Message: "never asked, or too late"})
		c := a.dial()
		c.join("/a", "")
		j.expect(t, "1?", "/a of 1")
		c.join("/b", "")
		j.expect(t, "1?", "2?", "3?", "/b of 3")
		c.join("/c", "")
		j.expect(t, "1?", "2?", "/c of the regexp")
		c.Send("40/d,")
		c.Expect(`44/d,{"message":"second says no"}`)
		j.expect(t, "1?", "2?", "3?", "4?")
	})
}

// No client connects to a parent itself, not even if another wants every name.
func TestNamesOfParents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Of("/_1")
		first, second := a.OfFunc(always), a.OfRegexp(regexp.MustCompile(``))
		equal(t, "names", []string{first.Name(), second.Name()}, []string{"/_0", "/_2"})
		if a.Of(second.Name()) != second {
			t.Error("Of returns something else than the parent of that name")
		}
		c := a.connect()
		for _, name := range []string{"/_0", "/_2"} {
			c.Send("40" + name + ",")
			c.Expect("44" + name + "," + notFound)
		}
		c.join("/_1", "")
		c.join("/_3", "")
		equal(t, "name of the next parent", a.OfFunc(always).Name(), "/_4")
		c.open()
	})
}

// What is registered on a parent is its children's, those that exist included, and comes before their own.
func TestParentHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		register := func(n *socketio.Namespace, label string) (off []func()) {
			n.Use(func(s *socketio.Socket) error { j.add("%s use", label); return nil })
			return []func(){
				n.OnConnection(func(s *socketio.Socket) { j.add("%s connected", label) }),
				n.Handle("e", func(s *socketio.Socket, v int) { j.add("%s e %d in %s", label, v, s.Namespace().Name()) }),
			}
		}
		parent := a.OfRegexp(regexp.MustCompile(`^/dyn-`))
		off := register(parent, "parent")
		a.OnNewNamespace(func(n *socketio.Namespace) { register(n, "child") })
		c := a.connect()
		c.join("/dyn-1", "")
		j.expect(t, "parent use", "child use", "parent connected", "child connected")
		c.Send(`42/dyn-1,["e",1]`)
		j.expect(t, "parent e 1 in /dyn-1", "child e 1 in /dyn-1")

		register(parent, "later")
		for _, f := range off {
			f()
		}
		a.connect("/dyn-1")
		j.expect(t, "parent use", "later use", "child use", "later connected", "child connected")
		c.Send(`42/dyn-1,["e",2]`)
		j.expect(t, "later e 2 in /dyn-1", "child e 2 in /dyn-1")

		c.Send(`42["e",3]`) // of another namespace
		j.expect(t)
	})
}

func TestParentBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		parent := a.OfRegexp(regexp.MustCompile(`^/[ab]$`))
		c1, c2, other := a.connect("/a", "/b"), a.connect("/b"), a.connect()
		sockets := map[string]*socketio.Socket{}
		for s := range parent.Sockets() {
			sockets[s.ID()] = s
		}
		equal(t, "sockets", len(sockets), 3)
		sockets[c1.ids["/a"]].Join("left")
		sockets[c2.ids["/b"]].Join("left", "right")

		isErr(t, "Emit", parent.Emit("e", []byte{1}), nil)
		got := []string{c1.Text(), string(c1.Binary()), c1.Text(), string(c1.Binary())}
		slices.Sort(got)
		const ph = `["e",{"_placeholder":true,"num":0}]`
		equal(t, "first client", got, []string{"\x01", "\x01", "451-/a," + ph, "451-/b," + ph})
		c2.Expect("451-/b," + ph)
		c2.Binary()
		isErr(t, "Send to a room", parent.To("left").Except("right").Send("x"), nil)
		c1.Expect(`42/a,["message","x"]`)
		synctest.Wait() // nothing is being written any more
		isErr(t, "Emit to a socket", parent.In(c2.ids["/b"]).Local().Volatile().Emit("y"), nil)
		c2.Expect(`42/b,["y"]`)

		isErr(t, "SocketsJoin", parent.To(c1.ids["/b"]).SocketsJoin("new"), nil)
		isErr(t, "SocketsLeave", parent.SocketsLeave("left"), nil)
		list, err := parent.In("new", "left", "right").FetchSockets(t.Context())
		isErr(t, "FetchSockets", err, nil)
		var ids []string
		for _, s := range list {
			ids = append(ids, s.ID)
			isErr(t, "RemoteSocket.Emit", s.Emit("you"), nil)
		}
		want := []string{c1.ids["/b"], c2.ids["/b"]}
		slices.Sort(ids)
		slices.Sort(want)
		equal(t, "members", ids, want)
		c1.Expect(`42/b,["you"]`)
		c2.Expect(`42/b,["you"]`)

		isErr(t, "DisconnectSockets", parent.In("new").DisconnectSockets(false), nil)
		c1.Expect("41/b,")
		isErr(t, "DisconnectSockets of the connection", parent.In("right").DisconnectSockets(true), nil)
		c2.Expect("41/b,")
		c2.closed()
		c1.silent()
		other.silent()
	})
}

func TestParentEmitWithAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		parent := a.OfFunc(always)
		answers, err := parent.EmitWithAck(t.Context(), "q")
		isErr(t, "without children", err, nil)
		equal(t, "answers", len(answers), 0)

		c := a.connect("/a", "/b", "/c")
		for range 3 { // ids are each namespace's own
			go func() { // ends when all are asked; the one of /c does not answer
				for range 3 {
					name, rest, _ := strings.Cut(strings.TrimPrefix(c.Text(), "42"), ",")
					if name != "/c" {
						c.Send(fmt.Sprintf("43%s,%s[%q]", name, strings.TrimSuffix(rest, `["q"]`), name))
					}
				}
			}()
			start := time.Now()
			answers, err = parent.Timeout(time.Second).EmitWithAck(t.Context(), "q")
			synctest.Wait()
			isErr(t, "one is silent", err, socketio.ErrAckTimeout)
			equal(t, "answers", len(answers), 2)
			equal(t, "time", time.Since(start), time.Second)
		}
	})
}

// Errors are found where there is no child, and those of children's adapters are passed on.
func TestParentErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := errors.New("own error")
		a := serve(t, &socketio.ServerOptions{Adapter: func(l *socketio.Local) socketio.Adapter {
			if l.Namespace().Name() == "/broken" {
				return failing{l, own}
			}
			return l
		}})
		parent := a.OfFunc(always)
		if err := parent.Emit("e", make(chan int)); err == nil {
			t.Error("Emit of a channel is no error")
		}
		if err := parent.Emit("connect"); err == nil {
			t.Error("Emit of a reserved event is no error")
		}
		c := a.connect("/fine", "/broken")
		isErr(t, "Emit", parent.Emit("e"), own)
		c.Expect(`42/fine,["e"]`)
		_, err := parent.EmitWithAck(t.Context(), "e")
		isErr(t, "EmitWithAck", err, own)
		c.Expect(`42/fine,0["e"]`)
		list, err := parent.FetchSockets(t.Context())
		isErr(t, "FetchSockets", err, own)
		equal(t, "sockets", len(list), 1)
	})
}

// A namespace that is made by hand is a child, too, if a regexp matches; a function is not asked.
func TestChildMadeByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		static := a.Of("/dyn-0")
		a.OfFunc(func(context.Context, string, *socketio.Handshake) (bool, error) { j.add("asked"); return true, nil })
		parent := a.OfRegexp(regexp.MustCompile(`^/dyn-`))
		parent.OnConnection(func(s *socketio.Socket) { j.add("%s", s.Namespace().Name()) })
		child := a.Of("dyn-1")
		if a.Of("/dyn-0") != static || a.Of("/dyn-1") != child {
			t.Error("Of made a second one")
		}
		c := a.connect("/dyn-0", "/dyn-1")
		j.expect(t, "/dyn-1")
		isErr(t, "Emit", parent.Emit("e"), nil)
		c.Expect(`42/dyn-1,["e"]`)
		c.Close()
		synctest.Wait()
		equal(t, "namespaces", a.NamespaceNames(), []string{"/", "/dyn-0", "/dyn-1"})
	})
}

func TestOnNewNamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.Of("/before")
		off := a.OnNewNamespace(func(n *socketio.Namespace) { j.add("first %s", n.Name()) })
		a.OnNewNamespace(func(n *socketio.Namespace) {
			if n.Name() == "/bad" {
				panic("oh")
			}
			if a.Of(n.Name()) != n {
				t.Error("it does not exist yet")
			}
			time.Sleep(time.Second) // fake time
			n.OnConnection(func(*socketio.Socket) { j.add("connected") })
			j.add("second %s", n.Name())
		})
		a.OfFunc(always)
		j.expect(t) // a parent is none
		a.Of("/")
		a.Of("/before")
		a.Of("/static")
		a.Of("/static")
		j.expect(t, "first /static", "second /static")

		c1, c2 := a.dial(), a.dial()
		c1.Send("40/dyn,")
		synctest.Wait()
		c2.Send("40/dyn,") // it exists, but is not ready
		c2.silent()
		c1.joined("/dyn")
		c2.joined("/dyn")
		j.expect(t, "first /dyn", "second /dyn", "connected", "connected")

		off()
		a.Of("/bad")
		a.connect("/bad")
		if len(a.logs.lines("level=ERROR", "new namespace", "namespace=/bad")) != 1 {
			t.Error("the panic is not logged")
		}
		j.expect(t)
	})
}

func TestDynamicMistakes(t *testing.T) {
	io := socketio.NewServer(&socketio.ServerOptions{Logger: slog.New(slog.DiscardHandler)})
	for _, row := range []struct {
		name, want string
		fn         func()
	}{
		{"OfFunc", "socketio: the function given to OfFunc is nil", func() { io.OfFunc(nil) }},
		{"OfRegexp", "socketio: the regular expression given to OfRegexp is nil", func() { io.OfRegexp(nil) }},
		{"OnNewNamespace", "socketio: the function given to OnNewNamespace is nil", func() { io.OnNewNamespace(nil) }},
	} {
		t.Run(row.name, func(t *testing.T) { equal(t, "panic", panicText(row.fn), row.want) })
	}
}
