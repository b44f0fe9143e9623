package socketio_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser"
	"github.com/socketio-go/socketio/parser/msgpack"
)

func serveMsgpack(t *testing.T, opts socketio.ServerOptions) *app {
	t.Helper()
	opts.Parser = msgpack.Codec{}
	return serve(t, &opts)
}

// A packed client speaks msgpack.
type packed struct {
	*client
	SID string `json:"sid"`
	PID string `json:"pid"`
}

func (a *app) packed(namespace string) packed {
	a.t.Helper()
	p := packed{client: a.dial()}
	p.join(namespace)
	return p
}

func (p *packed) join(namespace string) {
	p.TB.Helper()
	b, err := msgpack.Codec{}.AppendConnect(nil, namespace, nil)
	if err != nil {
		p.TB.Fatal(err)
	}
	p.SendBinary(b)
	answer := p.packet()
	if answer.Type != parser.Connect || answer.Namespace != namespace || json.Unmarshal(answer.Data, p) != nil {
		p.TB.Fatalf("answer to CONNECT: %+v", answer)
	}
	p.ids[namespace] = p.SID
}

func (p *packed) emit(namespace, event string, args ...any) {
	p.TB.Helper()
	b, _, err := msgpack.Codec{}.AppendEvent(nil, namespace, 7, true, event, args)
	if err != nil {
		p.TB.Fatal(err)
	}
	p.SendBinary(b)
}

func (p *packed) packet() parser.Packet {
	p.TB.Helper()
	packet, _, err := msgpack.NewDecoder(nil).Binary(p.Binary())
	if err != nil {
		p.TB.Fatal(err)
	}
	return packet
}

// expect reads a packet and compares it, written as type namespace id event [arguments].
func (p *packed) expect(want string) {
	p.TB.Helper()
	if got := describe(p.packet()); got != want {
		p.TB.Errorf("got %s, want %s", got, want)
	}
}

func describe(p parser.Packet) string {
	args := make([]string, p.Args.Len())
	for i := range args {
		var v any
		if p.Args.Decode(i, &v) == nil {
			args[i] = fmt.Sprint(v)
		}
	}
	return fmt.Sprintf("%v %s %d %s [%s]%s", p.Type, p.Namespace, p.ID, p.Event, strings.Join(args, " "), p.Data)
}

func TestMsgpack(t *testing.T) {
	bubble(t, "events and acknowledgements", func(t *testing.T) {
		a := serveMsgpack(t, socketio.ServerOptions{})
		a.Of("/n").Handle("sum", func(x, y int, b []byte) (int, []byte) { return x + y, b })
		c := a.packed("/n")
		c.emit("/n", "sum", 1, 2, []byte("bin"))
		c.expect("ACK /n 7  [3 [98 105 110]]")
		_ = a.Of("/n").Emit("all", map[string]any{"deep": []any{[]byte{1}}})
		c.expect("EVENT /n 0 all [map[deep:[[1]]]]")

		s := c.socket("/n")
		answers := make(chan string, 1)
		go func() { // ends with the answer
			args, err := s.EmitWithAck(context.Background(), "ask", "?")
			answers <- fmt.Sprint(args.Len(), err)
		}()
		ask := c.packet()
		b, _, _ := msgpack.Codec{}.AppendAck(nil, "/n", ask.ID, []any{"!", []byte{1}})
		c.SendBinary(b)
		equal(t, "answer", <-answers, "2 <nil>")
		s.Disconnect(false)
		c.expect("DISCONNECT /n 0  []")
	})

	bubble(t, "ConnectError", func(t *testing.T) {
		a := serveMsgpack(t, socketio.ServerOptions{})
		a.Use(func(*socketio.Socket) error { return &socketio.ConnectError{Message: "no", Data: 401} })
		c := packed{client: a.dial()}
		b, _ := msgpack.Codec{}.AppendConnect(nil, "/", nil)
		c.SendBinary(b)
		c.expect(`CONNECT_ERROR / 0  []{"message":"no","data":401}`)
	})

	bubble(t, "OnAnyOutgoing and SetArgs", func(t *testing.T) {
		a := serveMsgpack(t, socketio.ServerOptions{})
		j := &journal{}
		a.OnConnection(func(s *socketio.Socket) {
			s.OnAnyOutgoing(func(m *socketio.Message) {
				var b []byte
				err := m.Scan(&b)
				j.add("%s %q %v", m.Event, b, err)
			})
			s.Use(func(m *socketio.Message) error { return m.SetArgs([]byte("set")) })
			s.On("echo", func(b []byte) { _ = s.Emit("echo", b) })
		})
		c := a.packed("/")
		c.emit("/", "echo", 1)
		c.expect("EVENT / 0 echo [[115 101 116]]")
		_ = a.Emit("all", []byte("x"))
		c.expect("EVENT / 0 all [[120]]")
		j.expect(t, `echo "set" <nil>`, `all "x" <nil>`)
	})

	bubble(t, "SetArgs with as much binary data as may arrive", func(t *testing.T) {
		a := serveMsgpack(t, socketio.ServerOptions{})
		a.OnConnection(func(s *socketio.Socket) {
			s.Use(func(m *socketio.Message) error { return m.SetArgs(binary(20)) })
			s.On("count", func(all [][]byte) int { return len(all) })
		})
		c := a.packed("/")
		c.emit("/", "count")
		c.expect("ACK / 7  [20]")
	})

	bubble(t, "recovery", func(t *testing.T) {
		a := serveMsgpack(t, socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}})
		c := a.packed("/")
		_ = a.Emit("hi", []byte("~~~~~~~~~~"), "~~~~~~~~~~")
		c.expect("EVENT / 0 hi [[126 126 126 126 126 126 126 126 126 126] ~~~~~~~~~~ 0000000001]")
		c.Close()
		synctest.Wait()
		_ = a.Emit("missed")
		back := packed{client: a.dial()}
		b, _ := msgpack.Codec{}.AppendConnect(nil, "/", map[string]string{"pid": c.PID, "offset": "0000000001"})
		back.SendBinary(b)
		back.expect("EVENT / 0 missed [0000000002]")
		equal(t, "answer", describe(back.packet()), fmt.Sprintf(`CONNECT / 0  []{"sid":%q,"pid":%q}`, c.SID, c.PID))
	})
}

func binary(n int) (list [][]byte) {
	for i := range n {
		list = append(list, []byte{byte(i)})
	}
	return list
}

// A client that uses another parser than the server is told nothing it could understand; its connection ends at once.
func TestWrongParser(t *testing.T) {
	for _, row := range []struct {
		name   string
		parser parser.Codec
		send   func(*client)
	}{
		{"JSON to msgpack", msgpack.Codec{}, func(c *client) { c.Send("40") }},
		{"attachment to msgpack", msgpack.Codec{}, func(c *client) { c.SendBinary([]byte{1, 2}) }},
		{"msgpack to JSON", nil, func(c *client) {
			b, _ := msgpack.Codec{}.AppendConnect(nil, "/", nil)
			c.SendBinary(b)
		}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{Parser: row.parser})
			c := a.dial()
			start := time.Now()
			row.send(c)
			c.closed()
			synctest.Wait()
			equal(t, "time", time.Since(start), 0*time.Second)
			if n := len(a.logs.lines("session closed", `reason="parse error"`)); n != 1 {
				t.Errorf("logged %d times:\n%s", n, a.logs)
			}
		})
	}
}
