package socketio_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// logRow is a way in which a connection or an event goes wrong, and the lines that explain it to an operator: a line
// has the words of one of them in this order.
type logRow struct {
	name string
	opts socketio.ServerOptions
	do   func(*app)
	want []string
}

// forms are what stands in the lines for what differs.
var forms = strings.NewReplacer("SID", `[\w-]{6}`, "SOCKET", `[\w-]{20}`, "ADDRESS", `address=192\.0\.2\.\d+`,
	"TRANSPORT", `transport=websocket address=192\.0\.2\.\d+`)

const closed = `level=INFO msg="engineio: session closed" `

var logRows = []logRow{
	{"refused origin", socketio.ServerOptions{}, func(a *app) {
		a.host.Request(http.MethodGet, "EIO=4&transport=polling", "", "Origin", "https://evil.example")
	}, []string{
		`level=WARN msg="engineio: request refused" error="Forbidden (origin not in Origins)" ADDRESS origin=https://evil.example`,
	}},
	{"AllowRequest", socketio.ServerOptions{AllowRequest: func(*http.Request) error { return errors.New("no ticket") }}, func(a *app) {
		a.host.Request(http.MethodGet, "EIO=4&transport=polling", "")
	}, []string{`level=DEBUG msg="engineio: request refused" error="Forbidden (no ticket)" ADDRESS`}},
	{"GenerateID", socketio.ServerOptions{GenerateID: func(*http.Request) (string, error) { return "", io.EOF }}, func(a *app) {
		a.host.Request(http.MethodGet, "EIO=4&transport=polling", "")
	}, []string{
		`level=WARN msg="engineio: no session id" error=EOF`,
		`level=DEBUG msg="engineio: request refused" error="Bad request (ID_GENERATION_ERROR)"`,
	}},
	{"Socket.IO 2", socketio.ServerOptions{}, func(a *app) {
		a.host.Request(http.MethodGet, "EIO=3&transport=polling", "")
	}, []string{
		`level=WARN msg="engineio: request refused" error="Unsupported protocol version (protocol 3, as Socket.IO 2 speaks it, needs AllowEIO3)"`,
	}},
	{"session of another server", socketio.ServerOptions{}, func(a *app) {
		a.host.Request(http.MethodGet, "EIO=4&transport=polling&sid=payload", "")
	}, []string{
		`level=DEBUG msg="engineio: request refused" error="Session ID unknown (it has ended, or another server has it)"`,
	}},
	{"large body", socketio.ServerOptions{MaxPayload: 100}, func(a *app) {
		a.host.Polling().TryPost("4payload" + strings.Repeat("x", 100))
	}, []string{`level=DEBUG msg="engineio: request refused" error="Bad request (payload too large)"`}},

	{"life", socketio.ServerOptions{}, func(a *app) {
		a.connect().Send("41")
	}, []string{
		`level=DEBUG msg="engineio: session opened" TRANSPORT session=SID`,
		`level=DEBUG msg="socketio: connected" recovered=false ADDRESS namespace=/ socket=SOCKET session=SID`,
		`level=DEBUG msg="socketio: disconnected" reason="client namespace disconnect" namespace=/ socket=SOCKET session=SID`,
	}},
	{"bad packet", socketio.ServerOptions{}, func(a *app) { a.connect().Send("4payload") }, []string{
		closed + `reason="parse error" TRANSPORT cause="parser: unknown packet type" session=SID`,
		`level=DEBUG msg="socketio: disconnected" reason="parse error" namespace=/ socket=SOCKET session=SID`,
	}},
	{"packet out of place", socketio.ServerOptions{}, func(a *app) { a.connect().Send(`42/x,["payload"]`) }, []string{
		closed + `reason="parse error" TRANSPORT cause="socketio: packet for a namespace that the client is not in" session=SID`,
	}},
	{"bad frame", socketio.ServerOptions{}, func(a *app) { a.connect().SendRaw([]byte{0xff, 0xff}) }, []string{
		closed + `reason="transport error" TRANSPORT cause="websocket: `,
	}},
	{"large message", socketio.ServerOptions{MaxPayload: 100}, func(a *app) {
		a.connect().Send("4payload" + strings.Repeat("x", 100))
	}, []string{closed + `reason="payload too large" TRANSPORT cause="websocket: `}},
	{"attachments too large together", socketio.ServerOptions{MaxPayload: 100}, func(a *app) {
		c := a.connect()
		c.Send(`452-["payload",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
		c.SendBinary(make([]byte, 90))
	}, []string{
		closed + `reason="payload too large" TRANSPORT cause="parser: packet too large"`,
	}},
	{"attachment missing", socketio.ServerOptions{}, func(a *app) {
		a.connect().Send(`451-["payload",{"_placeholder":true,"num":0}]`)
		time.Sleep(11 * time.Second) // fake time
	}, []string{
		closed + `reason="parse error" TRANSPORT cause="socketio: attachments do not arrive" session=SID`,
	}},
	{"slow consumer", socketio.ServerOptions{MaxQueuedBytes: 1000}, func(a *app) {
		s := a.connect().socket()
		_ = s.Emit("payload", strings.Repeat("x", 200_000))
		_ = s.Emit("payload", strings.Repeat("x", 600))
		_ = s.Emit("payload", strings.Repeat("x", 600))
	}, []string{
		closed + `reason="slow consumer" TRANSPORT cause="more than MaxQueuedBytes are waiting for the client" session=SID`,
	}},
	{"handlers too slow", socketio.ServerOptions{MaxUnhandledBytes: 500}, func(a *app) {
		a.Handle("payload", func(ctx context.Context) { <-ctx.Done() })
		a.connect().Send(`42["payload"]`, `42["payload"]`)
		time.Sleep(46 * time.Second) // fake time
	}, []string{
		closed + `reason="handlers too slow" TRANSPORT cause="socketio: MaxUnhandledBytes wait and the handlers make no progress" session=SID`,
	}},
	{"ping timeout", socketio.ServerOptions{}, func(a *app) {
		a.connect()
		time.Sleep(46 * time.Second) // fake time
	}, []string{
		`level=DEBUG msg="engineio: session closed" reason="ping timeout" TRANSPORT session=SID`,
	}},
	{"connection lost", socketio.ServerOptions{}, func(a *app) { a.connect().Close() }, []string{
		`level=DEBUG msg="engineio: session closed" reason="transport close" TRANSPORT cause=EOF session=SID`,
	}},
	{"no namespace joined", socketio.ServerOptions{}, func(a *app) {
		c := a.dial()
		time.Sleep(26 * time.Second) // fake time
		c.Send("3")
		time.Sleep(20 * time.Second) // fake time
	}, []string{
		`level=DEBUG msg="engineio: session closed" reason="forced close" TRANSPORT cause="socketio: no namespace joined in time"`,
	}},

	{"unknown namespace", socketio.ServerOptions{}, func(a *app) { a.dial().Send(`40/x,{"a":"payload"}`) }, []string{
		`level=DEBUG msg="socketio: refused" error="Invalid namespace" namespace=/x session=SID`,
	}},
	{"refused by OfFunc", socketio.ServerOptions{}, func(a *app) {
		a.OfFunc(func(context.Context, string, *socketio.Handshake) (bool, error) {
			return false, errors.New("closed today")
		})
		a.dial().Send(`40/x`)
	}, []string{
		`level=DEBUG msg="socketio: dynamic namespace refused" error="closed today" namespace=/x`,
		`level=DEBUG msg="socketio: refused" error="Invalid namespace" namespace=/x session=SID`,
	}},
	{"too many namespaces", socketio.ServerOptions{MaxNamespaces: 1}, func(a *app) { a.connect().Send("40/x") }, []string{
		`level=DEBUG msg="socketio: refused" error="Too many namespaces" namespace=/x session=SID`,
	}},
	{"refused by a middleware", socketio.ServerOptions{}, func(a *app) {
		a.Use(func(*socketio.Socket) error { return &socketio.ConnectError{Message: "who are you?"} })
		a.dial().Send("40")
	}, []string{`level=DEBUG msg="socketio: refused" error="who are you?" namespace=/ socket=SOCKET session=SID`}},
	{"middleware fails", socketio.ServerOptions{}, func(a *app) {
		a.Use(func(*socketio.Socket) error { return errors.New("no database") })
		a.dial().Send("40")
	}, []string{
		`level=WARN msg="socketio: middleware failed" event=middleware error="no database" namespace=/ socket=SOCKET session=SID`,
	}},
	{"middleware panics", socketio.ServerOptions{}, func(a *app) {
		a.Use(func(*socketio.Socket) error { panic("oops") })
		a.dial().Send("40")
	}, []string{
		`level=ERROR msg="socketio: handler panicked" event=middleware panic=oops namespace=/ socket=SOCKET session=SID stack=`,
	}},

	{"handler panics", socketio.ServerOptions{}, func(a *app) {
		a.Handle("e", func() { panic("oops") })
		a.connect().Send(`42["e","payload"]`)
	}, []string{
		`level=ERROR msg="socketio: handler panicked" event=e panic=oops namespace=/ socket=SOCKET session=SID stack=`,
	}},
	{"handler fails", socketio.ServerOptions{}, func(a *app) {
		a.Handle("e", func() error { return io.ErrUnexpectedEOF })
		a.connect().Send(`42["e","payload"]`)
	}, []string{
		`level=WARN msg="socketio: handler failed" event=e error="unexpected EOF" namespace=/ socket=SOCKET session=SID`,
	}},
	{"arguments", socketio.ServerOptions{}, func(a *app) {
		a.Handle("e", func(int) {})
		a.connect().Send(`42["e","payload"]`)
	}, []string{
		`level=WARN msg="socketio: event does not fit its handler" event=e error="parser: argument 0: cannot decode JSON string into Go int" namespace=/ socket=SOCKET session=SID`,
	}},
	{"answer that cannot be sent", socketio.ServerOptions{}, func(a *app) {
		a.Handle("e", func() any { return func() {} })
		a.connect().Send(`421["e","payload"]`)
	}, []string{`level=WARN msg="socketio: acknowledgement not sent" event=e error="parser: a function cannot be sent`}},
	{"unexpected acknowledgement", socketio.ServerOptions{}, func(a *app) { a.connect().Send(`437["payload"]`) }, []string{
		`level=DEBUG msg="socketio: unexpected acknowledgement" id=7 namespace=/ socket=SOCKET session=SID`,
	}},

	{"not recovered: expired", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}}, func(a *app) {
		v, _ := a.visit("")
		v.drop()
		time.Sleep(3 * time.Minute) // fake time
		v.back("")
	}, []string{`level=DEBUG msg="socketio: not recovered" why=expired namespace=/ socket=SOCKET session=SID`}},
	{"not recovered: unknown", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}}, func(a *app) {
		a.visit(`{"pid":"payload"}`)
	}, []string{`level=DEBUG msg="socketio: not recovered" why="unknown session" namespace=/ socket=SOCKET session=SID`}},
	{"not recovered: unknown offset", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}}, func(a *app) {
		v, _ := a.visit("")
		v.drop()
		v.back("payload")
	}, []string{`level=DEBUG msg="socketio: not recovered" why="unknown offset" namespace=/ socket=SOCKET session=SID`}},
	{"not recovered: trimmed", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{MaxPackets: 1}}, func(a *app) {
		v, _ := a.visit("")
		v.drop()
		_ = a.Emit("a")
		_ = a.Emit("b")
		v.back("")
	}, []string{`level=DEBUG msg="socketio: not recovered" why=trimmed namespace=/ socket=SOCKET session=SID`}},
	{"back before it was missed", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}}, func(a *app) {
		v, _ := a.visit("")
		v.back("")
	}, []string{
		`level=DEBUG msg="engineio: session closed" reason="transport close" TRANSPORT cause="socketio: the client has come back on another connection"`,
		`level=DEBUG msg="socketio: connected" recovered=true`,
	}},
	{"Socket.IO 2, whose ids are secrets", socketio.ServerOptions{AllowEIO3: true}, func(a *app) {
		a.Of("/x")
		c := a.adopt(a.host.WS("EIO=3&transport=websocket"))
		c.Text()
		c.Send("40/x")
	}, []string{
		`level=DEBUG msg="socketio: connected" recovered=false ADDRESS namespace=/ socket=SID session=SID`,
		`level=DEBUG msg="socketio: connected" recovered=false ADDRESS namespace=/x socket=SID session=SID`,
	}},
}

