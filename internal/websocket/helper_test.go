package websocket

import (
	"bufio"
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/socketio-go/socketio/internal/memnet"
)

const testKey = "dGhlIHNhbXBsZSBub25jZQ=="

const testHandshake = "GET /engine.io/ HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + testKey + "\r\n\r\n"

const fin = finBit

// frame is a masked frame with the given first byte, as a client sends it.
func frame(first byte, payload string) []byte {
	b := AppendFrame(nil, 0, []byte(payload))
	b[0] = first
	header := len(b) - len(payload)
	b[1] |= maskBit
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	subtle.XORBytes(b[header:], b[header:], bytes.Repeat(key[:], len(payload)/4+1))
	return append(b[:header:header], append(key[:], b[header:]...)...)
}

// unmasked is what a server sends when a client sends b, whose last frame may
// be incomplete; nil if a frame is not masked.
func unmasked(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		start := len(out)
		if len(b) < 2 {
			return append(out, b...)
		}
		if b[1]&maskBit == 0 {
			return nil
		}
		n := uint64(b[1] & lengthBits)
		head := headerSize([]byte{b[0], byte(n)})
		if len(b) < head+maskSize {
			out = append(out, b[:min(head, len(b))]...)
			out[start+1] &^= maskBit
			return out
		}
		switch n {
		case length16:
			n = uint64(binary.BigEndian.Uint16(b[2:]))
		case length64:
			n = binary.BigEndian.Uint64(b[2:])
		}
		out = append(out, b[:head]...)
		out[start+1] &^= maskBit
		key := [4]byte(b[head:])
		b = b[head+maskSize:]
		n = min(n, uint64(len(b)))
		payload := slices.Clone(b[:n])
		unmaskNaive(payload, key)
		out = append(out, payload...)
		b = b[n:]
	}
	return out
}

func text(payload string) []byte { return frame(fin|byte(OpText), payload) }

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func closePayload(code int, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(code))) + reason
}

// sampleJSON is an event of n bytes of the kind that is worth compressing.
func sampleJSON(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu")
	b := []byte(`42["update",[`)
	for len(b) < n {
		b = fmt.Appendf(b, `{"id":%d,"name":"%s %s","price":%d.%02d,"active":%t},`,
			r.IntN(100_000), words[r.IntN(12)], words[r.IntN(12)], r.IntN(1000), r.IntN(100), r.IntN(2) == 0)
	}
	return append(b[:n-2], "]]"...)
}

// describe is an event or frame in the tables: long payloads are shortened.
func describe(op Opcode, payload []byte) string {
	names := map[Opcode]string{OpText: "text", OpBinary: "binary", OpPing: "ping", OpPong: "pong", OpClose: "close"}
	if op == OpClose && len(payload) >= 2 {
		return strings.TrimSpace(fmt.Sprintf("close %d %s", binary.BigEndian.Uint16(payload), payload[2:]))
	}
	s := string(payload)
	if len(s) > 200 {
		s = fmt.Sprintf("%.20s… %d %08x", s, len(s), crc32.ChecksumIEEE(payload))
	}
	return strings.TrimSpace(names[op] + " " + s)
}

// network is a way to connect a client with a server.
type network struct {
	listener net.Listener
	dial     func() (net.Conn, error)
}

func listen(tb testing.TB, kind string) network {
	tb.Helper()
	switch kind {
	case "memnet":
		l := memnet.Listen()
		return network{l, func() (net.Conn, error) { return l.Dial() }}
	case "unix":
		dir, err := os.MkdirTemp("", "ws")
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dialer(tb, "unix", filepath.Join(dir, "s"))
	}
	return dialer(tb, "tcp", "127.0.0.1:0")
}

func dialer(tb testing.TB, kind, addr string) network {
	tb.Helper()
	l, err := net.Listen(kind, addr)
	if err != nil {
		tb.Fatal(err)
	}
	return network{l, func() (net.Conn, error) { return net.Dial(kind, l.Addr().String()) }}
}

// server accepts WebSocket connections and counts what of them still runs.
type server struct {
	network
	tls       bool
	dialPlain func() (net.Conn, error) // what TLS, if any, goes over
	running   sync.WaitGroup           // Serve calls
}

// serve runs a server of kind tcp, tls, unix or memnet until the test ends.
// handle is called in the HTTP handler.
func serve(tb testing.TB, kind string, opts *AcceptOptions, handle func(*Conn) Handler) *server {
	tb.Helper()
	s := &server{network: listen(tb, kind), tls: kind == "tls"}
	s.dialPlain = s.dial
	hs := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Accept(w, r, opts)
		if bad, ok := errors.AsType[*HandshakeError](err); ok {
			http.Error(w, bad.Message, bad.Status)
			return
		}
		if err != nil {
			tb.Error(err)
			return
		}
		s.running.Add(1) // before handle, whose doings the test waits for before it waits for running
		h := handle(c)
		go func() { // ends with the connection
			defer s.running.Done()
			c.Serve(h)
		}()
	}))
	_ = hs.Listener.Close() // made by NewUnstartedServer
	hs.Listener = s.listener
	switch kind {
	case "tls":
		hs.StartTLS()
		addr := s.listener.Addr().String()
		s.dial = func() (net.Conn, error) {
			return tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		}
	case "memnet":
		go func() { _ = hs.Config.Serve(s.listener) }() // ends with the cleanup
	default:
		hs.Start()
	}
	tb.Cleanup(func() {
		_ = hs.Config.Close()
		_ = s.listener.Close()
	})
	return s
}

