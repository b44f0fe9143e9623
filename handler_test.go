package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

type message struct {
	Room string `json:"room"`
	Text string `json:"text"`
	N    int    `json:"n"`
}

// Handlers of any shape: what they are given, and what they answer. `1` is the id of each event's acknowledgement.
func TestHandlerShapes(t *testing.T) {
	str := func(a any) string { return fmt.Sprintf("%v", a) }
	type named func(*socketio.Message)
	for _, row := range []struct {
		name    string
		handler any
		args    string // of the event
		ack     string // the answer; "": none
	}{
		{"nothing", func() {}, `,1`, ``},
		{"result", func() string { return "ok" }, ``, `["ok"]`},
		{"two results", func() (int, bool) { return 1, true }, ``, `[1,true]`},
		{"nil result", func() any { return nil }, ``, `[null]`},
		{"binary result", func() string { return "see TestBinaryAcks" }, ``, `["see TestBinaryAcks"]`},
		{"struct result", func() message { return message{"r", "t", 1} }, ``, `[{"room":"r","text":"t","n":1}]`},
		{"arguments", func(a string, b int, c bool) string { return str([]any{a, b, c}) }, `,"x",7,true`, `["[x 7 true]"]`},
		{"struct", func(m message) string { return str(m) }, `,{"room":"r","text":"t","n":1,"more":2}`, `["{r t 1}"]`},
		{"pointer", func(m *message) int { return m.N }, `,{"n":3}`, `[3]`},
		{"null into a pointer", func(m *message) bool { return m == nil }, `,null`, `[true]`},
		{"map and slice", func(m map[string][]int) string { return str(m) }, `,{"a":[1,2]}`, `["map[a:[1 2]]"]`},
		{"any", func(v any) string { return fmt.Sprintf("%T", v) }, `,1`, `["float64"]`},
		{"json.RawMessage", func(v json.RawMessage) string { return string(v) }, `,{"a": 1}`, `["{\"a\": 1}"]`},
		{"time", func(v time.Time) int { return v.Year() }, `,"2026-11-23T00:00:00Z"`, `[2026]`},
		{"missing arguments", func(a string, b int, m *message) string { return str([]any{a, b, m}) }, `,"x"`, `["[x 0 <nil>]"]`},
		{"null arguments", func(a string, b int) string { return str([]any{a, b}) }, `,null,null`, `["[ 0]"]`},
		{"further arguments", func(a string) string { return a }, `,"x",1,{}`, `["x"]`},
		{"mismatch", func(a int) int { return a }, `,"x"`, ``},
		{"mismatch of the second", func(a, b int) int { return a }, `,1,"x"`, ``},
		{"fraction for an integer", func(a int) int { return a }, `,1.5`, ``},
		{"integer that overflows", func(a int8) int8 { return a }, `,128`, ``},
		{"out of range", func(a float64) float64 { return a }, `,1e999`, ``},
		{"variadic", func(a ...int) int { return len(a) }, `,1,2,3`, `[3]`},
		{"variadic, none", func(a string, rest ...any) int { return len(rest) }, `,"x"`, `[0]`},
		{"variadic, some", func(a string, rest ...any) int { return len(rest) }, `,"x",1,null`, `[2]`},
		{"variadic mismatch", func(a ...int) int { return len(a) }, `,1,"x"`, ``},
		{"context", func(ctx context.Context) bool { return ctx.Err() == nil }, ``, `[true]`},
		{"context and arguments", func(_ context.Context, a string) string { return a }, `,"x"`, `["x"]`},
		{"context and variadic", func(_ context.Context, a ...string) []string { return a }, `,"x"`, `[["x"]]`},
		{"message", func(m *socketio.Message) { _ = m.Ack(m.Event, m.Len()) }, `,1,2`, `["e",2]`},
		{"message with result", func(m *socketio.Message) int { return m.Len() }, `,1,2`, `[2]`},
		{"message with error", func(m *socketio.Message) error { return &socketio.AckError{Message: "no"} }, ``, `[{"error":{"message":"no"}}]`},
		{"context and message", func(ctx context.Context, m *socketio.Message) bool { return ctx == m.Context() }, ``, `[true]`},
		{"type of its own", named(func(m *socketio.Message) { _ = m.Ack(1) }), ``, `[1]`},
		{"nil error", func() error { return nil }, ``, `[]`},
		{"result and nil error", func() (string, error) { return "ok", nil }, ``, `["ok"]`},
		{"AckError", func() error { return &socketio.AckError{Message: "no"} }, ``, `[{"error":{"message":"no"}}]`},
		{
			"result and AckError", func() (int, error) { return 1, &socketio.AckError{Message: "no", Data: message{}} }, ``,
			`[{"error":{"message":"no","data":{"room":"","text":"","n":0}}}]`,
		},
		{
			"wrapped AckError", func() error { return fmt.Errorf("x: %w", &socketio.AckError{Message: "no"}) }, ``,
			`[{"error":{"message":"no"}}]`,
		},
		{"other error", func() error { return errors.New("secret") }, ``, `[{"error":{"message":"internal error"}}]`},
		{"ack", func(ack func(string)) { ack("ok") }, ``, `["ok"]`},
		{"ack without arguments", func(ack func()) { ack() }, ``, `[]`},
		{"ack with arguments", func(a string, ack func(any, int)) { ack(a, 2) }, `,"x"`, `["x",2]`},
		{"ack, missing arguments", func(a string, ack func(string)) { ack(a) }, ``, `[""]`},
		{"ack, further arguments", func(ack func(int)) { ack(1) }, `,"x",2`, `[1]`},
		{"variadic ack", func(ack func(...any)) { ack(1, "2", nil) }, ``, `[1,"2",null]`},
		{"variadic ack, none", func(ack func(...any)) { ack() }, ``, `[]`},
		{"partly variadic ack", func(ack func(string, ...int)) { ack("x", 1, 2) }, ``, `["x",1,2]`},
		{"ack twice", func(ack func(int)) { ack(1); ack(2) }, ``, `[1]`},
		{"ack never", func(func()) {}, ``, ``},
		{"ack of a nil error", func(ack func(error, int)) { ack(nil, 1) }, ``, `[null,1]`},
		{"context and ack", func(_ context.Context, a int, ack func(int)) { ack(a) }, `,5`, `[5]`},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.answering()
			a.OnConnection(func(s *socketio.Socket) { s.On("e", row.handler) })
			a.Of("/n").Handle("e", row.handler) // the same on a namespace
			c := a.connect("/", "/n")
			for _, name := range []string{"", "/n,"} {
				c.Send(`42` + name + `1["e"` + row.args + `]`)
				if row.ack != "" {
					c.Expect(`43` + name + `1` + row.ack)
				}
				c.Send(`42` + name + `["e"` + row.args + `]`) // no acknowledgement wanted
				c.open()
			}
			c.silent()
		})
	}
}

