package websocket

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// handshake is a valid request with edits: pairs of a field and its value,
// which is a list for a repeated field; nil removes it.
func handshake(edits map[string][]string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/engine.io/", nil)
	r.Header = http.Header{
		"Upgrade":               {"websocket"},
		"Connection":            {"Upgrade"},
		"Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key":     {testKey},
	}
	for name, values := range edits {
		if r.Header[name] = values; values == nil {
			delete(r.Header, name)
		}
	}
	return r
}

func TestUpgradeResponse(t *testing.T) {
	const ok = http.StatusSwitchingProtocols
	type edits = map[string][]string
	manyHeaders := edits{"Upgrade": nil}
	for i := range 2500 {
		manyHeaders[fmt.Sprint("X-", i)] = []string{"x"}
	}
	tests := []struct {
		name   string
		edits  edits
		status int
		want   string // header field of the answer
	}{
		{"plain", nil, ok, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
		{"upgrade in capitals", edits{"Upgrade": {"WebSocket"}}, ok, ""},
		{"upgrade missing", edits{"Upgrade": nil}, 400, ""},
		{"upgrade h2c", edits{"Upgrade": {"h2c"}}, 400, ""},
		{"upgrade is no substring", edits{"Upgrade": {"websockets"}}, 400, ""},
		{"connection listed", edits{"Connection": {"keep-alive, Upgrade"}}, ok, ""},
		{"connection listed, lower case, no blank", edits{"Connection": {"keep-alive,upgrade"}}, ok, ""},
		{"connection twice", edits{"Connection": {"keep-alive", "Upgrade"}}, ok, ""},
		{"connection missing", edits{"Connection": nil}, 400, ""},
		{"connection without upgrade", edits{"Connection": {"keep-alive"}}, 400, ""},
		{"connection is no substring", edits{"Connection": {"no-upgrade"}}, 400, ""},
		{"version missing", edits{"Sec-Websocket-Version": nil}, 400, "Sec-Websocket-Version: 13"},
		{"version 12", edits{"Sec-Websocket-Version": {"12"}}, 426, "Sec-Websocket-Version: 13"},
		{"version 8", edits{"Sec-Websocket-Version": {"8"}}, 426, "Sec-Websocket-Version: 13"},
		{"version twice", edits{"Sec-Websocket-Version": {"13", "13"}}, 400, "Sec-Websocket-Version: 13"},
		{"key missing", edits{"Sec-Websocket-Key": nil}, 400, ""},
		{"key twice", edits{"Sec-Websocket-Key": {testKey, testKey}}, 400, ""},
		{"key abc", edits{"Sec-Websocket-Key": {"abc"}}, 400, ""},
		{"key of 15 bytes", edits{"Sec-Websocket-Key": {"MTIzNDU2Nzg5MDEyMzQ1"}}, 400, ""},
		{"key of 17 bytes", edits{"Sec-Websocket-Key": {"MTIzNDU2Nzg5MDEyMzQ1Njc="}}, 400, ""},
		{"key not base64", edits{"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZ!=="}}, 400, ""},
		{"subprotocol", edits{"Sec-Websocket-Protocol": {"chat"}}, ok, "Sec-WebSocket-Protocol: chat"},
		{"first subprotocol", edits{"Sec-Websocket-Protocol": {"v1.chat , v2.chat"}}, ok, "Sec-WebSocket-Protocol: v1.chat"},
		{"subprotocols in two fields", edits{"Sec-Websocket-Protocol": {"b", "a"}}, ok, "Sec-WebSocket-Protocol: b"},
		{"subprotocol twice", edits{"Sec-Websocket-Protocol": {"a, a"}}, 400, ""},
		{"subprotocol empty", edits{"Sec-Websocket-Protocol": {""}}, 400, ""},
		{"subprotocol with an empty item", edits{"Sec-Websocket-Protocol": {"a,,b"}}, 400, ""},
		{"subprotocol not a token", edits{"Sec-Websocket-Protocol": {"a\rb"}}, 400, ""},
		{"T54 blanks", edits{"Sec-Websocket-Protocol": {"b" + strings.Repeat(" ", 12_000) + "x"}}, 400, ""},
		{"T54 extensions", edits{"Sec-Websocket-Extensions": {
			"constructor, permessage-deflate; server_max_window_bits=99" + strings.Repeat("; a=1", 5000),
		}}, ok, ""},
		{"T54 2,500 headers", manyHeaders, 400, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			begin := time.Now()
			response, err := upgradeResponse(handshake(tt.edits), "", nil)
			if d := time.Since(begin); d > 50*time.Millisecond { // 5 ms on an idle machine
				t.Errorf("took %v", d)
			}
			checkResponse(t, response, err, tt.status, tt.want)
			if strings.Contains(string(response), "Extensions") {
				t.Error("an extension was negotiated")
			}
		})
	}
}