// client speaks the protocol by hand.
type client struct {
	net.Conn
	tb        testing.TB
	r         *bufio.Reader
	extension string // that the server accepted
}

// connect dials and sends the handshake, with more in the same segment.
func (s *server) connect(tb testing.TB, more []byte) *client {
	tb.Helper()
	return s.shakeHands(tb, testHandshake, more)
}

// connectDeflate offers compression, which must be accepted.
func (s *server) connectDeflate(tb testing.TB, more []byte) *client {
	tb.Helper()
	c := s.offer(tb, "permessage-deflate; client_max_window_bits", more)
	if c.extension != deflateAnswer {
		tb.Fatalf("extension: %q", c.extension)
	}
	return c
}

// offer offers extensions.
func (s *server) offer(tb testing.TB, extensions string, more []byte) *client {
	tb.Helper()
	field := "\r\nSec-WebSocket-Extensions: " + extensions + "\r\n\r\n"
	return s.shakeHands(tb, strings.TrimSuffix(testHandshake, "\r\n\r\n")+field, more)
}

func (s *server) shakeHands(tb testing.TB, handshake string, more []byte) *client {
	tb.Helper()
	nc, err := s.dial()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = nc.Close() })
	c := &client{Conn: nc, tb: tb, r: bufio.NewReaderSize(nc, 4<<10)}
	// Nothing here takes that long: it only makes a hang a failure.
	_ = nc.SetDeadline(time.Now().Add(2 * time.Minute))
	c.send(append([]byte(handshake), more...))
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		tb.Fatal(err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		tb.Fatalf("handshake: %s", resp.Status)
	}
	c.extension = resp.Header.Get("Sec-WebSocket-Extensions")
	return c
}

func (c *client) send(b []byte) {
	c.tb.Helper()
	if _, err := c.Write(b); err != nil {
		c.tb.Fatal(err)
	}
}

// readFrame reads an unmasked frame, which it decompresses if that was
// negotiated.
func (c *client) readFrame() (Opcode, []byte, error) {
	first, payload, err := c.readRaw()
	if err != nil {
		return 0, nil, err
	}
	op := Opcode(first & opcodeBits)
	if first&rsv1Bit == 0 {
		return op, payload, nil
	}
	if c.extension == "" || op.control() {
		return 0, nil, fmt.Errorf("bad first byte of a frame: %x", first)
	}
	payload, err = inflateNaive(payload, 1<<30)
	return op, payload, err
}

// readRaw reads a frame and returns its first byte and its payload as it is.
func (c *client) readRaw() (first byte, payload []byte, err error) {
	var head [MaxHeader]byte
	if _, err := io.ReadFull(c.r, head[:2]); err != nil {
		return 0, nil, err
	}
	if head[0]&fin == 0 || head[0]&(rsvBits&^rsv1Bit) != 0 || head[1]&maskBit != 0 {
		return 0, nil, fmt.Errorf("bad frame header %x", head[:2])
	}
	n := uint64(head[1])
	switch n {
	case length16:
		if _, err := io.ReadFull(c.r, head[2:4]); err != nil {
			return 0, nil, err
		}
		n = uint64(binary.BigEndian.Uint16(head[2:]))
	case length64:
		if _, err := io.ReadFull(c.r, head[2:10]); err != nil {
			return 0, nil, err
		}
		n = binary.BigEndian.Uint64(head[2:])
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(c.r, payload)
	return head[0], payload, err
}

// expect reads one frame.
func (c *client) expect(want string) {
	c.tb.Helper()
	op, payload, err := c.readFrame()
	if err != nil {
		c.tb.Fatalf("want frame %q, got error %v", want, err)
	}
	if got := describe(op, payload); got != want {
		c.tb.Fatalf("want frame %q, got %q", want, got)
	}
}

// expectEnd reads until the server ends the connection.
func (c *client) expectEnd() {
	c.tb.Helper()
	if op, payload, err := c.readFrame(); !errors.Is(err, io.EOF) {
		c.tb.Fatalf("want end of connection, got %q, %v", describe(op, payload), err)
	}
}

// echo is a Handler that sends every message back, a batch in one Write, and
// remembers how the connection ended.
type echo struct {
	conn    *Conn
	frames  [][]byte
	drained chan struct{} // one value for each Drained
	closed  chan error    // receives the argument of Closed
}

func newEcho(c *Conn) *echo {
	return &echo{conn: c, drained: make(chan struct{}, 1000), closed: make(chan error, 2)}
}

func (e *echo) Message(op Opcode, data []byte) {
	e.frames = append(e.frames, AppendFrame(nil, op, data))
}

func (e *echo) BatchDone() {
	_, _ = e.conn.Write(e.frames) // an error also reaches Closed
	clear(e.frames)
	e.frames = e.frames[:0]
}

func (e *echo) Drained() {
	select {
	case e.drained <- struct{}{}:
	default:
	}
}

func (e *echo) Closed(err error) { e.closed <- err }

// echoServer is a server of echoes, which it puts in a channel.
func echoServer(tb testing.TB, kind string, opts *AcceptOptions) (*server, chan *echo) {
	echoes := make(chan *echo, 10_000)
	s := serve(tb, kind, opts, func(c *Conn) Handler {
		e := newEcho(c)
		echoes <- e
		return e
	})
	return s, echoes
}
