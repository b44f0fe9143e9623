// Package wiretest drives a server with raw HTTP and WebSocket bytes, so that tests of the layers above can say what
// is on the wire, also what no proper client would send. It works over TCP and, in fake time, over internal/memnet.
package wiretest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/socketio-go/socketio/internal/memnet"
)

// A Host is a server under test: its handler, behind net/http, on an in-memory network.
type Host struct {
	TB   testing.TB
	Path string // of the requests, such as "/socket.io/"

	listener *memnet.Listener
	client   *http.Client
	server   *http.Server
}

// Serve starts a server for the duration of the test.
func Serve(tb testing.TB, path string, h http.Handler) *Host {
	tb.Helper()
	l := memnet.Listen()
	host := &Host{TB: tb, Path: path, listener: l, client: l.Client(), server: &http.Server{Handler: h}}
	var wg sync.WaitGroup
	wg.Go(func() { _ = host.server.Serve(l) }) // ends with Close
	tb.Cleanup(func() { host.Close(); wg.Wait() })
	return host
}

// ServeOn is Serve for tests that bring their own network and HTTP server: clients dial l, and the server accepts from
// accept, which is l itself or wraps it.
func ServeOn(tb testing.TB, path string, l *memnet.Listener, accept net.Listener, server *http.Server) *Host {
	tb.Helper()
	host := &Host{TB: tb, Path: path, listener: l, client: l.Client(), server: server}
	var wg sync.WaitGroup
	wg.Go(func() { _ = host.server.Serve(accept) }) // ends with Close
	tb.Cleanup(func() { host.Close(); wg.Wait() })
	return host
}

// Dial opens a connection, for a test that writes its requests itself.
func (h *Host) Dial() net.Conn {
	h.TB.Helper()
	conn, err := h.listener.Dial()
	if err != nil {
		h.TB.Fatalf("dial: %v", err)
	}
	return conn
}

// DialContext opens a connection whatever the address, for a client under test.
func (h *Host) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return h.listener.DialContext(ctx, network, addr)
}

// Quiet keeps the HTTP server from logging panics that a test makes happen. It is called before the first request.
func (h *Host) Quiet() { h.server.ErrorLog = log.New(io.Discard, "", 0) }

// Close ends the server and all its connections that it still knows, and the client's.
func (h *Host) Close() {
	_ = h.server.Close()
	h.client.CloseIdleConnections()
}

// An Answer is that of an HTTP request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Do makes a request with the given query ("EIO=4&transport=polling"). The body may be nil.
func (h *Host) Do(ctx context.Context, method, query string, body io.Reader, header ...string) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://app.example"+h.Path+"?"+query, body)
	if err != nil {
		return Answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	res, err := h.client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return Answer{res.StatusCode, res.Header, string(b)}, err
}

// Request is Do for requests that have to be answered.
func (h *Host) Request(method, query, body string, header ...string) Answer {
	h.TB.Helper()
	var rd io.Reader
	if body != "" {
		rd = strings.NewReader(body)
	}
	a, err := h.Do(context.Background(), method, query, rd, header...)
	if err != nil {
		h.TB.Fatalf("%s ?%s: %v", method, query, err)
	}
	return a
}

// Polling opens a session by long-polling and returns it.
func (h *Host) Polling(header ...string) *Polling {
	h.TB.Helper()
	a := h.Request(http.MethodGet, "EIO=4&transport=polling", "", header...)
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "0{") {
		h.TB.Fatalf("handshake: %d %q", a.Status, a.Body)
	}
	return &Polling{Host: h, Open: a.Body, SID: SID(a.Body)}
}

