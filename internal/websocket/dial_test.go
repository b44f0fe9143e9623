//go:build !js

package websocket

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
)

// httpClient returns a client that reaches s whatever the host of a URL is.
func (s *server) httpClient(tb testing.TB) *http.Client {
	t := &http.Transport{
		DialContext:     func(context.Context, string, string) (net.Conn, error) { return s.dialPlain() },
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	tb.Cleanup(t.CloseIdleConnections)
	return &http.Client{Transport: t}
}

// url is one for httpClient.
func (s *server) url() string {
	if s.tls {
		return "wss://server.test/engine.io/?EIO=4"
	}
	return "ws://server.test/engine.io/?EIO=4"
}

// collector is a Handler of a client: events are written down as describe
// does, in a channel.
type collector struct {
	events chan string
	drains chan struct{}
	closed chan error
}

func newCollector() *collector {
	return &collector{make(chan string, 1000), make(chan struct{}, 1000), make(chan error, 2)}
}

func (c *collector) Message(op Opcode, data []byte) {
	c.events <- describe(op, data)
	clear(data) // it is borrowed, and may be modified
}
func (c *collector) BatchDone()       {}
func (c *collector) Drained()         { c.drains <- struct{}{} }
func (c *collector) Closed(err error) { c.closed <- err }

// running is a client's connection that is served.
type running struct {
	*ClientConn
	*collector
	done chan struct{} // closed when Serve has returned
}

func start(c *ClientConn) *running {
	r := &running{c, newCollector(), make(chan struct{})}
	go func() { // ends with the connection
		defer close(r.done)
		c.Serve(r.collector)
	}()
	return r
}

// dialClient connects to s by Dial.
func (s *server) dialClient(tb testing.TB, opts *DialOptions) *running {
	tb.Helper()
	var o DialOptions
	if opts != nil {
		o = *opts
	}
	if o.Client == nil {
		o.Client = s.httpClient(tb)
	}
	c, err := Dial(tb.Context(), s.url(), &o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.CloseNow)
	return start(c)
}

func (r *running) write(tb testing.TB, frames ...[]byte) {
	tb.Helper()
	before := join(frames...)
	drained, err := r.Write(frames)
	if err != nil {
		tb.Fatal(err)
	}
	if !slices.Equal(before, join(frames...)) {
		tb.Fatal("the frames were modified")
	}
	if !drained {
		<-r.drains
	}
}

func (r *running) expect(tb testing.TB, want string) {
	tb.Helper()
	if got := <-r.events; got != want {
		tb.Fatalf("got %q, want %q", got, want)
	}
}

func plainFrame(op Opcode, payload string) []byte { return AppendFrame(nil, op, []byte(payload)) }

// TestDialEcho: messages of all sizes come back from our own server, and both
// ends close in order, whichever begins.
func TestDialEcho(t *testing.T) {
	for _, kind := range kinds {
		for _, closes := range []string{"client", "server"} {
			t.Run(kind+" "+closes, func(t *testing.T) {
				s, echoes := echoServer(t, kind, nil)
				r := s.dialClient(t, nil)
				e := <-echoes
				for _, n := range []int{0, 1, 125, 126, 65535, 65536, 1_000_000} {
					r.write(t, plainFrame(OpText, sized(n)), plainFrame(OpBinary, "\x00"))
					r.expect(t, describe(OpText, []byte(sized(n))))
					r.expect(t, describe(OpBinary, []byte("\x00")))
				}
				if closes == "client" {
					r.Close(StatusNormalClosure, "bye")
				} else {
					e.conn.Close(StatusNormalClosure, "bye")
				}
				for _, err := range []error{<-e.closed, <-r.closed} {
					if peer, ok := errors.AsType[*CloseError](err); !ok || *peer != (CloseError{StatusNormalClosure, "bye"}) {
						t.Errorf("Closed(%v)", err)
					}
				}
				<-r.done
				s.running.Wait()
				noGoroutines(t)
			})
		}
	}
}

// TestClientMasks: what a client sends is masked, with another key each time.
func TestClientMasks(t *testing.T) {
	for _, kind := range []string{"tcp", "memnet"} {
		t.Run(kind, func(t *testing.T) {
			n := listen(t, kind)
			here, there := connectRaw(t, n, "")
			keys := map[string]bool{}
			ping := plainFrame(OpPing, "are you there?")
			for range 20 {
				if _, err := there.Write(ping); err != nil {
					t.Fatal(err)
				}
				first, key, payload := there.readMasked(t)
				if first != fin|byte(OpPong) || string(payload) != "are you there?" {
					t.Fatalf("got %x %q", first, payload)
				}
				keys[string(key)] = true
				here.write(t, plainFrame(OpText, "hello"))
				first, key, payload = there.readMasked(t)
				if first != fin|byte(OpText) || string(payload) != "hello" {
					t.Fatalf("got %x %q", first, payload)
				}
				keys[string(key)] = true
			}
			if len(keys) < 40 {
				t.Errorf("%d different keys of 40", len(keys))
			}
			_ = there.Close()
			if err := <-here.closed; !errors.Is(err, io.EOF) {
				t.Errorf("Closed(%v)", err)
			}
		})
	}
}

// rawPeer is a server that speaks by hand.
type rawPeer struct {
	net.Conn
	r   *bufio.Reader
	req *http.Request
}

// acceptRaw accepts a connection and reads a request.
func acceptRaw(tb testing.TB, l net.Listener) *rawPeer {
	tb.Helper()
	nc, err := l.Accept()
	if err != nil {
		tb.Error(err)
		return nil
	}
	tb.Cleanup(func() { _ = nc.Close() })
	p := &rawPeer{Conn: nc, r: bufio.NewReader(nc)}
	if p.req, err = http.ReadRequest(p.r); err != nil {
		tb.Error(err)
	}
	return p
}

// upgrade is the response to the request of p, without the last line.
func (p *rawPeer) upgrade() string {
	return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + acceptKey(p.req.Header.Get("Sec-WebSocket-Key")) + "\r\n"
}

// connectRaw connects both ends by a handshake. more goes out with it.
func connectRaw(tb testing.TB, n network, more string) (*running, *rawPeer) {
	tb.Helper()
	return connectRawOpts(tb, n, more, nil)
}

func connectRawOpts(tb testing.TB, n network, more string, opts *DialOptions) (*running, *rawPeer) {
	tb.Helper()
	tb.Cleanup(func() { _ = n.listener.Close() })
	peers := make(chan *rawPeer)
	go func() { // ends with the handshake
		p := acceptRaw(tb, n.listener)
		_, _ = io.WriteString(p, p.upgrade()+"\r\n"+more)
		peers <- p
	}()
	s := &server{network: n, dialPlain: n.dial}
	r := s.dialClient(tb, opts)
	return r, <-peers
}

// readMasked reads a small frame, which must be masked.
func (p *rawPeer) readMasked(tb testing.TB) (first byte, key, payload []byte) {
	tb.Helper()
	var head [2 + maskSize]byte
	if _, err := io.ReadFull(p.r, head[:]); err != nil {
		tb.Fatal(err)
	}
	if head[1]&maskBit == 0 || head[1]&lengthBits > maxControl {
		tb.Fatalf("frame header %x", head)
	}
	payload = make([]byte, head[1]&lengthBits)
	if _, err := io.ReadFull(p.r, payload); err != nil {
		tb.Fatal(err)
	}
	unmaskNaive(payload, [4]byte(head[2:]))
	return head[0], head[2:], payload
}
