// Package wire tests that a server with an "echo" event can be reached, at the level of what is on the wire: HTTP and
// WebSocket bytes, without a client library.
package wire

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// timeout is for everything that should happen at once.
const timeout = 10 * time.Second

// Serve serves a handler on a port of this machine for the duration of the test, and returns its URL.
func Serve(t *testing.T, h http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// CheckEcho connects to the Socket.IO server at a URL by each transport, also by changing from one to the other, emits
// "echo" with a text, and expects that text as the acknowledgement.
func CheckEcho(t *testing.T, url string) {
	t.Helper()
	t.Run("polling", func(t *testing.T) {
		p := open(t, url)
		p.post("40")
		p.expectConnect(p.poll())
		p.post(`420["echo","hello"]`)
		expect(t, p.poll(), `430["hello"]`)
	})
	t.Run("WebSocket", func(t *testing.T) {
		w := Dial(t, url)
		w.Write("40")
		if got := w.Read(); !strings.HasPrefix(got, `40{"sid":`) {
			t.Fatalf("connect: %q", got)
		}
		w.Write(`420["echo","hello"]`)
		expect(t, w.Read(), `430["hello"]`)
	})
	t.Run("upgrade", func(t *testing.T) {
		p := open(t, url)
		p.post("40")
		p.expectConnect(p.poll())
		w := dial(t, url, "EIO=4&transport=websocket&sid="+p.sid)
		w.Write("2probe")
		expect(t, w.Read(), "3probe")
		w.Write("5")
		w.Write(`421["echo","hello again"]`)
		expect(t, w.Read(), `431["hello again"]`)
	})
}

// Get gets a URL, which has to be answered with status 200, and returns the body.
func Get(t *testing.T, url string) (body string) {
	t.Helper()
	return do(t, http.MethodGet, url, "")
}

func do(t *testing.T, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: timeout}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %q %v", method, url, res.Status, b, err)
	}
	return string(b)
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// A polling is a session by long-polling.
type polling struct {
	t        *testing.T
	url, sid string
}

// open does the handshake.
func open(t *testing.T, url string) *polling {
	t.Helper()
	packet := do(t, http.MethodGet, url+"?EIO=4&transport=polling", "")
	var handshake struct {
		SID      string   `json:"sid"`
		Upgrades []string `json:"upgrades"`
	}
	data, isOpen := strings.CutPrefix(packet, "0")
	if err := json.Unmarshal([]byte(data), &handshake); err != nil || !isOpen || handshake.SID == "" {
		t.Fatalf("handshake: %q %v", packet, err)
	}
	expect(t, fmt.Sprint(handshake.Upgrades), "[websocket]")
	return &polling{t, url, handshake.SID}
}

func (p *polling) request(method, body string) string {
	p.t.Helper()
	return do(p.t, method, p.url+"?EIO=4&transport=polling&sid="+p.sid, body)
}

func (p *polling) poll() string {
	p.t.Helper()
	return p.request(http.MethodGet, "")
}

func (p *polling) post(packet string) {
	p.t.Helper()
	expect(p.t, p.request(http.MethodPost, packet), "ok")
}

func (p *polling) expectConnect(packet string) {
	p.t.Helper()
	if !strings.HasPrefix(packet, `40{"sid":"`) {
		p.t.Fatalf("connect: %q", packet)
	}
}

// A Socket is a WebSocket that knows as much as these tests need: text messages of less than 64 KiB. Its methods fail
// the test on errors.
type Socket struct {
	t    *testing.T
	conn net.Conn
	rd   *bufio.Reader
}

// Dial opens a session by WebSocket at the Socket.IO server of a URL, in no namespace yet.
func Dial(t *testing.T, url string) *Socket {
	t.Helper()
	w := dial(t, url, "EIO=4&transport=websocket")
	if got := w.Read(); !strings.HasPrefix(got, `0{"sid":`) {
		t.Fatalf("handshake: %q", got)
	}
	return w
}

func dial(t *testing.T, url, query string) *Socket {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"?"+query, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, // RFC 6455 §1.3, as is the answer below
	}
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", r.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(timeout))
	if err := r.Write(conn); err != nil {
		t.Fatal(err)
	}
	rd := bufio.NewReader(conn)
	res, err := http.ReadResponse(rd, r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("WebSocket: %s", res.Status)
	}
	expect(t, res.Header.Get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
	return &Socket{t, conn, rd}
}

// Write sends a text, in one frame that is masked with zeros.
func (s *Socket) Write(text string) {
	s.t.Helper()
	frame := []byte{0x81, 0x80 | byte(min(len(text), 126))}
	if len(text) >= 126 {
		frame = append(frame, byte(len(text)>>8), byte(len(text)))
	}
	frame = append(frame, 0, 0, 0, 0)
	if _, err := s.conn.Write(append(frame, text...)); err != nil {
		s.t.Fatal(err)
	}
}

// Read receives a text.
func (s *Socket) Read() string {
	s.t.Helper()
	header := make([]byte, 2, 4)
	if _, err := io.ReadFull(s.rd, header); err != nil || header[0] != 0x81 {
		s.t.Fatalf("frame: % x %v", header, err)
	}
	n := int(header[1])
	if n == 126 {
		if _, err := io.ReadFull(s.rd, header); err != nil {
			s.t.Fatal(err)
		}
		n = int(header[0])<<8 | int(header[1])
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(s.rd, text); err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}
