package interop

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// shapes are arguments that survive the way to the other end and back.
func shapes() map[string][]any {
	big := strings.Repeat("0123456789abcdé", 1<<16) // 1 MiB
	file := bytes.Repeat([]byte{0, 1, 0x7f, 0x80, 0xff, 0x1e, '"', '\n'}, 1<<17)
	return map[string][]any{
		"none":            {},
		"null":            {nil},
		"booleans":        {true, false},
		"numbers":         {0.0, -1.0, 1.5, -2.5e-7, 9007199254740991.0},
		"texts":           {"", "a", "\"\\/\b\f\n\r\t\x00", "\u2028\u2029", "a\x1eb", "[1]", "0{\"a\":1}"},
		"several scripts": {"ähm€", "てすと", "Я Б Г Д Ж Й", "utf8 — string", "Ä ä Ü ü ß", "👍🏽👩‍👩‍👧", "שלום", "\U0010ffff"},
		"nested": {map[string]any{
			"a": []any{1.0, []any{}, map[string]any{"b": nil, "": "empty name"}}, "ключ": map[string]any{},
		}},
		"like a placeholder": {map[string]any{"_placeholder": "true", "num": 0.0}},
		"bytes":              {[]byte{0, 1, 2, 0xff}},
		"no bytes":           {[]byte{}},
		"bytes at depth": {
			"a", []byte("one"),
			map[string]any{"b": []any{[]byte("two"), map[string]any{"c": []byte("three")}, 4.0}, "text": "ü"},
			[]any{[]any{[]byte("four")}},
		},
		"large text":  {big},
		"large bytes": {file},
		"larger":      {map[string]any{"files": []any{file[:100_000], "and", file[:1000]}, "text": big[:100_000]}},
	}
}

func TestGoClientEvents(t *testing.T) {
	for _, variant := range []struct {
		name  string
		setup officialSetup
		opts  socketio.ClientOptions
	}{
		{"json", officialSetup{}, socketio.ClientOptions{}},
		{"base64", officialSetup{}, socketio.ClientOptions{ForceBase64: true}},
		{"msgpack", officialSetup{Parser: "msgpack"}, socketio.ClientOptions{Parser: msgpack.Codec{}}},
	} {
		t.Run(variant.name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				variant.setup.Options = map[string]any{"maxHttpBufferSize": 10_000_000}
				c := newOfficial(t, variant.setup).client(t, m, &variant.opts)
				echoes := make(chan []any, 1)
				c.On("echo", func(args ...any) { echoes <- args })
				c.On("question", func(args ...any) []any { return args })
				c.connect()
				for name, args := range shapes() {
					if variant.name != "json" && strings.HasPrefix(name, "large ") {
						continue // the machine may be slow
					}
					t.Run(name, func(t *testing.T) { echo(t, c, echoes, args) })
				}
				c.settled()
			})
		})
	}
}

// echo sends arguments there and back: as an event, as an acknowledgement, and as an acknowledgement of ours.
func echo(t *testing.T, c *goClient, echoes <-chan []any, args []any) {
	if err := c.Emit("echo", args...); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, "echo", echoes); !same(got, args) {
		t.Errorf("the event came back as %.300v", got)
	}
	answer, err := c.Timeout(patience).EmitWithAck(t.Context(), "echo", args...)
	if err != nil {
		t.Fatal(err)
	}
	if got := values(answer); !same(got, args) {
		t.Errorf("the acknowledgement is %.300v", got)
	}
	answer, err = c.Timeout(patience).EmitWithAck(t.Context(), "ask", append([]any{"question"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	got := values(answer)
	if got[0] != "answered" {
		t.Fatal(got...)
	}
	// Our handler's only result is the list.
	if list, ok := got[1].([]any); !ok || !same(list, args) {
		t.Errorf("the answer to the server came back as %.300v", got[1:])
	}
}

// same compares values as they are decoded into an any, where msgpack has integers.
func same(got, want []any) bool { return reflect.DeepEqual(plain(got), plain(want)) }

func plain(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]any:
		m := map[string]any{}
		for name, value := range v {
			m[name] = plain(value)
		}
		return m
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	case int:
		return float64(v)
	}
	return v
}

