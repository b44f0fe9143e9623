package engineio_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio/engineio"
)

// TestRefusedRequests has a row per way a request can be wrong. SID stands for the id of a polling session, WSSID for
// that of a WebSocket session: both must survive all of it.
func TestRefusedRequests(t *testing.T) {
	for _, row := range []struct {
		name, method, query string
		header              []string
		status              int
		body                string
	}{
		{"unknown transport", get, "EIO=4&transport=tobi", nil, 400, unknownTransport},
		{"no transport", get, "EIO=4", nil, 400, unknownTransport},
		{"no query", get, "", nil, 400, unknownTransport},
		{"transport constructor", get, "EIO=4&transport=constructor", nil, 400, unknownTransport},
		{"transport __proto__", get, "EIO=4&transport=__proto__", nil, 400, unknownTransport},
		{"transport webtransport", get, "EIO=4&transport=webtransport", nil, 400, unknownTransport},
		{"transport in capitals", get, "EIO=4&transport=Polling", nil, 400, unknownTransport},
		{"the last transport counts", get, "EIO=4&transport=polling&transport=tobi", nil, 400, unknownTransport},
		{"unknown transport of a session", get, "EIO=4&transport=tobi&sid=SID", nil, 400, unknownTransport},

		{"unknown sid", get, "EIO=4&transport=polling&sid=nope", nil, 400, unknownSID},
		{"sid __proto__", get, "EIO=4&transport=polling&sid=__proto__", nil, 400, unknownSID},
		{"the last sid counts", get, "EIO=4&transport=polling&sid=SID&sid=b", nil, 400, unknownSID},
		{"POST to an unknown sid", post, "EIO=4&transport=polling&sid=nope", nil, 400, unknownSID},
		{"part of a sid", get, "EIO=4&transport=polling&sid=SID0", nil, 400, unknownSID},

		{"POST handshake", post, "EIO=4&transport=polling", nil, 400, badHandshakeMethod},
		{"PUT handshake", http.MethodPut, "EIO=4&transport=polling", nil, 400, badHandshakeMethod},
		{"OPTIONS handshake", http.MethodOptions, "EIO=4&transport=polling", nil, 400, badHandshakeMethod},
		{"POST websocket handshake", post, "EIO=4&transport=websocket", nil, 400, badHandshakeMethod},

		{"websocket without upgrade", get, "EIO=4&transport=websocket", nil, 400, badRequest},
		{"websocket without upgrade of a session", get, "EIO=4&transport=websocket&sid=SID", nil, 400, badRequest},
		{"h2c", get, "EIO=4&transport=websocket", []string{"Connection", "Upgrade", "Upgrade", "h2c"}, 400, badRequest},
		{"polling on a websocket session", get, "EIO=4&transport=polling&sid=WSSID", nil, 400, badRequest},
		{"POST on a websocket session", post, "EIO=4&transport=polling&sid=WSSID", nil, 400, badRequest},
		{"illegal Origin", get, "EIO=4&transport=polling", []string{"Origin", "a\xc3b"}, 400, badRequest},

		{"EIO 3", get, "EIO=3&transport=polling", nil, 400, unsupportedProtocol},
		{"EIO 9", get, "EIO=9&transport=polling", nil, 400, unsupportedProtocol},
		{"EIO abc", get, "EIO=abc&transport=polling", nil, 400, unsupportedProtocol},
		{"no EIO", get, "transport=polling", nil, 400, unsupportedProtocol},
		{"other EIO than the session's", get, "EIO=3&transport=polling&sid=SID", nil, 400, badRequest},
		{"POST with other EIO than the session's", post, "EIO=3&transport=polling&sid=SID", nil, 400, badRequest},

		{"PUT to a session", http.MethodPut, "EIO=4&transport=polling&sid=SID", nil, 405, badRequest},
		{"DELETE of a session", http.MethodDelete, "EIO=4&transport=polling&sid=SID", nil, 405, badRequest},
		{"OPTIONS of a session, no preflight", http.MethodOptions, "EIO=4&transport=polling&sid=SID", nil, 405, badRequest},

		{"query of 8 kB", get, "EIO=4&transport=polling&x=" + strings.Repeat("x", 8<<10), nil, 414, badRequest},
		{"2000 parameters", get, "EIO=4&transport=polling" + strings.Repeat("&x", 2000), nil, 414, badRequest},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				c, p := a.polling()
				ws, open := a.WebSocket()
				wsPeer := a.peer()
				query := strings.NewReplacer("WSSID", sid(open), "SID", c.SID).Replace(row.query)
				res := a.Request(row.method, query, "", row.header...)
				expectError(t, res, row.status, row.body)
				if row.status == 405 && res.Header.Get("Allow") != "GET, POST, OPTIONS" {
					t.Errorf("Allow: %q", res.Header.Get("Allow"))
				}
				if len(a.peers) > 0 || a.server.Len() != 2 {
					t.Error("a session was made")
				}
				c.Post("4still")
				p.expect("still")
				ws.Send("4there")
				wsPeer.expect("there")
			})
		})
	}
}

