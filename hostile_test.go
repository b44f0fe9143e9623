package socketio_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// What a hostile client sends after its CONNECT, and what it gets: threats.md, T40 to T46. bin are attachments.
func TestHostilePackets(t *testing.T) {
	const ph = `{"_placeholder":true,"num":%s}`
	bin := func(n int) [][]byte { return make([][]byte, n) }
	placeholder := func(num string) string { return `451-["h",` + fmt.Sprintf(ph, num) + `]` }
	for _, row := range []struct {
		name, text string
		bin        [][]byte
		kept       bool
	}{
		// T40: attachment counts
		{"count 0", `450-["a"]`, nil, false}, // as socket.io-parser 4.2.7; 4.2.6 dispatches it
		{"count over the limit", `4511-["a"]`, nil, false},
		{"count at the limit", `4510-["a"]`, bin(10), true},
		{"huge count", `45999999999999-["a"]`, nil, false},
		{"count not a number", `45-1-["a"]`, nil, false},
		{"fractional count", `451.5-["a"]`, nil, false},
		{"count without dash", `451`, nil, false},
		{"no count", `45-["a"]`, nil, false},
		{"ack with count 0", `460-1["a"]`, nil, false},
		// T41: placeholders
		{"placeholder splice", placeholder(`"splice"`), bin(1), false},
		{"placeholder -1", placeholder(`-1`), bin(1), false},
		{"placeholder 1e9", placeholder(`1e9`), bin(1), false},
		{"placeholder 0.5", placeholder(`0.5`), bin(1), false}, // Node: undefined
		{"placeholder out of range", placeholder(`1`), bin(1), false},
		{"placeholder without num", `451-["h",{"_placeholder":true}]`, bin(1), false},
		{"same attachment twice", `451-["h",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]`, bin(1), true},
		{"not a placeholder", `451-["h",{"_placeholder":"true","num":7}]`, bin(1), true},
		{"placeholder without attachments", `42["h",{"_placeholder":true,"num":0}]`, nil, true},
		// T42: attachments out of place
		{"binary without a header", `42["h"]`, bin(1), false},
		{"more attachments than announced", placeholder(`0`), bin(2), false},
		// T43: names of events
		{"connect", `42["connect"]`, nil, false},
		{"connect_error", `42["connect_error"]`, nil, false},
		{"disconnect", `42["disconnect"]`, nil, false},
		{"disconnecting", `42["disconnecting"]`, nil, false},
		{"newListener", `42["newListener"]`, nil, false},
		{"removeListener", `42["removeListener"]`, nil, false},
		{"escaped reserved name", `42["\u0063onnect"]`, nil, false},
		{"object as name", `42[{"toString":"foo"}]`, nil, false},
		{"array as name", `42[["a"]]`, nil, false},
		{"null as name", `42[null]`, nil, false},
		{"boolean as name", `42[true]`, nil, false},
		{"no name", `42[]`, nil, false},
		{"object", `42{}`, nil, false},
		{"string", `42"x"`, nil, false},
		{"number as name", `42[1]`, nil, true},
		{"no data", `42`, nil, true}, // ignored
		{"no data, but an id", `421`, nil, true},
		{"other events of Node's emitters", `42["error","x"]`, nil, true},
		// T44: packets out of place
		{"unknown type", `49`, nil, false},
		{"empty packet", `4`, nil, false},
		{"DISCONNECT with payload", `41{"a":1}`, nil, false},
		{"CONNECT with array", `40/dyn,[1]`, nil, false},
		{"CONNECT with string", `40/dyn,"x"`, nil, false},
		{"CONNECT with broken JSON", `40/dyn,{"a"`, nil, false},
		{"second CONNECT", `40`, nil, false},
		{"event in a namespace not joined", `42/dyn,["h"]`, nil, false},
		{"CONNECT_ERROR", `44{"message":"x"}`, nil, false},
		{"CONNECT_ERROR, text", `44"x"`, nil, false},
		{"CONNECT_ERROR, array", `44[]`, nil, false},
		{"trailing bytes", `42["h"]x`, nil, false},
		{"white space", "42[ \"h\" , 1 ]\n", nil, true},
		// T45: acknowledgements
		{"id with 21 digits", `42111111111111111111111["h"]`, nil, false}, // Node: Infinity
		{"ack that nobody waits for", `43999["x"]`, nil, true},
		{"ack that is no array", `431{"a":1}`, nil, false},
		{"ack without id", `43["x"]`, nil, true},
		{"negative id", `42-1["h"]`, nil, false},
		// T46: JSON
		{"broken", `42["h",`, nil, false},
		{"not JSON", `42["h",undefined]`, nil, false},
		{"single quotes", `42['h']`, nil, false},
		{"nesting of 9,000", `42["h",` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `]`, nil, true},
		{"nesting of 400,000", `42["h",` + strings.Repeat("[", 400_000), nil, false},
		{"nesting of 400,000, closed", `42["h",` + strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000) + `]`, nil, false},
		{"same name many times", `42["h",{` + strings.Repeat(`"a":1,`, 150_000) + `"a":1}]`, nil, true},
		{"number out of range", `42["h",1e999]`, nil, true}, // until it is decoded
		{"lone surrogate", `42["h","\ud800"]`, nil, true},
		{"NUL in a name", `42["\u0000",{"\u0000":1}]`, nil, true},
		{"raw control character", "42[\"h\x01\"]", nil, false},
		{"__proto__", `42["h",{"__proto__":{"p":1},"constructor":{"prototype":{}}}]`, nil, true},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.answering()
			a.Of("/dyn")
			var j journal
			a.OnConnection(func(s *socketio.Socket) {
				s.On("h", func(args ...any) {}) // decodes everything
				s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
			})
			c, other := a.connect(), a.connect()
			c.Send(row.text)
			for _, b := range row.bin {
				_, _ = c.Conn.Write(wiretest.Frame(2, b)) // may be closed already
			}
			if row.kept {
				c.open()
			} else {
				c.closed()
				j.expect(t, "parse error")
				if n := len(a.logs.lines("session closed", `reason="parse error"`)); n != 1 {
					t.Errorf("logged %d times", n)
				}
			}
			other.open()
		})
	}
}

