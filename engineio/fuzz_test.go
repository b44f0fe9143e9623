package engineio_test

import (
	"bytes"
	"compress/flate"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/memnet"
	"github.com/socketio-go/socketio/internal/wiretest"
	"github.com/socketio-go/socketio/metrics"
)

// FuzzSession takes random steps, legal or not, as a client and as the application. Whatever happens, the server does
// not panic, and when the client is gone nothing of it remains: no session, no goroutine in the bubble, and no gauge
// that says otherwise.
func FuzzSession(f *testing.F) {
	for _, steps := range []string{
		"P4p5sz", "PpupqUz", "Ppgpt", "WwsxW", "PuvUwsCz", "PppdP", "PscPgp", "WBk", "PukzgzUS", "PabfeP", "PoPuoSz", "Wstsl",
		"PlllllllP", "PuvlllUllw", "PqPqzzzz", "WzzzzzzP", "PuuvUvz", "PnunUn", "Eijpzr", "Eipuvji", "EVisuvUitz", "Vtil", "EPji",
		"WDDsGz", "PuvUDlZ", "VDiZw", "JKApsUz", "JuvKAUsK", "PAlApsAz", "WlllDDGk",
	} {
		f.Add([]byte(steps))
	}
	f.Fuzz(fuzzSession)
}

func fuzzSession(t *testing.T, steps []byte) {
	synctest.Test(t, func(t *testing.T) {
		var counted metrics.Counters
		a := newApp(t, &engineio.Options{
			AllowEIO3: true, AllowJSONP: true, MaxQueuedBytes: 2000, MaxPayload: 1000,
			SlowConsumer:             engineio.SlowConsumerPolicy(len(steps) % 3),
			HTTPCompressionThreshold: 1, PerMessageDeflate: true, PerMessageDeflateThreshold: 1,
			Metrics: &counted,
		})
		l := memnet.Listen()
		l.Buffer = 1 << 10
		a.Host = wiretest.ServeOn(t, path, l, l, &http.Server{Handler: a.server})
		ctx, cancel := context.WithCancel(t.Context())
		c := &fuzzClient{a: a, ctx: ctx, eio: "4"}
		for _, step := range steps[:min(len(steps), 100)] {
			c.step(step)
			if step%2 == 0 {
				synctest.Wait()
			}
		}
		cancel()
		for _, conn := range c.conns {
			conn.Close()
		}
		time.Sleep(10 * time.Minute) // fake time
		if n := a.server.Len(); n != 0 {
			t.Errorf("%d sessions remain", n)
		}
		a.end()
		expectIdle(t, &counted)
	})
}

// A fuzzClient does not wait for answers, unless it needs an id.
type fuzzClient struct {
	a     *app
	ctx   context.Context // of its requests
	eio   string          // its protocol
	sid   string
	peer  *peer
	conns []*wiretest.WS
	ws    *wiretest.WS
}

