// Package memnet is a network in memory, for tests: a listener, its dialer and
// the connections between them.
//
// It behaves like TCP on a loopback interface without delay: connecting never
// waits, each direction of a connection is buffered, writing to a full buffer
// blocks until the peer reads, deadlines work, and a connection ends by [Conn.Close]
// or is reset by [Conn.Abort].
//
// Everything that blocks does so in a way that testing/synctest knows as durable,
// and all time comes from package time, so a server, its clients and hours of
// their life fit into a bubble. A bubble ends only when its goroutines do: close
// servers and clients before the test function returns.
package memnet

import (
	"context"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// DefaultBuffer is how many bytes each direction of a connection holds if
// [Listener.Buffer] says nothing else.
const DefaultBuffer = 64 << 10

// A Listener is a [net.Listener] that accepts the connections made by its own
// methods, made by [Listen]. All methods may be called concurrently.
type Listener struct {
	// Buffer is how many bytes each direction of a connection holds before
	// writes block. It is read by Dial; zero or less means DefaultBuffer.
	Buffer int

	mu sync.Mutex

	// Guarded by mu.
	acceptable sync.Cond
	backlog    []*Conn // dialed, not yet accepted
	dialed     int
	closed     bool
}

var _ net.Listener = (*Listener)(nil)

// Listen returns a new listener, to be called inside the bubble that uses it.
func Listen() *Listener {
	l := new(Listener)
	l.acceptable.L = &l.mu
	return l
}

// Accept returns the next connection that was dialed, and waits for it. After
// Close it returns an error that is [net.ErrClosed].
func (l *Listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.backlog) == 0 && !l.closed {
		l.acceptable.Wait()
	}
	if l.closed {
		return nil, &net.OpError{Op: "accept", Net: network, Addr: l.Addr(), Err: net.ErrClosed}
	}
	c := l.backlog[0]
	l.backlog = l.backlog[1:]
	return c, nil
}

// Close refuses further connections and resets those not accepted yet. Accepted
// ones go on. It never fails.
func (l *Listener) Close() error {
	l.mu.Lock()
	l.closed = true
	backlog := l.backlog
	l.backlog = nil
	l.acceptable.Broadcast()
	l.mu.Unlock()
	for _, c := range backlog {
		c.Abort()
	}
	return nil
}

// Addr returns a made-up [*net.TCPAddr] from the block that RFC 5737 keeps for
// documentation. Each dialed connection has a port of its own.
func (l *Listener) Addr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}
}

// Dial connects to the listener. It does not wait for Accept: as in TCP, what
// is written meanwhile is buffered. After Close it fails with ECONNREFUSED.
func (l *Listener) Dial() (*Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	local := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 1024 + l.dialed%(1<<16-1024)}
	if l.closed {
		return nil, &net.OpError{Op: "dial", Net: network, Source: local, Addr: l.Addr(), Err: syscall.ECONNREFUSED}
	}
	l.dialed++
	size := l.Buffer
	if size <= 0 {
		size = DefaultBuffer
	}
	client, server := newPair(local, l.Addr(), size)
	l.backlog = append(l.backlog, server)
	l.acceptable.Signal()
	return client, nil
}

// DialContext is Dial in the form that [http.Transport] wants. Network and
// address are ignored; a ctx that has ended is an error.
func (l *Listener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := l.Dial()
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Client returns a new HTTP client that reaches the listener whatever the host
// of a URL is (not https). It keeps connections alive: they end with the server,
// or by CloseIdleConnections.
func (l *Listener) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: l.DialContext}}
}
