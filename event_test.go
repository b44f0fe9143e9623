package socketio_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser"
)

// Values travel both ways unchanged.
func TestEventValues(t *testing.T) {
	for _, row := range []struct {
		name, json string
		want       []any
	}{
		{"nothing", ``, []any{}},
		{"string", `,"text"`, []any{"text"}},
		{"empty string", `,""`, []any{""}},
		{"multibyte", `,"utf8 — string てすと Я Б Г Ä ä 👋"`, []any{"utf8 — string てすと Я Б Г Ä ä 👋"}},
		{"escapes", `,"\"\\\n\t"`, []any{"\"\\\n\t"}},
		{"separator of payloads", `,"\u001e"`, []any{"\x1e"}},
		{"integer", `,5`, []any{5.0}},
		{"fraction", `,1.5`, []any{1.5}},
		{"negative", `,-7`, []any{-7.0}},
		{"booleans", `,true,false`, []any{true, false}},
		{"null", `,null`, []any{nil}},
		{"object", `,{"a":{"b":[1,"2",null]}}`, []any{map[string]any{"a": map[string]any{"b": []any{1.0, "2", nil}}}}},
		{"array", `,[],[[]]`, []any{[]any{}, []any{[]any{}}}},
		{"several", `,"a",1,null,{}`, []any{"a", 1.0, nil, map[string]any{}}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.OnConnection(func(s *socketio.Socket) {
				s.On("e", func(args ...any) {
					equal(t, "received", args, row.want)
					if err := s.Emit("e", args...); err != nil {
						t.Error(err)
					}
				})
			})
			c := a.connect()
			c.Send(`42["e"` + row.json + `]`)
			c.Expect(`42["e"` + row.json + `]`)

			p := a.host.Polling()
			p.Post("40")
			p.Get()
			p.Post(`42["e"` + row.json + `]`)
			equal(t, "by polling", p.Get().Body, `42["e"`+row.json+`]`)
		})
	}
}

func TestEventNames(t *testing.T) {
	for _, row := range []struct{ wire, name string }{
		{`"chat message"`, "chat message"},
		{`""`, ""},
		{`"événement 👋"`, "événement 👋"},
		{`"\u0000"`, "\x00"},
		{`1`, "1"},
		{`-0`, "0"},
		{`9007199254740991`, "9007199254740991"},
		{`"message"`, "message"},
		{`"__proto__"`, "__proto__"},
	} {
		bubble(t, row.wire, func(t *testing.T) {
			a := serve(t, nil)
			a.Handle(row.name, func(m *socketio.Message) string { return m.Event })
			c := a.connect()
			c.Send(`421[` + row.wire + `]`)
			name, _ := json.Marshal(row.name)
			c.Expect(`431[` + string(name) + `]`)
		})
	}
}

func TestReservedNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		for _, name := range []string{
			"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
		} {
			isErr(t, "Emit", s.Emit(name), parser.ErrReservedEvent)
			isErr(t, "Broadcast.Emit", a.Emit(name), parser.ErrReservedEvent)
			_, err := s.EmitWithAck(t.Context(), name)
			isErr(t, "EmitWithAck", err, parser.ErrReservedEvent)
			_, err = a.EmitWithAck(t.Context(), name)
			isErr(t, "Broadcast.EmitWithAck", err, parser.ErrReservedEvent)
			for what, fn := range map[string]func(){
				"On":     func() { s.On(name, func() {}) },
				"Once":   func() { s.Once(name, func() {}) },
				"Handle": func() { a.Handle(name, func() {}) },
			} {
				if text := panicText(fn); !strings.HasPrefix(text, fmt.Sprintf("socketio: %q is ", name)) {
					t.Errorf("%s(%q): panic %q", what, name, text)
				}
			}
			other := a.connect()
			other.Send(fmt.Sprintf(`42[%q]`, name)) // Node closes, too
			other.closed()
		}
		equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
		for name, want := range map[string]string{
			"connection": `socketio: "connection" is not an event that clients send: use OnConnection of the namespace`,
			"connect":    `socketio: "connect" is not an event that clients send: use OnConnection of the namespace`,
			"disconnect": `socketio: "disconnect" is not an event that clients send: use OnDisconnect`,
			"error":      `socketio: "error" is not an event that clients send: use OnError`,
		} {
			equal(t, "panic", panicText(func() { s.On(name, func() {}) }), want)
		}
		c.silent()
	})
}

func TestEmitUnencodable(t *testing.T) {
	type loop struct{ Next *loop }
	circular := &loop{}
	circular.Next = circular
	for _, row := range []struct {
		name string
		arg  any
		want error
	}{
		{"func", func() {}, parser.ErrFunc},
		{"channel", make(chan int), nil},
		{"circular", circular, nil},
		{"too many attachments", bytes.SplitAfter(make([]byte, 11), []byte{0}), parser.ErrTooManyAttachments},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			c := a.connect()
			s := c.socket()
			s.OnAnyOutgoing(func(*socketio.Message) { t.Error("OnAnyOutgoing was told") })
			_, ackErr := s.EmitWithAck(t.Context(), "e", row.arg)
			for what, err := range map[string]error{
				"Emit": s.Emit("e", row.arg), "broadcast": a.Emit("e", row.arg), "EmitWithAck": ackErr,
			} {
				if err == nil || row.want != nil && !errors.Is(err, row.want) {
					t.Errorf("%s: error %v", what, err)
				}
			}
			c.silent()
			equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
		})
	}
}