func sid(open string) string {
	_, rest, _ := strings.Cut(open, `"sid":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// TestRefusedWebSockets are requests for a WebSocket that get an HTTP answer.
func TestRefusedWebSockets(t *testing.T) {
	for _, row := range []struct {
		name, query string
		header      []string
		status      int
		body        string
	}{
		{"unknown transport", "EIO=4&transport=tobi", nil, 400, unknownTransport},
		{"transport __proto__", "EIO=4&transport=__proto__", nil, 400, unknownTransport},
		{"transport constructor", "EIO=4&transport=constructor", nil, 400, unknownTransport},
		{"transport polling", "EIO=4&transport=polling", nil, 400, badRequest},
		{"transport polling of a session", "EIO=4&transport=polling&sid=SID", nil, 400, badRequest},
		{"unknown sid", "EIO=4&transport=websocket&sid=nope", nil, 400, unknownSID},
		{"EIO 3", "EIO=3&transport=websocket", nil, 400, unsupportedProtocol},
		{"upgrade with other EIO", "EIO=3&transport=websocket&sid=SID", nil, 400, badRequest},
		{"two keys", "EIO=4&transport=websocket", []string{"Sec-WebSocket-Key", "abc"}, 400, badRequest},
		{"two versions", "EIO=4&transport=websocket", []string{"Sec-WebSocket-Version", "12"}, 400, badRequest},
		{"bad subprotocol", "EIO=4&transport=websocket", []string{"Sec-WebSocket-Protocol", "b" + strings.Repeat(" ", 12_000) + "x"}, 400, badRequest},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				c, p := a.polling()
				ws, res, err := a.DialWS(strings.ReplaceAll(row.query, "SID", c.SID), row.header...)
				if err != nil || ws != nil {
					t.Fatalf("accepted (%v)", err)
				}
				body, _ := io.ReadAll(res.Body)
				if res.StatusCode != row.status || string(body) != row.body {
					t.Errorf("answered %d %q, want %d %q", res.StatusCode, body, row.status, row.body)
				}
				if len(a.peers) > 0 {
					t.Error("a session was made")
				}
				c.Post("4still")
				p.expect("still")
			})
		})
	}
}

// TestOddHandshakes writes requests for a WebSocket that no client would.
func TestOddHandshakes(t *testing.T) {
	const head = "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: app.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
	const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	const version = "Sec-WebSocket-Version: 13\r\n"
	for _, row := range []struct {
		name, request string
		status        int // 0: no answer at all
	}{
		{"several tokens, other case", head + key + version, 101},
		{"no key", head + version, 400},
		{"short key", head + version + "Sec-WebSocket-Key: abc\r\n", 400},
		{"key of 15 bytes", head + version + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n", 400},
		{"no version", head + key, 400},
		{"version 12", head + key + "Sec-WebSocket-Version: 12\r\n", 426},
		{"hostile extensions", head + key + version + "Sec-WebSocket-Extensions: constructor, permessage-deflate; server_max_window_bits=99" + strings.Repeat("; x", 5000) + "\r\n", 101},
		{"hostile names", head + key + version + "__proto__: x\r\nconstructor: y\r\n", 101},
		{"body", head + key + version + "Content-Length: 4\r\n", 400},
		{"HTTP/1.0", strings.Replace(head, "HTTP/1.1", "HTTP/1.0", 1) + key + version, 400},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n", 400},
		{"2500 headers", head + key + version + strings.Repeat("x: y\r\n", 2500), 101},
		{"2 MB of headers", head + key + version + "x: " + strings.Repeat("x", 2<<20) + "\r\n", 431},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				conn := a.Dial()
				defer conn.Close()
				go io.WriteString(conn, row.request+"\r\n") // ends with the connection
				res, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				if res.StatusCode != row.status {
					t.Errorf("status %d, want %d", res.StatusCode, row.status)
				}
				if row.status == 426 && res.Header.Get("Sec-WebSocket-Version") != "13" {
					t.Error("426 does not name the version")
				}
			})
		})
	}
}

// TestGarbage sends bytes that are no frames, with the request for a WebSocket and after it.
func TestGarbage(t *testing.T) {
	const request = "GET /engine.io/?EIO=4&transport=websocket&sid=SID HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\n" +
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	for _, row := range []struct{ name, garbage string }{
		{"text", "test"},
		{"reserved bit 2", "\xa1\x80\x00\x00\x00\x00"},
		{"reserved bit 3", "\x91\x80\x00\x00\x00\x00"},
		{"unmasked", "\x81\x0242"},
		{"length of 64 bits", "\x81\xff\x80\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00"},
		{"bytes", strings.Repeat("\xff\x00", 1000)},
	} {
		for _, upgrade := range []string{"handshake", "upgrade"} {
			t.Run(row.name+" at "+upgrade, func(t *testing.T) {
				run(t, nil, func(t *testing.T, a *app) {
					c, p := a.polling()
					id := c.SID
					if upgrade == "handshake" {
						id = ""
					}
					conn := a.Dial()
					defer conn.Close()
					if _, err := io.WriteString(conn, strings.Replace(request, "SID", id, 1)+row.garbage); err != nil {
						t.Fatal(err)
					}
					rest, _ := io.ReadAll(io.LimitReader(conn, 1<<20))
					if !strings.Contains(string(rest), "\x88\x02\x03\xea") { // 1002
						t.Errorf("no close frame with 1002: %q", rest)
					}
					if upgrade == "handshake" {
						a.peer().expectClose(engineio.TransportError)
					}
					p.expectOpen()
					c.Post("4still")
					p.expect("still")
				})
			})
		}
	}
}

// TestFramesWithTheRequest sends valid frames in the segment of the request: they count.
func TestFramesWithTheRequest(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		conn := a.Dial()
		defer conn.Close()
		io.WriteString(conn, "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\n"+
			"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"+
			"\x81\x87\x00\x00\x00\x004early1\x81\x87\x00\x00\x00\x004early2")
		synctest.Wait()
		a.peer().expect("early1", "early2")
	})
}