// SID finds the session id in an open packet.
func SID(open string) string {
	_, rest, _ := strings.Cut(open, `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	return sid
}

// A Polling is a session by long-polling.
type Polling struct {
	Host *Host
	Open string // the open packet
	SID  string
}

// Query is the query of its requests.
func (p *Polling) Query() string {
	return "EIO=4&transport=polling&sid=" + url.QueryEscape(p.SID)
}

// Get polls once.
func (p *Polling) Get() Answer {
	p.Host.TB.Helper()
	return p.Host.Request(http.MethodGet, p.Query(), "")
}

// Poll polls once and returns the packets; the answer must be 200.
func (p *Polling) Poll() []string {
	p.Host.TB.Helper()
	a := p.Get()
	if a.Status != http.StatusOK {
		p.Host.TB.Fatalf("poll: %d %q", a.Status, a.Body)
	}
	return strings.Split(a.Body, "\x1e")
}

// Post sends packets; the answer must be 200 "ok".
func (p *Polling) Post(packets ...string) {
	p.Host.TB.Helper()
	if a := p.TryPost(packets...); a.Status != http.StatusOK || a.Body != "ok" {
		p.Host.TB.Fatalf("post: %d %q", a.Status, a.Body)
	}
}

// TryPost sends packets.
func (p *Polling) TryPost(packets ...string) Answer {
	p.Host.TB.Helper()
	return p.Host.Request(http.MethodPost, p.Query(), strings.Join(packets, "\x1e"))
}

// Upgrade opens a WebSocket for the session.
func (p *Polling) Upgrade() *WS {
	p.Host.TB.Helper()
	return p.Host.WS("EIO=4&transport=websocket&sid=" + url.QueryEscape(p.SID))
}

// A WS is a raw WebSocket. Its methods fail the test on errors, unless they return one.
type WS struct {
	TB   testing.TB
	Conn net.Conn
	rd   *bufio.Reader
	mu   sync.Mutex
}

// NewWS makes a WS of a connection on which the handshake is over: the server has answered 101, and rd is behind that.
func NewWS(tb testing.TB, conn net.Conn, rd *bufio.Reader) *WS {
	return &WS{TB: tb, Conn: conn, rd: rd}
}

// WebSocket opens a session by WebSocket and returns it with its open packet.
func (h *Host) WebSocket(header ...string) (ws *WS, open string) {
	h.TB.Helper()
	ws = h.WS("EIO=4&transport=websocket", header...)
	return ws, ws.Text()
}

// WS opens a WebSocket with the given query; it must be accepted.
func (h *Host) WS(query string, header ...string) *WS {
	h.TB.Helper()
	ws, res, err := h.DialWS(query, header...)
	if err != nil {
		h.TB.Fatalf("websocket: %v", err)
	}
	if ws == nil {
		h.TB.Fatalf("websocket: status %d", res.StatusCode)
	}
	return ws
}

// DialWS asks for a WebSocket. ws is nil if it is refused.
func (h *Host) DialWS(query string, header ...string) (ws *WS, res *http.Response, err error) {
	conn, err := h.listener.Dial()
	if err != nil {
		return nil, nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s?%s HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", h.Path, query)
	for i := 0; i+1 < len(header); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", header[i], header[i+1])
	}
	if _, err = io.WriteString(conn, b.String()+"\r\n"); err != nil {
		return nil, nil, err
	}
	rd := bufio.NewReader(conn)
	res, err = http.ReadResponse(rd, nil)
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(res.Body)
		res.Body = io.NopCloser(bytes.NewReader(body))
		_ = conn.Close()
		return nil, res, nil
	}
	return &WS{TB: h.TB, Conn: conn, rd: rd}, res, nil
}

// Frame makes a final, masked frame, as clients send it.
func Frame(op byte, payload []byte) []byte {
	b := []byte{0x80 | op}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := [4]byte{0x12, 0x34, 0x56, 0x78}
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i%4])
	}
	return b
}

// Send sends text messages, in one write.
func (w *WS) Send(texts ...string) {
	w.TB.Helper()
	var b []byte
	for _, t := range texts {
		b = append(b, Frame(1, []byte(t))...)
	}
	w.SendRaw(b)
}

// SendBinary sends a binary message.
func (w *WS) SendBinary(data []byte) {
	w.TB.Helper()
	w.SendRaw(Frame(2, data))
}

// SendRaw sends bytes.
func (w *WS) SendRaw(b []byte) {
	w.TB.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.Conn.Write(b); err != nil {
		w.TB.Fatalf("write: %v", err)
	}
}

// ErrClosed is returned by Read after a close frame: its status, or 1005.
type ErrClosed struct{ Status int }

func (e ErrClosed) Error() string { return fmt.Sprintf("close frame with status %d", e.Status) }

// Read returns the next message of the server, whose frames are never fragmented or masked.
func (w *WS) Read() (op byte, data []byte, err error) {
	var h [2]byte
	if _, err := io.ReadFull(w.rd, h[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(h[1])
	switch n {
	case 126:
		var b [2]byte
		_, err = io.ReadFull(w.rd, b[:])
		n = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		var b [8]byte
		_, err = io.ReadFull(w.rd, b[:])
		n = binary.BigEndian.Uint64(b[:])
	}
	if err != nil {
		return 0, nil, err
	}
	data = make([]byte, n)
	if _, err := io.ReadFull(w.rd, data); err != nil {
		return 0, nil, err
	}
	op = h[0] & 0xf
	if op == 8 {
		status := 1005
		if len(data) >= 2 {
			status = int(binary.BigEndian.Uint16(data))
		}
		return op, data, ErrClosed{status}
	}
	return op, data, nil
}

// Text reads a text message.
func (w *WS) Text() string {
	w.TB.Helper()
	op, data, err := w.Read()
	if err != nil || op != 1 {
		w.TB.Fatalf("read: opcode %d, %q, %v; want a text message", op, data, err)
	}
	return string(data)
}

// Binary reads a binary message.
func (w *WS) Binary() []byte {
	w.TB.Helper()
	op, data, err := w.Read()
	if err != nil || op != 2 {
		w.TB.Fatalf("read: opcode %d, %q, %v; want a binary message", op, data, err)
	}
	return data
}

// Expect reads text messages and compares them.
func (w *WS) Expect(texts ...string) {
	w.TB.Helper()
	for _, want := range texts {
		if got := w.Text(); got != want {
			w.TB.Fatalf("got %q, want %q", got, want)
		}
	}
}

// ExpectClose reads up to the end of the connection, and returns the status of the close frame; 0 without one. It
// answers the close frame.
func (w *WS) ExpectClose() int {
	w.TB.Helper()
	for {
		_, _, err := w.Read()
		var closed ErrClosed
		switch {
		case errors.As(err, &closed):
			_, _ = w.Conn.Write(Frame(8, nil))
			_ = w.Conn.Close()
			return closed.Status
		case err != nil:
			_ = w.Conn.Close()
			return 0
		}
	}
}

// Close drops the connection.
func (w *WS) Close() { _ = w.Conn.Close() }