func TestBinary(t *testing.T) {
	const ph = `{"_placeholder":true,"num":%d}`
	p := func(n int) string { return fmt.Sprintf(ph, n) }
	for _, row := range []struct {
		name, json  string
		attachments []string
		want        []any
	}{
		{"argument", p(0), []string{"abc"}, []any{[]byte("abc")}},
		{"empty", p(0), []string{""}, []any{[]byte{}}},
		{"two", p(0) + "," + p(1), []string{"a", "b"}, []any{[]byte("a"), []byte("b")}},
		{"mixed", `"x",` + p(0) + `,1`, []string{"a"}, []any{"x", []byte("a"), 1.0}},
		{
			"deep", `{"a":[{"b":` + p(0) + `}]}`,
			[]string{"a"},
			[]any{map[string]any{"a": []any{map[string]any{"b": []byte("a")}}}},
		},
		{"not text", p(0), []string{"\x00\xff\xfe4"}, []any{[]byte("\x00\xff\xfe4")}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.OnConnection(func(s *socketio.Socket) {
				s.On("e", func(args ...any) {
					equal(t, "received", args, row.want)
					if err := s.Emit("e", args...); err != nil {
						t.Error(err)
					}
				})
			})
			text := fmt.Sprintf(`5%d-["e",%s]`, len(row.attachments), row.json)
			c := a.connect()
			c.Send("4" + text)
			for _, b := range row.attachments {
				c.SendBinary([]byte(b))
			}
			c.Expect("4" + text)
			for _, b := range row.attachments {
				equal(t, "attachment", string(c.Binary()), b)
			}
		})
	}
}

func TestBinaryByPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.OnConnection(func(s *socketio.Socket) {
			s.On("message", func(b []byte, text string) { _ = s.Send(text, b) })
		})
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		p.Post(`451-["message",{"_placeholder":true,"num":0},"x"]`, "bAQIDBA==")
		equal(t, "poll", p.Poll(), []string{`451-["message","x",{"_placeholder":true,"num":0}]`, "bAQIDBA=="})
	})
}

// Arguments are encoded before Emit returns: the caller may go on with them.
func TestEmitTakesNoSlices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		b, m := []byte("before"), map[string]any{"k": "before"}
		for s := range a.Sockets() {
			_ = s.Emit("e", b, m)
			_ = a.Emit("e", b, m)
		}
		copy(b, "after!")
		m["k"] = "after"
		want := []string{`451-["e",{"_placeholder":true,"num":0},{"k":"before"}]`, "bYmVmb3Jl"}
		equal(t, "poll", p.Poll(), append(want, want...))
	})
}

func TestLargeEvents(t *testing.T) {
	for _, row := range []struct {
		name string
		size int
	}{{"64 KiB", 64 << 10}, {"nearly the limit", 999_900}} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.OnConnection(func(s *socketio.Socket) {
				s.On("e", func(text string) { _ = s.Emit("text", text) })
				s.On("b", func(b []byte) { _ = s.Emit("binary", b) })
			})
			c := a.connect()
			text := strings.Repeat("é", row.size/2)
			c.Send(`42["e","` + text + `"]`)
			c.Expect(`42["text","` + text + `"]`)
			c.Send(`451-["b",{"_placeholder":true,"num":0}]`)
			data := bytes.Repeat([]byte{0, 255}, row.size/2)
			c.SendBinary(data)
			c.Expect(`451-["binary",{"_placeholder":true,"num":0}]`)
			if !bytes.Equal(c.Binary(), data) {
				t.Error("the bytes have changed")
			}
		})
	}
}

// Events keep their order, thousands of them, also those right behind the CONNECT answer.
func TestOrder(t *testing.T) {
	const n = 5000
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		next := 0
		a.OnConnection(func(s *socketio.Socket) {
			s.On("e", func(i int) {
				if i != next {
					t.Errorf("got event %d, want %d", i, next)
				}
				next = i + 1
				_ = s.Emit("e", i)
			})
		})
		c := a.dial()
		c.Send("40")
		c.joined("/")
		go func() { // ends when all is written
			batch := make([]string, 0, 100)
			for i := range n {
				if batch = append(batch, fmt.Sprintf(`42["e",%d]`, i)); len(batch) == cap(batch) {
					c.Send(batch...)
					batch = batch[:0]
				}
			}
		}()
		for i := range n {
			c.Expect(fmt.Sprintf(`42["e",%d]`, i))
		}
	})
}

// OnConnection runs before the first event, however slow it is and however early the event comes.
func TestEventsRightAfterConnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		gate := make(chan struct{})
		a.OnConnection(func(s *socketio.Socket) {
			_ = s.Emit("hello")
			<-gate
			s.On("e", func(i int) int { return i })
		})
		c := a.connect()
		c.Expect(`42["hello"]`)
		for i := range 100 {
			c.Send(fmt.Sprintf(`42%d["e",%d]`, i, i))
		}
		synctest.Wait()
		close(gate)
		for i := range 100 {
			c.Expect(fmt.Sprintf(`43%d[%d]`, i, i))
		}
	})
}

func TestNumbersAreExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("int", func(i int64) int64 { return i })
		a.Handle("uint", func(i uint64) uint64 { return i })
		a.Handle("number", func(n json.Number) json.Number { return n })
		c := a.connect()
		c.Send(`421["int",-9223372036854775808]`, `422["uint",18446744073709551615]`,
			`423["number",9007199254740993]`)
		c.Expect(`431[-9223372036854775808]`, `432[18446744073709551615]`, `433[9007199254740993]`)
		_ = c.socket().Emit("e", int64(math.MaxInt64))
		c.Expect(`42["e",9223372036854775807]`)
	})
}