func TestHandleWithSocket(t *testing.T) {
	for _, row := range []struct {
		name    string
		handler func(want *string) any
	}{
		{"socket", func(got *string) any {
			return func(s *socketio.Socket) string { *got = s.ID(); return "ok" }
		}},
		{"socket and arguments", func(got *string) any {
			return func(s *socketio.Socket, a string, n int) string { *got = s.ID(); return a }
		}},
		{"socket, context and arguments", func(got *string) any {
			return func(s *socketio.Socket, ctx context.Context, a string) string {
				if ctx == s.Context() {
					*got = s.ID()
				}
				return a
			}
		}},
		{"socket and message", func(got *string) any {
			return func(s *socketio.Socket, m *socketio.Message) string {
				if m.Socket() == s {
					*got = s.ID()
				}
				return "ok"
			}
		}},
		{"socket, variadic, error", func(got *string) any {
			return func(s *socketio.Socket, a ...any) (string, error) { *got = s.ID(); return "ok", nil }
		}},
		{"socket and ack", func(got *string) any {
			return func(s *socketio.Socket, ack func(string)) { *got = s.ID(); ack("ok") }
		}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var got string
			a.Handle("e", row.handler(&got))
			c := a.connect()
			c.Send(`421["e","ok",1]`)
			c.Expect(`431["ok"]`)
			equal(t, "socket", got, c.ids["/"])
		})
	}
}

// An acknowledgement may come after the handler has returned, from any goroutine.
func TestAckLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Handle("func", func(ack func(string)) {
			time.AfterFunc(time.Second, func() { ack("later") })
			time.AfterFunc(2*time.Second, func() { ack("twice") })
		})
		a.Handle("message", func(m *socketio.Message) {
			go func() { // ends at once
				time.Sleep(time.Second) // fake time
				isErr(t, "Ack", m.Ack("later"), nil)
				isErr(t, "Ack", m.Ack("twice"), socketio.ErrAcked)
			}()
		})
		a.Handle("none", func(m *socketio.Message) { isErr(t, "Ack", m.Ack(), socketio.ErrNotWanted) })
		c := a.connect()
		for i, event := range []string{"func", "message"} {
			start := time.Now()
			c.Send(fmt.Sprintf(`42%d[%q]`, i, event))
			c.open()
			c.Expect(fmt.Sprintf(`43%d["later"]`, i))
			equal(t, "time", time.Since(start), time.Second)
		}
		c.Send(`42["none"]`)
		time.Sleep(5 * time.Second) // fake time
		c.silent()
		c.Send(`423["func"]`) // and its client leaves
		synctest.Wait()
		c.Close()
		time.Sleep(5 * time.Second) // fake time
	})
}

func TestTwoHandlersAnswerOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Handle("e", func() string { return "first" })
		a.Handle("e", func() string { return "second" })
		a.Handle("e", func(m *socketio.Message) { isErr(t, "Ack", m.Ack(), socketio.ErrAcked) })
		a.Handle("e", func() error { return errors.New("third") })
		c := a.connect()
		c.Send(`421["e"]`)
		c.Expect(`431["first"]`)
		c.open()
	})
}

// An answer that cannot be encoded is logged, and nothing else happens.
func TestUnencodableAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Handle("result", func() any { return func() {} })
		a.Handle("data", func() error { return &socketio.AckError{Message: "no", Data: make(chan int)} })
		c := a.connect()
		c.Send(`421["result"]`)
		c.open()
		equal(t, "lines", len(a.logs.lines("level=WARN", "acknowledgement not sent", "event=result")), 1)
		c.Send(`422["data"]`) // the message reaches the client
		c.Expect(`432[{"error":{"message":"no"}}]`)
	})
}

// Arguments that do not fit are the client's fault: a line in the log without them, and the other handlers run.
func TestMismatchIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.Handle("e", func(n int) { t.Error("called") })
		a.Handle("e", func(s string) { j.add("%s", s) })
		c := a.connect()
		c.Send(`42["e","payload"]`)
		j.expect(t, "payload")
		equal(t, "lines", len(a.logs.lines("level=WARN", "does not fit", "event=e", "argument 0", c.ids["/"])), 1)
		equal(t, "lines with the payload", len(a.logs.lines("payload")), 0)
	})
}

func TestBinaryIntoHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type file struct {
			Name string `json:"name"`
			Data []byte `json:"data"`
		}
		a := serve(t, nil)
		a.Handle("bytes", func(b []byte) string { return string(b) })
		a.Handle("struct", func(f file) string { return f.Name + string(f.Data) })
		a.Handle("array", func(b [3]byte) string { return string(b[:]) })
		a.Handle("any", func(v any) string { return fmt.Sprintf("%T", v) })
		a.Handle("string", func(string) string { return "never" })
		a.answering()
		c := a.connect()
		for _, row := range []struct{ packet, ack string }{
			{`451-1["bytes",{"_placeholder":true,"num":0}]`, `431["abc"]`},
			{`451-2["struct",{"name":"n","data":{"_placeholder":true,"num":0}}]`, `432["nabc"]`},
			{`451-3["array",{"_placeholder":true,"num":0}]`, `433["abc"]`},
			{`451-4["any",{"_placeholder":true,"num":0}]`, `434["[]uint8"]`},
			{`451-5["string",{"_placeholder":true,"num":0}]`, ``},
		} {
			c.Send(row.packet)
			c.SendBinary([]byte("abc"))
			if row.ack != "" {
				c.Expect(row.ack)
			}
		}
		c.open()
	})
}