func checkResponse(t *testing.T, response []byte, err error, status int, field string) {
	t.Helper()
	if status == http.StatusSwitchingProtocols {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(response), "HTTP/1.1 101 Switching Protocols\r\n") || !strings.HasSuffix(string(response), "\r\n\r\n") {
			t.Errorf("got %q", response)
		}
		if !strings.Contains(string(response), "\r\n"+field) {
			t.Errorf("%q is missing in %q", field, response)
		}
		return
	}
	bad, ok := errors.AsType[*HandshakeError](err)
	if !ok || bad.Status != status || response != nil {
		t.Fatalf("got %q, %v, want status %d", response, err, status)
	}
	var b strings.Builder
	_ = bad.Header.Write(&b)
	if !strings.Contains(b.String(), field) {
		t.Errorf("%q is missing in %q", field, b.String())
	}
}

func TestRequestLine(t *testing.T) {
	tests := []struct {
		name   string
		edit   func(*http.Request)
		status int
		field  string
	}{
		{"POST", func(r *http.Request) { r.Method = http.MethodPost }, 405, "Allow: GET"},
		{"HEAD", func(r *http.Request) { r.Method = http.MethodHead }, 405, "Allow: GET"},
		{"HTTP/1.0", func(r *http.Request) { r.ProtoMinor = 0 }, 400, ""},
		{"HTTP/2", func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 2, 0 }, 400, ""},
		{"HTTP/2 extended CONNECT", func(r *http.Request) { r.ProtoMajor, r.ProtoMinor, r.Method = 2, 0, "CONNECT" }, 400, ""},
		{"body", func(r *http.Request) { r.ContentLength = 5 }, 400, ""},
		{"chunked body", func(r *http.Request) { r.TransferEncoding, r.ContentLength = []string{"chunked"}, -1 }, 400, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := handshake(nil)
			tt.edit(r)
			response, err := upgradeResponse(r, "", nil)
			checkResponse(t, response, err, tt.status, tt.field)
		})
	}
}

func TestExtraHeader(t *testing.T) {
	const ok = http.StatusSwitchingProtocols
	tests := []struct {
		name   string
		header http.Header
		status int
		want   string
		absent string
	}{
		{"cookie", http.Header{"Set-Cookie": {"io=1", "b=2"}}, ok, "Set-Cookie: io=1\r\nSet-Cookie: b=2\r\n", ""},
		{"line break in a value", http.Header{"X-A": {"a\r\nSet-Cookie: x"}}, 500, "", ""},
		{"bare line feed", http.Header{"X-A": {"a\nb"}}, 500, "", ""},
		{"DEL", http.Header{"X-A": {"a\x7f"}}, 500, "", ""},
		{"tab and other alphabets", http.Header{"X-A": {"a\tκ\xff"}}, ok, "X-A: a\tκ\xff\r\n", ""},
		{"NUL", http.Header{"X-A": {"a\x00b"}}, 500, "", ""},
		{"line break in a name", http.Header{"X-A: b\r\nX-C": {"a"}}, 500, "", ""},
		{"empty name", http.Header{"": {"a"}}, 500, "", ""},
		{"own fields", http.Header{"Connection": {"close"}, "Sec-Websocket-Accept": {"x"}, "X-A": {"a"}}, ok, "X-A: a\r\n", "close"},
		{"extension", http.Header{"Sec-Websocket-Extensions": {"permessage-deflate"}}, ok, "", "deflate"},
		{"body", http.Header{"Content-Length": {"5"}, "Transfer-Encoding": {"chunked"}}, ok, "", "5\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response, err := upgradeResponse(handshake(nil), "", tt.header)
			checkResponse(t, response, err, tt.status, tt.want)
			if tt.absent != "" && strings.Contains(string(response), tt.absent) {
				t.Errorf("%q in %q", tt.absent, response)
			}
		})
	}
}