// A text where an attachment is due, and a header before CONNECT (threats, T42).
func TestHostileSequences(t *testing.T) {
	const header = `451-["h",{"_placeholder":true,"num":0}]`
	bubble(t, "text while attachments are pending", func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		c.Send(header, `42["h"]`)
		c.closed()
	})
	bubble(t, "ping answer while attachments are pending", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("h", func(b []byte) string { return string(b) })
		c := a.connect()
		c.Send(`451-1["h",{"_placeholder":true,"num":0}]`, "3")
		c.SendBinary([]byte("x"))
		c.Expect(`431["x"]`)
	})
	bubble(t, "header before CONNECT", func(t *testing.T) {
		a := serve(t, nil)
		c := a.dial()
		c.Send(header)
		c.SendBinary([]byte("x"))
		c.closed()
	})
	bubble(t, "binary before CONNECT", func(t *testing.T) {
		a := serve(t, nil)
		c := a.dial()
		c.SendBinary([]byte("x"))
		c.closed()
	})
	bubble(t, "attachments over the limit together", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxPayload: 1000})
		c := a.connect()
		c.Send(`452-["h",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
		c.SendBinary(make([]byte, 600))
		c.SendBinary(make([]byte, 600))
		c.closed()
	})
	bubble(t, "half-received and gone", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("h", func() { t.Error("handled") })
		c := a.connect()
		c.Send(header)
		synctest.Wait()
		c.Close()
		synctest.Wait()
		equal(t, "connections", a.ConnectionCount(), 0)
		time.Sleep(time.Minute) // fake time
	})
}

// Attachments that make no progress for ten seconds close the connection (threats, T42); slow ones do not.
func TestPartialPackets(t *testing.T) {
	const header = `452-1["h",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`
	setup := func(t *testing.T) (*app, *client) {
		a := serve(t, &socketio.ServerOptions{PingInterval: time.Hour})
		a.answering()
		a.Handle("h", func(a, b []byte) string { return string(a) + string(b) })
		return a, a.connect()
	}
	bubble(t, "silence", func(t *testing.T) {
		_, c := setup(t)
		start := time.Now()
		c.Send(header)
		c.closed()
		equal(t, "time", time.Since(start).Round(time.Second), 10*time.Second)
	})
	bubble(t, "silence after the first", func(t *testing.T) {
		_, c := setup(t)
		start := time.Now()
		c.Send(header)
		time.Sleep(9 * time.Second) // fake time
		c.SendBinary(make([]byte, 2000))
		c.closed()
		if took := time.Since(start).Round(time.Second); took < 19*time.Second || took > 20*time.Second {
			t.Errorf("closed after %v", took)
		}
	})
	bubble(t, "trickling", func(t *testing.T) {
		_, c := setup(t)
		start := time.Now()
		c.Send(header)
		for range 9 {
			time.Sleep(time.Second) // fake time
			c.Send("3")
		}
		c.closed()
		equal(t, "time", time.Since(start).Round(time.Second), 10*time.Second)
	})
	bubble(t, "no end", func(t *testing.T) {
		_, c := setup(t)
		start := time.Now()
		c.Send(header)
		frame := wiretest.Frame(2, make([]byte, 900_000))
		for i := 0; ; i += 2000 {
			if _, err := c.Conn.Write(frame[i : i+2000]); err != nil {
				break
			}
			time.Sleep(time.Second) // fake time
		}
		if took := time.Since(start); took < 5*time.Minute || took > 6*time.Minute {
			t.Errorf("closed after %v", took)
		}
	})
	bubble(t, "by polling", func(t *testing.T) {
		a, _ := setup(t)
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		p.Post(header)
		start := time.Now()
		equal(t, "poll", p.Get().Body, "1")
		if took := time.Since(start).Round(time.Second); took < 10*time.Second || took > 20*time.Second {
			t.Errorf("closed after %v", took)
		}
	})
	bubble(t, "slow, but coming", func(t *testing.T) {
		_, c := setup(t)
		c.Send(header)
		for _, part := range []string{strings.Repeat("a", 9000), strings.Repeat("b", 9000)} {
			for chunk := range slices.Chunk(wiretest.Frame(2, []byte(part)), 1200) { // every 6 s
				time.Sleep(6 * time.Second) // fake time
				c.SendRaw(chunk)
			}
		}
		if got := c.Text(); !strings.HasPrefix(got, `431["aaa`) {
			t.Errorf("got %.20q", got)
		}
		time.Sleep(20 * time.Second) // fake time
		c.open()
	})
	bubble(t, "complete in the moment of the check", func(t *testing.T) {
		a, _ := setup(t)
		var clients []*client
		for range 100 {
			c := a.connect()
			clients = append(clients, c)
			c.Send(header)
		}
		time.Sleep(5 * time.Second) // fake time
		for _, c := range clients {
			c.SendBinary(make([]byte, 2000)) // so that the check after ten seconds is content
		}
		time.Sleep(5 * time.Second) // fake time
		for _, c := range clients {
			c.SendBinary([]byte("b"))
			c.Text()
		}
		time.Sleep(time.Minute) // fake time
		for _, c := range clients {
			c.open()
		}
	})
	bubble(t, "one after the other", func(t *testing.T) {
		_, c := setup(t)
		for range 5 { // each in time, though the timer of the first may still run
			c.Send(header)
			time.Sleep(4 * time.Second) // fake time
			c.SendBinary([]byte("a"))
			c.SendBinary([]byte("b"))
			c.Text()
		}
		c.open()
	})
}

