package interop

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A proxy is the network between a client and a server, which can fail.
type proxy struct {
	url    string
	frozen atomic.Bool // nothing passes any more, not even the end of a connection

	mu sync.Mutex
	// Guarded by mu.
	conns []net.Conn
	down  bool // there are no connections
}

// newProxy makes a proxy for a server, until the test ends.
func newProxy(t *testing.T, url string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{url: "http://" + l.Addr().String()}
	go func() { // ends with the listener
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.connect(client, strings.TrimPrefix(url, "http://"))
		}
	}()
	t.Cleanup(func() { l.Close(); p.cut() })
	return p
}

func (p *proxy) connect(client net.Conn, addr string) {
	server, err := net.Dial("tcp", addr)
	if err != nil {
		client.Close()
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		client.Close()
		server.Close()
		return
	}
	p.conns = append(p.conns, client, server)
	go p.pass(client, server) // these end with the connections
	go p.pass(server, client)
}

func (p *proxy) pass(to, from net.Conn) {
	io.Copy(freezer{p, to}, from)
	if !p.frozen.Load() {
		to.Close()
	}
}

// A freezer swallows what it is given while the proxy is frozen.
type freezer struct {
	p *proxy
	w io.Writer
}

func (f freezer) Write(b []byte) (int, error) {
	if f.p.frozen.Load() {
		return len(b), nil
	}
	return f.w.Write(b)
}

// cut closes all connections, and makes no new ones until repair is called.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

func (p *proxy) repair() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
}
