package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// A network is what a client under test reaches an app by. It can be cut.
type network struct {
	app *app

	mu sync.Mutex
	// Guarded by mu.
	conns  map[net.Conn]bool
	down   bool
	dialed int
}

var errDown = errors.New("the network is down")

func (n *network) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dialed++
	if n.down {
		return nil, errDown
	}
	c, err := n.app.host.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	tracked := &trackedConn{Conn: c, network: n}
	n.conns[tracked] = true
	return tracked, nil
}

// trackedConn is forgotten when it is closed.
type trackedConn struct {
	net.Conn
	network *network
}

func (c *trackedConn) Close() error {
	c.network.mu.Lock()
	delete(c.network.conns, c)
	c.network.mu.Unlock()
	return c.Conn.Close()
}

// cut ends all connections.
func (n *network) cut() {
	n.mu.Lock()
	conns := n.conns
	n.conns = map[net.Conn]bool{}
	n.mu.Unlock()
	for c := range conns {
		_ = c.(*trackedConn).Conn.Close() //nolint:forcetypeassert // nothing else is in there
	}
}

// setDown has new connections fail, or not.
func (n *network) setDown(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = down
}

func (n *network) dials() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dialed
}

// A story is what has happened, in order.
type story struct {
	t  *testing.T
	mu sync.Mutex
	is []string
}

func (s *story) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.is = append(s.is, fmt.Sprintf(format, args...))
}

// want waits until nothing moves and compares what has happened since it was called last.
func (s *story) want(lines ...string) {
	s.t.Helper()
	wait(100 * time.Millisecond) // a server may hold back what it writes for a millisecond
	s.mu.Lock()
	got := s.is
	s.is = nil
	s.mu.Unlock()
	if !slices.Equal(got, lines) {
		s.t.Fatalf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(lines, "\n\t"))
	}
}

// A guest is a Go client of an app.
type guest struct {
	*socketio.Client
	t       *testing.T
	network *network
	story   *story
}

// guest makes a client that tells its life in its story. It is closed at the end of the test.
func (a *app) guest(path string, opts *socketio.ClientOptions) *guest {
	a.t.Helper()
	var o socketio.ClientOptions
	if opts != nil {
		o = *opts
	}
	if o.RandomizationFactor == 0 {
		o.RandomizationFactor = -1
	}
	n := &network{app: a, conns: map[net.Conn]bool{}}
	o.DialContext = n.DialContext
	g := &guest{socketio.NewClient("http://app.example"+path, &o), a.t, n, &story{t: a.t}}
	g.tellLife(g.Client)
	a.t.Cleanup(func() { g.Close() })
	return g
}

// tellLife adds the client's life to the story.
func (g *guest) tellLife(c *socketio.Client) {
	name := ""
	if c.Namespace() != "/" {
		name = c.Namespace() + " "
	}
	c.OnConnect(func() { g.story.add("%sconnect", name) })
	c.OnConnectError(func(err error) {
		if errors.Is(err, errDown) {
			err = errDown
		}
		g.story.add("%sconnect_error %v", name, err)
	})
	c.OnDisconnect(func(r socketio.DisconnectReason) {
		if r == socketio.TransportError { // which of the two it is depends on who notices first
			r = socketio.TransportClose
		}
		g.story.add("%sdisconnect %s", name, r)
	})
}

// connect connects, and forgets that.
func (g *guest) connect(more ...*socketio.Client) {
	g.t.Helper()
	for _, c := range append([]*socketio.Client{g.Client}, more...) {
		if err := c.Connect(g.t.Context()); err != nil {
			g.t.Fatalf("connect: %v", err)
		}
	}
	synctest.Wait()
	g.story.mu.Lock()
	g.story.is = nil
	g.story.mu.Unlock()
}

// transports are the ways to connect that most tests are run with.
var transports = map[string]*socketio.ClientOptions{
	"polling":   {Transports: []string{"polling"}},
	"websocket": {Transports: []string{"websocket"}},
	"upgrade":   nil,
}

// eachTransport runs a test in fake time for each of them.
func eachTransport(t *testing.T, fn func(t *testing.T, opts *socketio.ClientOptions)) {
	t.Helper()
	for name, opts := range transports {
		bubble(t, name, func(t *testing.T) {
			var o socketio.ClientOptions
			if opts != nil {
				o = *opts
			}
			fn(t, &o)
		})
	}
}

// wait passes time.
func wait(d time.Duration) {
	time.Sleep(d) // fake time
	synctest.Wait()
}