// The signature of a handler that is refused, and the sentence that says why.
func TestBadHandlersPanic(t *testing.T) {
	const on = `socketio: handler of "e": `
	var nilMessage func(*socketio.Message)
	var nilFunc func()
	var nilOther func(string)
	for _, row := range []struct {
		name    string
		handler any
		want    string
	}{
		{"nil", nil, `it is nil`},
		{"nil func(*Message)", nilMessage, `it is nil`},
		{"nil func()", nilFunc, `it is nil`},
		{"nil func(string)", nilOther, `it is nil`},
		{"no func", "text", `it is a string: write a func, such as func(text string)`},
		{
			"context second", func(string, context.Context) {},
			`func(string, context.Context): a context.Context can only be the first parameter`,
		},
		{
			"two contexts", func(_, _ context.Context) {},
			`func(context.Context, context.Context): a context.Context can only be the first parameter`,
		},
		{
			"message and argument", func(*socketio.Message, string) {},
			`func(*socketio.Message, string): a *Message takes the place of all arguments`,
		},
		{
			"argument and message", func(string, *socketio.Message) {},
			`func(string, *socketio.Message): a *Message takes the place of all arguments`,
		},
		{
			"ack first", func(func(), string) {},
			`func(func(), string): a func parameter acknowledges: it is the last one and has no results`,
		},
		{
			"ack with result", func(func() error) {},
			`func(func() error): a func parameter acknowledges: it is the last one and has no results`,
		},
		{
			"ack and result", func(func()) string { return "" },
			`func(func()) string: it acknowledges by a func parameter and by results: choose one`,
		},
		{
			"ack and error", func(func()) error { return nil },
			`func(func()) error: it acknowledges by a func parameter and by results: choose one`,
		},
		{
			"error first", func() (error, string) { return nil, "" }, //nolint:staticcheck // that is the mistake
			`func() (error, string): an error can only be the last result`,
		},
		{
			"duration", func(time.Duration) {},
			`func(time.Duration): a time.Duration has no form in JSON: take a number, such as an int of milliseconds`,
		},
		{"channel", func(chan int) {}, `func(chan int): no argument can be decoded into a chan int`},
		{"complex", func(complex128) {}, `func(complex128): no argument can be decoded into a complex128`},
		{"interface", func(error) {}, `func(error): no argument can be decoded into a error`},
		{"variadic channels", func(...chan int) {}, `func(...chan int): no argument can be decoded into a chan int`},
		{"variadic acks", func(...func()) {}, `func(...func()): no argument can be decoded into a func()`},
		{
			"channel result", func() chan int { return nil },
			`func() chan int: a result of type chan int cannot be an acknowledgement`,
		},
		{
			"func result", func() func() { return nil },
			`func() func(): a result of type func() cannot be an acknowledgement`,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			io := socketio.NewServer(nil)
			equal(t, "Handle", panicText(func() { io.Handle("e", row.handler) }), on+row.want)
			synctest.Test(t, func(t *testing.T) {
				a := serve(t, nil)
				s := a.connect().socket()
				equal(t, "On", panicText(func() { s.On("e", row.handler) }), on+row.want)
				equal(t, "Once", panicText(func() { s.Once("e", row.handler) }), on+row.want)
			})
		})
	}
}

func TestSocketParameterPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		s := a.connect().socket()
		const want = `a *Socket parameter is only for Namespace.Handle, as the first one`
		equal(t, "On", panicText(func() { s.On("e", func(*socketio.Socket) {}) }),
			`socketio: handler of "e": func(*socketio.Socket): `+want)
		equal(t, "Handle, second", panicText(func() { a.Handle("e", func(string, *socketio.Socket) {}) }),
			`socketio: handler of "e": func(string, *socketio.Socket): `+want)
		equal(t, "Handle, behind the context", panicText(func() { a.Handle("e", func(context.Context, *socketio.Socket) {}) }),
			`socketio: handler of "e": func(context.Context, *socketio.Socket): `+want)
	})
}

// Functions of fixed types are checked when they are registered as well: nil would panic later, for each event.
func TestNilFunctionsPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		s := a.connect().socket()
		for what, fn := range map[string]func(){
			"Namespace.Use":          func() { a.Use(nil) },
			"Namespace.OnConnection": func() { a.OnConnection(nil) },
			"OnCreateRoom":           func() { a.OnCreateRoom(nil) },
			"OnDeleteRoom":           func() { a.OnDeleteRoom(nil) },
			"OnJoinRoom":             func() { a.OnJoinRoom(nil) },
			"OnLeaveRoom":            func() { a.OnLeaveRoom(nil) },
			"Socket.Use":             func() { s.Use(nil) },
			"OnError":                func() { s.OnError(nil) },
			"OnDisconnecting":        func() { s.OnDisconnecting(nil) },
			"OnDisconnect":           func() { s.OnDisconnect(nil) },
			"OnAny":                  func() { s.OnAny(nil) },
			"OnAnyOutgoing":          func() { s.OnAnyOutgoing(nil) },
			"PrependAny":             func() { s.PrependAny(nil) },
			"PrependAnyOutgoing":     func() { s.PrependAnyOutgoing(nil) },
		} {
			if text := panicText(fn); !strings.HasPrefix(text, "socketio: ") {
				t.Errorf("%s(nil): panic %q", what, text)
			}
		}
	})
}

// Types of the package that cannot be arguments.
func TestHandlersWithOurTypesPanic(t *testing.T) {
	io := socketio.NewServer(nil)
	for _, handler := range []any{
		func(...*socketio.Message) {}, func(socketio.Args) {}, func(*socketio.Namespace) {},
	} {
		if text := panicText(func() { io.Handle("e", handler) }); !strings.HasPrefix(text, "socketio: handler of ") {
			t.Errorf("%T: panic %q", handler, text)
		}
	}
}
