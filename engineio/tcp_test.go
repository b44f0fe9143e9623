package engineio_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/memnet"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// serveTCP serves on a loopback interface, in real time.
func serveTCP(tb testing.TB, onSession func(*engineio.Session) engineio.Handler) *httptest.Server {
	tb.Helper()
	srv := engineio.NewServer(nil, onSession)
	mux := http.NewServeMux()
	mux.Handle(path, srv)
	host := httptest.NewServer(mux)
	tb.Cleanup(func() {
		srv.Close()
		host.Close()
	})
	return host
}

// dialTCP opens a WebSocket.
func dialTCP(tb testing.TB, host *httptest.Server, query string) *wiretest.WS {
	tb.Helper()
	conn, err := net.Dial("tcp", host.Listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	io.WriteString(conn, "GET /engine.io/?EIO=4&transport=websocket"+query+" HTTP/1.1\r\nHost: "+host.Listener.Addr().String()+
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	rd := bufio.NewReader(conn)
	res, err := http.ReadResponse(rd, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		tb.Fatalf("websocket: %v, %v", res, err)
	}
	return wiretest.NewWS(tb, conn, rd)
}

// TestTCP goes through a session with real sockets, whose code in internal/websocket is another than that of others.
func TestTCP(t *testing.T) {
	a := &app{t: t, onMessage: echo, peers: make(chan *peer, 10)}
	host := serveTCP(t, func(s *engineio.Session) engineio.Handler {
		p := &peer{Session: s, app: a, done: make(chan struct{})}
		a.peers <- p
		return p
	})
	client := host.Client()
	do := func(method, query string, body io.Reader) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, host.URL+path+"?EIO=4&transport=polling"+query, body)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %q %v", method, query, res.StatusCode, b, err)
		}
		return string(b)
	}
	query := "&sid=" + wiretest.SID(do(get, "", nil))
	p := <-a.peers

	for range 5 { // on a connection that is kept alive, chunked
		body := io.MultiReader(strings.NewReader("4a\x1e"), strings.NewReader("bAQID"))
		if got := do(post, query, body); got != "ok" {
			t.Errorf("POST: %q", got)
		}
		if got := do(get, query, nil); got != "4a\x1ebAQID" {
			t.Errorf("polled %q", got)
		}
	}

	ws := dialTCP(t, host, query)
	ws.Send("2probe")
	ws.Expect("3probe")
	ws.Send("5", "4b")
	ws.Expect("4b")
	big := bytes.Repeat([]byte{0xab}, 900_000)
	ws.SendBinary(big)
	if got := ws.Binary(); !bytes.Equal(got, big) {
		t.Errorf("%d bytes came back", len(got))
	}
	list := numbered("4", 1000)
	ws.Send(list...)
	ws.Expect(list...)
	p.Session.Close()
	if status := ws.ExpectClose(); status != 1005 {
		t.Errorf("close status %d", status)
	}
	p.expectClose(engineio.ForcedClose)
}

// TestServerTimeouts serves with an http.Server that allows a second for each thing: they are not meant for polls,
// bodies and handlers, which have bounds of their own, nor for WebSockets.
func TestServerTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, nil)
		l := memnet.Listen()
		a.Host = wiretest.ServeOn(t, path, l, l, &http.Server{
			Handler: a.server, ReadTimeout: time.Second, WriteTimeout: time.Second, IdleTimeout: time.Minute,
		})
		t.Cleanup(a.end)
		a.onMessage = func(p *peer, data string, binary bool) {
			if data == "slow" {
				time.Sleep(5 * time.Second) // fake time
			}
		}
		c, p := a.polling()
		for _, wait := range []time.Duration{5 * time.Second, 500 * time.Millisecond, 15 * time.Second} {
			answer := poll(c)
			time.Sleep(wait) // fake time
			p.send("a")
			if res := <-answer; res.Body != "4a" {
				t.Errorf("polled %d %q", res.Status, res.Body)
			}
		}
		c.Post("4slow", "3")
		body := newSlowBody()
		answer := postBody(a, c.Query(), body)
		for range 5 {
			body.write(strings.Repeat("4", 1000))
			time.Sleep(time.Second) // fake time
		}
		body.end()
		if res := <-answer; res.Body != "ok" {
			t.Errorf("the POST got %d %q", res.Status, res.Body)
		}
		p.expectOpen()

		ws, q := a.webSocket()
		for range 5 {
			ws.Expect("2")
			ws.Send("3")
		}
		q.expectOpen()
	})
}

// TestSendAllocs: to send a message that is made already allocates nothing, if the client keeps up.
func TestSendAllocs(t *testing.T) {
	p := idlePeer(t)
	message := text("hello")
	if n := testing.AllocsPerRun(1000, func() { _ = p.Send(0, message) }); n > engineio.PoolLoss {
		t.Errorf("%v allocations", n)
	}
}

// idlePeer is the server's end of a WebSocket session over TCP whose client reads everything and says nothing.
func idlePeer(tb testing.TB) *peer {
	tb.Helper()
	opened := make(chan *peer, 1)
	host := serveTCP(tb, func(s *engineio.Session) engineio.Handler {
		p := &peer{Session: s, app: &app{onMessage: ignore}, done: make(chan struct{})}
		opened <- p
		return p
	})
	ws := dialTCP(tb, host, "")
	go io.Copy(io.Discard, ws.Conn) // ends with the connection
	return <-opened
}

func BenchmarkSend(b *testing.B) {
	for _, size := range []int{16, 1024, 16 << 10} {
		b.Run(fmt.Sprint(size, " bytes"), func(b *testing.B) {
			p := idlePeer(b)
			message := text(strings.Repeat("x", size))
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				for p.Send(engineio.Volatile, message) != nil {
					time.Sleep(10 * time.Microsecond) //nolint:forbidigo // the client lags: a benchmark may wait
				}
			}
		})
	}
}
