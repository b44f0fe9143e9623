package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser"
)

// sortedTexts are answers of one string each, sorted.
func sortedTexts(t *testing.T, answers []socketio.Args) []string {
	t.Helper()
	list := []string{}
	for _, a := range answers {
		var text string
		if err := a.Scan(&text); err != nil {
			t.Error(err)
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

func TestServerSideEmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		servers := serveCluster(t, 3, socketio.ServerOptions{})
		for i, a := range servers {
			a.OnServerSide("hello", func(text string, n int) { j.add("%d: %s %d", i, text, n) })
			a.Of("/other").OnServerSide("hello", func() { j.add("%d: other", i) })
		}
		isErr(t, "Emit", servers[0].ServerSideEmit("hello", "x", 1), nil)
		happened := strings.Split(j.take(), ", ")
		slices.Sort(happened)
		equal(t, "happened", happened, []string{"1: x 1", "2: x 1"}) // not here, and in this namespace
		isErr(t, "no handler", servers[0].ServerSideEmit("nobody"), nil)
		j.expect(t)
		isErr(t, "as any other name", servers[0].ServerSideEmit("disconnect"), nil)

		c := servers[1].connect()
		isErr(t, "Emit", servers[0].ServerSideEmit("hello", "y", 2), nil)
		c.silent() // no client hears of it
		j.take()
		c.Send(`42["hello","from a client",1]`) // and none can pretend to be a server
		j.expect(t)
	})
}

func TestServerSideOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []int
		servers := serveCluster(t, 2, socketio.ServerOptions{})
		servers[1].OnServerSide("n", func(n int) {
			runtime.Gosched()
			got = append(got, n) // the race detector sees that there is one at a time
		})
		want := make([]int, 500)
		for i := range want {
			want[i] = i
			isErr(t, "Emit", servers[0].ServerSideEmit("n", i), nil)
		}
		synctest.Wait()
		equal(t, "order", got, want)
	})
}

func TestServerSideEmitWithAck(t *testing.T) {
	for _, row := range []struct {
		name    string
		handler any // on the second and third server
		want    []string
		err     error
	}{
		{"result", func(s string) string { return s }, []string{"x", "x"}, nil},
		{"message", func(m *socketio.Message) { _ = m.Ack("1"); _ = m.Ack("2") }, []string{"1", "1"}, nil},
		{"func", func(_ string, ack func(string)) { ack("1"); ack("2") }, []string{"1", "1"}, nil},
		{"later", ackAfter(time.Second), []string{"late", "late"}, nil},
		{"too late", ackAfter(time.Hour), []string{}, context.DeadlineExceeded},
		{"no answer", func(string) {}, []string{}, context.DeadlineExceeded},
		{"panic", func(string) string { panic("oops") }, []string{}, context.DeadlineExceeded},
		{"ends its goroutine", func(string) string { runtime.Goexit(); return "" }, []string{}, context.DeadlineExceeded},
		{"mismatch", func(int) string { return "" }, []string{}, context.DeadlineExceeded},
		{"no handler", nil, []string{}, context.DeadlineExceeded},
	} {
		bubble(t, row.name, func(t *testing.T) {
			servers := serveCluster(t, 3, socketio.ServerOptions{})
			for _, a := range servers[1:] {
				if row.handler != nil {
					a.OnServerSide("ask", row.handler)
				}
				a.OnServerSide("alive", func() string { return "yes" })
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			answers, err := servers[0].ServerSideEmitWithAck(ctx, "ask", "x")
			isErr(t, "WithAck", err, row.err)
			equal(t, "answers", sortedTexts(t, answers), row.want)
			answers, err = servers[0].ServerSideEmitWithAck(t.Context(), "alive")
			isErr(t, "afterwards", err, nil)
			equal(t, "afterwards", sortedTexts(t, answers), []string{"yes", "yes"})
		})
	}
}

func ackAfter(d time.Duration) func(string, func(string)) {
	return func(_ string, ack func(string)) { time.AfterFunc(d, func() { ack("late") }) }
}

func TestServerSidePartialAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := serveCluster(t, 3, socketio.ServerOptions{})
		servers[1].OnServerSide("ask", func() string { return "fine" })
		servers[2].OnServerSide("ask", func(_ func(string)) {})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		answers, err := servers[0].ServerSideEmitWithAck(ctx, "ask")
		isErr(t, "WithAck", err, context.DeadlineExceeded)
		equal(t, "answers", sortedTexts(t, answers), []string{"fine"})

		time.AfterFunc(time.Minute, func() { _ = servers[2].Close() })
		answers, err = servers[0].ServerSideEmitWithAck(t.Context(), "ask")
		isErr(t, "one leaves", err, nil)
		equal(t, "one leaves", sortedTexts(t, answers), []string{"fine"})
		answers, err = servers[0].ServerSideEmitWithAck(t.Context(), "ask")
		isErr(t, "one has left", err, nil)
		equal(t, "one has left", sortedTexts(t, answers), []string{"fine"})
	})
}

func TestServerSideErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := serveCluster(t, 2, socketio.ServerOptions{})
		servers[1].OnServerSide("ask", func(kind string) (string, error) {
			if kind == "public" {
				return "", &socketio.AckError{Message: "no", Data: 1}
			}
			return "", errors.New("secret")
		})
		for kind, want := range map[string]string{
			"public": `{"error":{"message":"no","data":1}}`, "other": `{"error":{"message":"internal error"}}`,
		} {
			answers, err := servers[0].ServerSideEmitWithAck(t.Context(), "ask", kind)
			isErr(t, kind, err, nil)
			equal(t, kind, string(answers[0].Raw(0)), want)
		}
		equal(t, "logged", len(servers[1].logs.lines("handler failed", "secret")), 1)
	})
}