// TestGoClientOrder sends numbers both ways while the connection is upgraded.
func TestGoClientOrder(t *testing.T) {
	for _, parser := range []string{"", "msgpack"} {
		t.Run(parser, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				const n = 3000
				opts := &socketio.ClientOptions{}
				if parser != "" {
					opts.Parser = msgpack.Codec{}
				}
				c := newOfficial(t, officialSetup{Parser: parser}).client(t, m, opts)
				all := make(chan struct{})
				var got []int // of the handler until all is closed
				c.On("n", func(n1 int, bytes []byte) {
					if n1 < 0 {
						n1 = int(bytes[0])<<8 | int(bytes[1])
					}
					if got = append(got, n1); len(got) == n {
						close(all)
					}
				})
				c.connect()
				c.Emit("send numbers", n)
				want := make([]int, n)
				for i := range n {
					want[i] = i
					args := []any{i}
					if i%50 == 7 {
						args = []any{-1, []byte{byte(i >> 8), byte(i)}}
					}
					if err := c.Emit("n", args...); err != nil {
						t.Fatal(err)
					}
				}
				if got := askFor[[]int](c, "numbers"); !slices.Equal(got, want) {
					t.Errorf("the server got %d numbers of %d, or not in order", len(got), n)
				}
				receive(t, "last number", all)
				if !slices.Equal(got, want) {
					t.Error("the client got the numbers in another order")
				}
				c.settled()
				last := m.transports[len(m.transports)-1]
				eventually(t, "upgrade at the server", func() bool { return askFor[string](c, "transport") == last })
			})
		})
	}
}

func TestGoClientAcks(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		c := newOfficial(t, officialSetup{}).client(t, m, &socketio.ClientOptions{AckTimeout: 50 * time.Millisecond})
		c.On("fail", func() error { return &socketio.AckError{Message: "no", Data: 7} })
		c.On("later", func(n int, ack func(...any)) { time.AfterFunc(time.Millisecond, func() { ack(n, []byte{1}) }) })
		c.connect()

		var first, second string
		var object struct {
			Date string `json:"date"`
		}
		c.ask([]any{&first, &object}, "date")
		if first != "1970-01-01T00:00:00.000Z" || object.Date != "1970-01-01T00:00:00.001Z" {
			t.Errorf("dates: %q, %q", first, object.Date)
		}
		if askFor[bool](c, "echo", false) {
			t.Error("false came back as true")
		}
		var n int
		var file []byte
		c.ask([]any{&first, &n, &file}, "ask", "later", 3)
		if first != "answered" || n != 3 || len(file) != 1 {
			t.Errorf("a late answer: %q, %d, %v", first, n, file)
		}
		var failure struct {
			Error struct {
				Message string `json:"message"`
				Data    int    `json:"data"`
			} `json:"error"`
		}
		c.ask([]any{&second, &failure}, "ask", "fail")
		if failure.Error.Message != "no" || failure.Error.Data != 7 {
			t.Errorf("a failure: %+v", failure)
		}
		if _, err := c.EmitWithAck(t.Context(), "never"); !errors.Is(err, socketio.ErrAckTimeout) {
			t.Errorf("AckTimeout: %v", err)
		}
		if _, err := c.Timeout(time.Millisecond).EmitWithAck(t.Context(), "never"); !errors.Is(err, socketio.ErrAckTimeout) {
			t.Errorf("Timeout: %v", err)
		}
		if id := askFor[string](c, "id"); id != c.ID() {
			t.Errorf("the server's id is %q, the client's %q", id, c.ID())
		}

		errs := make(chan error, 1)
		go func() { // ends with the connection
			_, err := c.Timeout(patience).EmitWithAck(t.Context(), "never")
			errs <- err
		}()
		c.Emit("kick", false)
		if err := receive(t, "result of EmitWithAck", errs); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("after the disconnection: %v", err)
		}
	})
}

