package engineio_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// A WebSocket that probes without end, and does not read the answers, gets no more of them.
func TestProbeFlood(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		ws := c.Upgrade()
		probe := wiretest.Frame(1, []byte("2probe"))
		for range 100 {
			ws.SendRaw([]byte(strings.Repeat(string(probe), 1000)))
		}
		synctest.Wait()
		answers := 0
		for ws.Conn.SetReadDeadline(time.Now().Add(time.Second)) == nil {
			if _, _, err := ws.Read(); err != nil {
				break
			}
			answers++
		}
		if answers == 0 || answers > 20_000 { // what the network holds
			t.Errorf("%d answers", answers)
		}
		p.expectOpen()
	})
}

// A session keeps the header of its handshake, so there is a limit.
func TestLargeHeader(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		for _, row := range []struct {
			size, status int
		}{{15 << 10, 200}, {17 << 10, 431}} {
			res := a.Request(http.MethodGet, "EIO=4&transport=polling", "", "X-Large", strings.Repeat("x", row.size))
			if res.Status != row.status {
				t.Errorf("%d bytes: status %d, want %d", row.size, res.Status, row.status)
			}
		}
		_, res, err := a.DialWS("EIO=4&transport=websocket", "X-Large", strings.Repeat("x", 17<<10))
		if err != nil || res.StatusCode != 431 {
			t.Errorf("WebSocket: %v, %v", res, err)
		}
	})
}

// A bareWriter has no Unwrap, as many a middleware's: deadlines cannot be set through it.
type bareWriter struct{ http.ResponseWriter }

// A POST whose body does not come does not keep its session alive, even where it cannot be cut.
func TestDripBehindAPlainWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, nil)
		a.Host = wiretest.Serve(t, path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.server.ServeHTTP(bareWriter{w}, r)
		}))
		t.Cleanup(a.end)
		c, p := a.polling()
		conn := a.Dial()
		_, _ = conn.Write([]byte("POST " + path + "?" + c.Query() + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n4"))
		start := time.Now()
		p.expectClose(engineio.PingTimeout)
		if d := time.Since(start); d > 46*time.Second {
			t.Errorf("closed after %v", d)
		}
		conn.Close()
	})
}