func TestServerSideBinary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := serveCluster(t, 2, socketio.ServerOptions{})
		servers[1].OnServerSide("bytes", func(in struct{ Data []byte }, more []byte) ([]byte, int) {
			return slices.Concat(in.Data, more), len(more)
		})
		answers, err := servers[0].ServerSideEmitWithAck(t.Context(), "bytes", map[string]any{"Data": []byte{1}}, []byte{2, 3})
		isErr(t, "WithAck", err, nil)
		var b []byte
		var n int
		isErr(t, "Scan", answers[0].Scan(&b, &n), nil)
		equal(t, "answer", fmt.Sprint(b, n), "[1 2 3] 2")
	})
}

// A message of another server has no socket, and the context of the server.
func TestServerSideMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := serveCluster(t, 2, socketio.ServerOptions{})
		var ctx context.Context
		wanted := []bool{}
		servers[1].OnServerSide("e", func(c context.Context, m *socketio.Message) {
			equal(t, "socket", m.Socket(), nil)
			equal(t, "event", m.Event, "e")
			equal(t, "context", m.Context(), c)
			ctx = c
			wanted = append(wanted, m.WantsAck())
			if !m.WantsAck() {
				isErr(t, "Ack", m.Ack(1), socketio.ErrNotWanted)
				return
			}
			if err := m.Ack(func() {}); !errors.Is(err, parser.ErrFunc) {
				t.Errorf("Ack of what cannot be encoded: %v", err)
			}
			isErr(t, "Ack", m.Ack("done"), nil)
			isErr(t, "Ack again", m.Ack("done"), socketio.ErrAcked)
		})
		isErr(t, "Emit", servers[0].ServerSideEmit("e"), nil)
		answers, err := servers[0].ServerSideEmitWithAck(t.Context(), "e")
		isErr(t, "WithAck", err, nil)
		equal(t, "answers", sortedTexts(t, answers), []string{"done"})
		equal(t, "acknowledgement wanted", wanted, []bool{false, true})
		isErr(t, "context", ctx.Err(), nil)
		_ = servers[1].Close()
		isErr(t, "context of a closed server", ctx.Err(), context.Canceled)
	})
}

// One server is a cluster without others.
func TestServerSideAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.OnServerSide("e", func() { t.Error("called on the own server") })
		isErr(t, "Emit", a.ServerSideEmit("e", 1), nil)
		answers, err := a.ServerSideEmitWithAck(t.Context(), "e")
		equal(t, "WithAck", fmt.Sprint(answers, err), "[] <nil>")
		isErr(t, "Emit a func", a.ServerSideEmit("e", func() {}), parser.ErrFunc)
		isErr(t, "WithAck, a func", second(a.ServerSideEmitWithAck(t.Context(), "e", func() {})), parser.ErrFunc)
	})
}

func second[T any](_ T, err error) error { return err }

func TestServerSideReserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serveCluster(t, 2, socketio.ServerOptions{})[0]
		for name, want := range map[string]string{
			"connect":       `"connect" is not an event that servers send: use OnConnection of the namespace`,
			"connection":    `"connection" is not an event that servers send: use OnConnection of the namespace`,
			"new_namespace": `"new_namespace" is not an event that servers send: use OnNewNamespace of the server`,
		} {
			isErr(t, "Emit", a.ServerSideEmit(name), parser.ErrReservedEvent)
			isErr(t, "WithAck", second(a.ServerSideEmitWithAck(t.Context(), name)), parser.ErrReservedEvent)
			equal(t, "OnServerSide", panicText(func() { a.OnServerSide(name, func() {}) }), "socketio: "+want)
		}
		for _, row := range []struct {
			handler any
			want    string
		}{
			{nil, `it is nil`},
			{5, `it is a int: write a func, such as func(text string)`},
			{
				func(*socketio.Socket) {},
				`func(*socketio.Socket): a *Socket parameter is only for Namespace.Handle, as the first one`,
			},
		} {
			equal(t, "handler", panicText(func() { a.OnServerSide("e", row.handler) }), `socketio: handler of "e": `+row.want)
		}
	})
}

func TestServerSideOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		servers := serveCluster(t, 2, socketio.ServerOptions{})
		off := servers[1].OnServerSide("e", func() { j.add("1") })
		servers[1].OnServerSide("e", func() { j.add("2") })
		_ = servers[0].ServerSideEmit("e")
		j.expect(t, "1", "2")
		off()
		_ = servers[0].ServerSideEmit("e")
		j.expect(t, "2")
	})
}

// What waits for a handler that blocks has a limit, and is dropped when the server is closed.
func TestServerSideLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		servers := serveCluster(t, 2, socketio.ServerOptions{MaxUnhandledBytes: 10_000})
		var mu sync.Mutex
		handled := 0
		blocked := make(chan struct{})
		servers[1].OnServerSide("e", func(string) {
			<-blocked
			mu.Lock()
			defer mu.Unlock()
			handled++
		})
		text := strings.Repeat("x", 1000-256)
		for range 20 {
			isErr(t, "Emit", servers[0].ServerSideEmit("e", text), nil)
		}
		dropped := len(servers[1].logs.lines("event of another server dropped"))
		if dropped < 10 || dropped > 12 {
			t.Errorf("dropped: %d of 20", dropped)
		}
		close(blocked)
		synctest.Wait()
		equal(t, "handled", handled, 20-dropped)

		blocked = make(chan struct{})
		for range 5 {
			isErr(t, "Emit", servers[0].ServerSideEmit("e", text), nil)
		}
		synctest.Wait()
		_ = servers[1].Close()
		close(blocked)
		synctest.Wait()
		equal(t, "handled, with the one at work", handled, 20-dropped+1)
	})
}