func TestGoClientCatchAll(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		c := newOfficial(t, officialSetup{}).client(t, m, nil)
		log := make(chan string, 100)
		tell := func(what string) func(*socketio.Message) {
			return func(m *socketio.Message) {
				var text string
				var file []byte
				must(m.Scan(&text, &file))
				log <- what + " " + m.Event + " " + text + string(file)
			}
		}
		c.OnAny(tell("second"))
		offAny := c.PrependAny(tell("first"))
		c.OnAnyOutgoing(tell("out second"))
		offOut := c.PrependAnyOutgoing(tell("out first"))
		c.On("echo", func(text string) { log <- "handler " + text })
		c.connect()
		expect := func(lines ...string) {
			t.Helper()
			for _, want := range lines {
				if got := receive(t, want, log); got != want {
					t.Fatalf("got %q, want %q", got, want)
				}
			}
		}
		c.Emit("echo", "a", []byte("b"))
		expect("out first echo ab", "out second echo ab", "first echo ab", "second echo ab", "handler a")
		offAny()
		offOut()
		c.Emit("echo", "c", []byte{})
		expect("out second echo c", "second echo c", "handler c")
		c.Once("message", func(text string) { log <- "message " + text })
		c.Send("d", []byte{})
		expect("out second message d", "second message d", "message d")
	})
}

func TestGoClientCompression(t *testing.T) {
	for _, m := range modes[1:] {
		t.Run(m.name, func(t *testing.T) {
			o := newOfficial(t, officialSetup{Options: map[string]any{"perMessageDeflate": true}})
			c := o.client(t, m, &socketio.ClientOptions{PerMessageDeflate: true})
			texts := make(chan string, 1)
			c.On("compressed", func(text string) { texts <- text })
			c.connect()
			c.settled()
			text := strings.Repeat("compress me ü ", 50_000) // 750 kB
			for _, compress := range []bool{true, false} {
				before := c.Conn().Received()
				if err := c.Compress(compress).Emit("compressed", text); err != nil {
					t.Fatal(err)
				}
				if got := receive(t, "event", texts); got != text {
					t.Error("the text is not what was sent")
				}
				if n := c.Conn().Received() - before; n > 100_000 {
					t.Errorf("the server has sent %d bytes", n)
				}
			}
			file := bytes.Repeat([]byte{1, 2, 3}, 10_000)
			if got := askFor[[]byte](c, "echo", file); !bytes.Equal(got, file) {
				t.Error("the bytes are not what was sent")
			}
			var offered bool
			for _, r := range o.requests(t) {
				offered = offered || strings.Contains(r.Headers["sec-websocket-extensions"], "permessage-deflate")
			}
			if !offered {
				t.Error("it was not offered")
			}
		})
	}
}

func TestGoClientTooLarge(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{Options: map[string]any{"maxHttpBufferSize": 10_000}})
		c := o.client(t, m, nil)
		c.connect()
		c.settled()
		for range 3 {
			if err := c.Emit("echo", strings.Repeat("x", 10_000)); !errors.Is(err, socketio.ErrTooLarge) {
				t.Fatalf("Emit: %v", err)
			}
			_, err := c.EmitWithAck(t.Context(), "echo", make([]byte, 20_000))
			if !errors.Is(err, socketio.ErrTooLarge) {
				t.Fatalf("EmitWithAck: %v", err)
			}
		}
		// Just as much as is allowed: what is around the text has 16 bytes.
		for range 20 {
			if err := c.Emit("note", strings.Repeat("x", 9900)); err != nil {
				t.Fatal(err)
			}
		}
		askFor[string](c, "id")
		if n := len(o.seen(t, "note")); n != 20 {
			t.Errorf("the server got %d of 20 events", n)
		}
		if n := len(o.seen(t, "disconnect")); n != 0 {
			t.Error("the connection was lost")
		}
	})
}

func TestGoClientVolatile(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, nil)
		if err := c.Volatile().Emit("note", "before"); err == nil {
			t.Error("sent without a connection")
		}
		c.connect()
		c.settled()
		eventually(t, "a volatile event that is sent", func() bool {
			switch err := c.Volatile().Emit("note", "now"); {
			case err == nil:
				return true
			case !errors.Is(err, socketio.ErrDropped):
				t.Fatal(err)
			}
			return false
		})
		o.waitFor(t, "note", 1)
		sent := 0
		for range 100 {
			if c.Volatile().Emit("note", "now", strings.Repeat("x", 10_000)) == nil {
				sent++
			}
		}
		askFor[string](c, "id")
		if n := len(o.seen(t, "note")); n != 1+sent {
			t.Errorf("the server got %d events, %d were sent", n, 1+sent)
		}
	})
}
