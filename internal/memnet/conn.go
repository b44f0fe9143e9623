package memnet

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// network is the Net of errors. The addresses say "tcp", because that is what
// callers expect of a [*net.TCPAddr].
const network = "memnet"

// A Conn is one end of a connection in memory. All methods may be called
// concurrently; concurrent Writes do not mix.
//
// Errors are those of a TCP connection: io.EOF once the peer has closed and its
// bytes are read; otherwise a [*net.OpError] around [net.ErrClosed] (this end is
// closed), [os.ErrDeadlineExceeded], ECONNRESET (the peer aborted) or EPIPE
// (writing to a peer that closed).
type Conn struct {
	// Immutable.
	local, remote net.Addr
	in, out       *half
}

var _ net.Conn = (*Conn)(nil)

func newPair(clientAddr, serverAddr net.Addr, size int) (client, server *Conn) {
	up, down := newHalf(size), newHalf(size)
	client = &Conn{local: clientAddr, remote: serverAddr, in: down, out: up}
	server = &Conn{local: serverAddr, remote: clientAddr, in: up, out: down}
	return client, server
}

// Read waits until there are bytes, and returns what there is.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.wrap("read", err)
}

// Write waits until all of p is in the peer's buffer. On an error it says how much is.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.wrap("write", err)
}

// Close ends the connection: the peer reads what is buffered and then io.EOF.
// Closing again is an error that is [net.ErrClosed].
func (c *Conn) Close() error {
	first := c.out.closeWriter()
	c.in.closeReader()
	if !first {
		return c.wrap("close", net.ErrClosed)
	}
	return nil
}

// Abort resets the connection: what is buffered, either way, is lost, and the
// peer's next Read or Write fails with ECONNRESET. This end is closed. An end
// that was closed before can still be aborted.
func (c *Conn) Abort() {
	c.out.reset()
	c.in.reset()
	c.out.closeWriter()
	c.in.closeReader()
}

// LocalAddr returns the address of this end.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the address of the peer.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline sets both deadlines; see [net.Conn].
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline also concerns a Read that waits already.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.wrap("set", c.in.setReadDeadline(t))
}

// SetWriteDeadline also concerns a Write that waits already.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.wrap("set", c.out.setWriteDeadline(t))
}

func (c *Conn) wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: network, Source: c.local, Addr: c.remote, Err: err}
}

// A half carries bytes one way. Whoever waits does so on changed and nothing else:
// to wait for a mutex that a sleeper holds would not be durable for synctest.
type half struct {
	// Immutable.
	size int

	mu sync.Mutex

	// Guarded by mu.
	changed       sync.Cond
	buf           bytes.Buffer
	writing       bool // a Write is under way, others wait their turn
	writerClosed  bool
	readerClosed  bool
	wasReset      bool
	readDeadline  deadline
	writeDeadline deadline
}

func newHalf(size int) *half {
	h := &half{size: size}
	h.changed.L = &h.mu
	return h
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case h.readerClosed:
			return 0, net.ErrClosed
		case h.readDeadline.passed():
			return 0, os.ErrDeadlineExceeded
		case h.wasReset:
			return 0, syscall.ECONNRESET
		case len(p) == 0:
			return 0, nil
		case h.buf.Len() > 0:
			n, _ := h.buf.Read(p) // never fails on a buffer that holds something
			h.changed.Broadcast()
			return n, nil
		case h.writerClosed:
			return 0, io.EOF
		}
		h.changed.Wait()
	}
}

func (h *half) write(p []byte) (n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.writing {
		if err := h.writeError(); err != nil {
			return 0, err
		}
		h.changed.Wait()
	}
	h.writing = true
	defer func() {
		h.writing = false
		h.changed.Broadcast()
	}()
	for {
		if err := h.writeError(); err != nil {
			return n, err
		}
		if room := min(h.size-h.buf.Len(), len(p)-n); room > 0 {
			h.buf.Write(p[n : n+room])
			n += room
			h.changed.Broadcast()
		}
		if n == len(p) {
			return n, nil
		}
		h.changed.Wait()
	}
}

// writeError tells why nothing can be written, which a full buffer is not. h.mu is held.
func (h *half) writeError() error {
	switch {
	case h.writerClosed:
		return net.ErrClosed
	case h.writeDeadline.passed():
		return os.ErrDeadlineExceeded
	case h.wasReset:
		return syscall.ECONNRESET
	case h.readerClosed:
		return syscall.EPIPE
	}
	return nil
}

// closeWriter reports whether it was open.
func (h *half) closeWriter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := !h.writerClosed
	h.writerClosed = true
	h.writeDeadline.stop()
	h.changed.Broadcast()
	return first
}

func (h *half) closeReader() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.readerClosed = true
	h.readDeadline.stop()
	h.buf = bytes.Buffer{}
	h.changed.Broadcast()
}

func (h *half) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wasReset = true
	h.buf = bytes.Buffer{}
	h.changed.Broadcast()
}

func (h *half) setReadDeadline(t time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.readerClosed {
		return net.ErrClosed
	}
	h.readDeadline.set(t, h.wake)
	h.changed.Broadcast()
	return nil
}

func (h *half) setWriteDeadline(t time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.writerClosed {
		return net.ErrClosed
	}
	h.writeDeadline.set(t, h.wake)
	h.changed.Broadcast()
	return nil
}

// wake lets sleepers look at the clock.
func (h *half) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changed.Broadcast()
}

// A deadline is the zero time, which is never, or when a timer wakes the sleepers.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) set(t time.Time, wake func()) {
	d.stop()
	d.at = t
	if left := time.Until(t); !t.IsZero() && left > 0 {
		d.timer = time.AfterFunc(left, wake)
	}
}

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

func (d *deadline) passed() bool {
	return !d.at.IsZero() && !time.Now().Before(d.at)
}