// Texts with invalid UTF-8 end at the WebSocket; by polling they are replaced, as Node does.
func TestInvalidUTF8(t *testing.T) {
	bubble(t, "WebSocket", func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		c.SendRaw(wiretest.Frame(1, []byte("42[\"\xff\"]")))
		equal(t, "status", c.ExpectClose(), 1007)
	})
	bubble(t, "polling", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("e", func(text string) string { return text })
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		p.Post("421[\"e\",\"\xff\"]")
		equal(t, "poll", p.Get().Body, "431[\"\uFFFD\"]")
	})
}

// What is valid, but surprises, reaches handlers as it should (threats, T46).
func TestStrangeValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("surrogate", func(s string) string { return s })
		a.Handle("twice", func(m map[string]int) int { return m["a"] })
		a.Handle("exact", func(n json.Number) string { return n.String() })
		a.Handle("keys", func(m map[string]int) int { return len(m) })
		c := a.connect()
		c.Send(`421["surrogate","\ud800"]`, `422["twice",{"a":1,"a":2}]`, `423["exact",12345678901234567890123]`)
		c.Expect("431[\"\uFFFD\"]", `432[2]`, `433["12345678901234567890123"]`)
		var b strings.Builder
		for i := range 50_000 {
			fmt.Fprintf(&b, `"k%d":1,`, i)
		}
		c.Send(`424["keys",{` + b.String() + `"":1}]`)
		c.Expect(`434[50001]`)
	})
}

// What a client sends does not fill the log: names of events are cut short, payload is not there.
func TestLogsStaySmall(t *testing.T) {
	for _, row := range []struct {
		name    string
		handler func(*socketio.Socket, string)
	}{
		{"mismatch", func(s *socketio.Socket, event string) { s.On(event, func(int) {}) }},
		{"handler fails", func(s *socketio.Socket, event string) { s.On(event, func() error { return errors.New("x") }) }},
		{"handler panics", func(s *socketio.Socket, event string) { s.On(event, func() { panic("x") }) }},
		{"middleware refuses", func(s *socketio.Socket, _ string) {
			s.Use(func(*socketio.Message) error { return errors.New("x") })
		}},
		{"middleware panics", func(s *socketio.Socket, _ string) { s.Use(func(*socketio.Message) error { panic("x") }) }},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			event := strings.Repeat("x", 100_000)
			a.OnConnection(func(s *socketio.Socket) { row.handler(s, event) })
			c := a.connect()
			c.Send(`42["` + event + `","` + event + `"]`)
			synctest.Wait()
			if n := len(a.logs.String()); n > 10_000 {
				t.Errorf("%d bytes were logged", n)
			}
			if len(a.logs.lines("event=")) == 0 {
				t.Error("nothing was logged")
			}
		})
	}
}