// TestLog: what goes wrong leaves lines that say what, why and with whom. None has what a client has sent, or a whole
// session id.
func TestLog(t *testing.T) {
	secret := regexp.MustCompile(`session=[^ \n]{7}`)
	for _, row := range logRows {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &row.opts)
			row.do(a)
			synctest.Wait()
			for _, want := range row.want {
				pattern := regexp.QuoteMeta(want)
				pattern = forms.Replace(pattern)
				if !regexp.MustCompile(pattern).MatchString(a.logs.String()) {
					t.Errorf("no line %s in\n%s", want, a.logs)
				}
			}
			for _, line := range a.logs.lines("payload") {
				if !strings.Contains(line, "payload too large") && !strings.Contains(line, "event=payload") {
					t.Errorf("what was sent is logged: %s", line)
				}
			}
			if line := secret.FindString(a.logs.String()); line != "" {
				t.Errorf("a secret is logged: %s", line)
			}
		})
	}
}

// Without a Logger a panic is not silent, and nothing else is said.
func TestNoLogger(t *testing.T) {
	var b bytes.Buffer                                                                               // slog handlers write one at a time
	before := slog.Default()                                                                         //nolint:forbidigo // what it is about
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))) //nolint:forbidigo // as above
	defer slog.SetDefault(before)                                                                    //nolint:forbidigo // as above
	synctest.Test(t, func(t *testing.T) {
		io := socketio.NewServer(nil)
		io.Handle("boom", func() { panic("in a handler") })
		io.Handle("number", func(int) {})
		host := wiretest.Serve(t, "/socket.io/", io)
		ws := host.WS("EIO=4&transport=websocket")
		_ = ws.Text() // open
		ws.Send("40")
		_ = ws.Text()
		ws.Send(`42["number","text"]`, `42["boom"]`)
		time.Sleep(time.Second) // fake time
		ws.Close()
		io.Close()
		time.Sleep(time.Minute) // fake time
	})
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 1 || !strings.Contains(lines[0], `msg="socketio: handler panicked" event=boom panic="in a handler"`) {
		t.Errorf("log: %s", b.String())
	}
}