func (c *fuzzClient) step(b byte) {
	switch b {
	case 'P', 'E', 'J':
		c.eio = map[byte]string{'P': "4", 'E': "3", 'J': "3&j=0"}[b]
		res, err := c.a.Do(c.ctx, get, "EIO="+c.eio+"&transport=polling", nil)
		if err == nil && res.Status == 200 {
			c.sid, c.peer = wiretest.SID(strings.ReplaceAll(res.Body, `\"`, `"`)), c.a.peer()
			c.a.peers <- c.peer // for the check at the end
		}
	case 'W', 'V':
		c.eio = map[byte]string{'W': "4", 'V': "3"}[b]
		c.open("")
	case 'u':
		c.open("&sid=" + c.sid)
	case 'p':
		c.request(get, "")
	case 'A':
		c.request(get, "", "Accept-Encoding", "deflate")
	case 'K':
		c.request(post, "d=1%3A210%3Ab4AQIDBA%3D%3D")
	case 'D':
		c.write(compressedFrame("4a"))
	case 'G':
		c.write([]byte("\xc1\x81\x00\x00\x00\x00\xff"))
	case 'Z':
		c.write(compressedFrame(strings.Repeat("4", 2000)))
	case 'a':
		c.request(http.MethodPut, "4a")
	case 'x':
		c.request(post, strings.Repeat("x", 2000))
	case 'q':
		c.request(post, "4a\x1ebAAEC\x1e4b")
	case 'g':
		c.request(post, "3")
	case 'd':
		c.request(post, "1")
	case 'e':
		c.request(post, "4a\x1e\x1e")
	case 'f':
		c.request(post, "2")
	case 'i':
		c.request(post, "1:2")
		c.write(wiretest.Frame(1, []byte("2")))
	case 'j':
		c.request(post, "10:b4AQIDBA==2:4a")
		c.write(wiretest.Frame(2, []byte("\x04a")))
	case 'r':
		c.request(post, "1:")
	case 'v':
		c.write(wiretest.Frame(1, []byte("2probe")))
	case 'U':
		c.write(wiretest.Frame(1, []byte("5")))
	case 'w':
		c.write(append(wiretest.Frame(1, []byte("4a")), wiretest.Frame(2, []byte("b"))...))
	case 'B':
		c.write(wiretest.Frame(8, []byte{3, 232}))
	case 't':
		c.write(wiretest.Frame(1, []byte("3")))
	case 'k':
		if c.ws != nil {
			c.ws.Close()
		}
	case 'z':
		time.Sleep(7 * time.Second) // fake time
	default:
		c.application(b)
	}
}

// application takes a step of the server's side.
func (c *fuzzClient) application(b byte) {
	switch {
	case b == 'S':
		c.a.server.Close()
	case c.peer == nil:
		c.write([]byte{b})
	case b == 's':
		_ = c.peer.Send(0, text("s"), engineio.CopyBinary([]byte("s")))
	case b == 'l':
		_ = c.peer.Send(engineio.Droppable, text(pad("large", 700)), text("l"))
	case b == 'n':
		_ = c.peer.Send(engineio.Volatile|engineio.Hold, text("n"))
	case b == 'm':
		c.peer.Flush()
	case b == 'o':
		c.peer.Cork()
		_ = c.peer.Send(0, text("o"))
	case b == 'O':
		c.peer.Uncork()
	case b == 'C':
		c.peer.Session.Close()
	case b == 'h':
		ctx, cancel := context.WithTimeout(c.ctx, time.Second)
		_ = c.a.server.Shutdown(ctx)
		cancel()
	default:
		c.write([]byte{b})
	}
}

// compressedFrame makes a text frame as a client with permessage-deflate sends it.
func compressedFrame(s string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.DefaultCompression)
	_, _ = io.WriteString(w, s)
	_ = w.Flush()
	f := wiretest.Frame(1, bytes.TrimSuffix(b.Bytes(), []byte("\x00\x00\xff\xff")))
	f[0] |= 0x40
	return f
}

func (c *fuzzClient) request(method, body string, header ...string) {
	query := "EIO=" + c.eio + "&transport=polling&sid=" + c.sid
	go func() { // ends with ctx
		_, _ = c.a.Do(c.ctx, method, query, strings.NewReader(body), header...)
	}()
}

func (c *fuzzClient) open(query string) {
	ws, _, err := c.a.DialWS("EIO="+c.eio+"&transport=websocket"+query, "Sec-WebSocket-Extensions", "permessage-deflate")
	if err != nil || ws == nil {
		return
	}
	c.ws, c.conns = ws, append(c.conns, ws)
	if len(c.conns)%2 == 0 {
		go io.Copy(io.Discard, ws.Conn) // ends with the connection; the others do not read
	}
	if query == "" {
		c.peer = c.a.peer()
		c.a.peers <- c.peer
	}
}

func (c *fuzzClient) write(b []byte) {
	if c.ws != nil {
		c.ws.Conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = c.ws.Conn.Write(b)
	}
}