// TestAcceptCannotHijack: a server without Hijacker, and one that wraps it.
func TestAcceptCannotHijack(t *testing.T) {
	_, err := Accept(httptest.NewRecorder(), handshake(nil), nil)
	if bad, ok := errors.AsType[*HandshakeError](err); !ok || bad.Status != http.StatusNotImplemented {
		t.Errorf("got %v, want status 501", err)
	}
	if want := "websocket: bad handshake: "; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %q, want prefix %q", err, want)
	}
	_, err = Accept(brokenHijacker{httptest.NewRecorder()}, handshake(nil), nil)
	if !errors.Is(err, http.ErrHijacked) {
		t.Errorf("got %v, want ErrHijacked", err)
	}
}

type brokenHijacker struct{ http.ResponseWriter }

func (brokenHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrHijacked
}

// wrapped is the ResponseWriter of a middleware.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestAcceptThroughMiddleware(t *testing.T) {
	hs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Accept(wrapped{w}, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		c.Close(StatusGoingAway, "")
		go c.Serve(newEcho(c)) // ends when the client is gone
	}))
	defer hs.Close()
	s := &server{network: network{dial: func() (net.Conn, error) { return net.Dial("tcp", hs.Listener.Addr().String()) }}}
	c := s.connect(t, nil)
	c.expect("close 1001")
}

// TestAcceptAnswer checks, through net/http, that a refused request leaves the
// connection to the caller (T53, T54).
func TestAcceptAnswer(t *testing.T) {
	s, _ := echoServer(t, "tcp", nil)
	tests := []struct{ name, request, status string }{
		{"no upgrade", "GET / HTTP/1.1\r\nHost: test\r\n\r\n", "400"},
		{"HTTP/1.0", strings.Replace(testHandshake, "HTTP/1.1", "HTTP/1.0", 1), "400"},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"},
		{"version 12", strings.Replace(testHandshake, "13", "12", 1), "426"},
		{"key abc", strings.Replace(testHandshake, testKey, "abc", 1), "400"},
		{"POST", strings.Replace(testHandshake, "GET", "POST", 1), "405"},
		{"obsolete line folding", strings.Replace(testHandshake, "Host: test", "Host: test\r\nX: a\r\n b", 1), "101"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			nc, err := s.dial()
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			if _, err := io.WriteString(nc, tt.request); err != nil {
				t.Fatal(err)
			}
			line, _ := bufio.NewReader(nc).ReadString('\n')
			if _, status, _ := strings.Cut(line, " "); !strings.HasPrefix(status, tt.status) {
				t.Errorf("got %q, want %s", line, tt.status)
			}
		})
	}
}

// TestEarlyBytes is T52: bytes in the same segment as the request.
func TestEarlyBytes(t *testing.T) {
	for _, kind := range []string{"tcp", "tls", "memnet", "unix"} {
		t.Run(kind, func(t *testing.T) {
			s, _ := echoServer(t, kind, nil)
			c := s.connect(t, join(text("one"), text("two"), text("three")[:4]))
			c.expect("text one")
			c.expect("text two")
			c.send(text("three")[4:])
			c.expect("text three")

			s.connect(t, []byte("test")).expect(failed)
			s.connect(t, []byte("\xb1\x80\x00\x00\x00\x00")).expect(failed)
			c = s.connect(t, closing)
			c.expect(goodbye)
			c.expectEnd()
		})
	}
}

func FuzzAccept(f *testing.F) {
	f.Add("websocket", "Upgrade", "13", testKey, "", "")
	f.Add("WebSocket", "keep-alive, Upgrade", "13", testKey, "a, b", "permessage-deflate")
	f.Add("h2c", "close", "12", "abc", "b    x", "constructor")
	f.Fuzz(func(t *testing.T, upgrade, connection, version, key, protocol, cookie string) {
		edits := map[string][]string{
			"Upgrade": {upgrade}, "Connection": {connection}, "Sec-Websocket-Version": {version}, "Sec-Websocket-Key": {key},
		}
		fields := 4
		if protocol != "" {
			edits["Sec-Websocket-Protocol"] = []string{protocol}
			fields++
		}
		r := handshake(edits)
		response, err := upgradeResponse(r, "", http.Header{"Set-Cookie": {cookie}})
		if err != nil {
			if _, ok := errors.AsType[*HandshakeError](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		// Whatever went in, what comes out is one response with these fields.
		br := bufio.NewReader(strings.NewReader(string(response)))
		parsed, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatalf("%v: %q", err, response)
		}
		defer parsed.Body.Close()
		if n := len(parsed.Header); n != fields || br.Buffered() > 0 {
			t.Errorf("%d fields, %d bytes left over: %q", n, br.Buffered(), response)
		}
	})
}
