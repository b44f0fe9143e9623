package websocket

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// closeTimeout is how long the peer has to answer our close frame, and to
	// read what is queued before it.
	closeTimeout = 5 * time.Second

	// endTimeout is how long the server has to end the connection once both
	// close frames have been sent. It should be first (RFC 6455 §7.1.1), so that
	// the state that TCP keeps of it for a while is the server's.
	endTimeout = time.Second

	// maxLinger is how much input of a peer that we failed is thrown away in
	// order that our close frame reaches it.
	maxLinger = 4 << 20
)

// Handler receives what happens on a connection. Message, BatchDone and Closed
// are called by the reader, one at a time; Drained by another goroutine, at
// any time.
type Handler interface {
	// Message is a complete message. data is borrowed: it is valid, and may be
	// modified, until Message returns. Message may block; nothing is read
	// meanwhile.
	Message(op Opcode, data []byte)

	// BatchDone follows the last Message of those that one read returned: the
	// time to write what was held back to go out in one piece.
	BatchDone()

	// Drained says that what a Write left over has been written. It may come
	// before that Write has returned, while an earlier call still runs, and just
	// after Closed.
	Drained()

	// Closed is the last call of the reader, and comes exactly once. err is a
	// *CloseError if the peer closed; io.EOF if it ended the connection without
	// a close frame; net.ErrClosed after CloseNow; ErrCloseTimeout; one of
	// ErrProtocol, ErrInvalidUTF8, ErrInvalidDeflate, ErrTooManyFragments and
	// ErrMessageTooBig, wrapped, if it was failed; or an error of the network. Nothing remains to
	// be closed.
	Closed(err error)
}

// ending is what happens to the connection once the queue is empty.
type ending byte

const (
	stayOpen  ending = iota
	hangUp           // the close handshake is complete
	awaitEnd         // the same for a client: the server ends the connection
	shutWrite        // the peer was failed: let it read our close frame
)

// Conn is an end of a WebSocket connection, made by Accept or Dial. Its
// methods may be called by any goroutine, Serve by one and once.
type Conn struct {
	// Immutable.
	nc  net.Conn
	raw syscall.RawConn // nil: nc can only be read and written by blocking calls

	subprotocol string

	// Owned by the reader.
	parser    parser
	input     input
	early     []byte // arrived with the request, not yet processed
	delivered bool   // the batch contained a message
	pinged    bool   // the batch contained a ping

	dropped atomic.Bool // written with mu held; nothing is read or written any more

	received atomic.Int64 // written by the reader

	mu sync.Mutex

	// Guarded by mu.
	handler   Handler // nil before Serve; the reader, which sets it, reads it freely
	out       sendQueue
	inFlight  int         // bytes that the drain goroutine is writing, if they left out
	draining  bool        // the drain goroutine exists and is the only one to write
	owed      bool        // a Write returned with drained == false
	undrained bool        // Drained is due and there was no handler
	closeSent bool        // a close frame is the last in out, or has been written
	ending    ending      // set once closeSent is
	timer     *time.Timer // drops the connection if the close handshake takes too long
	cause     error       // why it was dropped
}

func newConn(nc net.Conn, early []byte, o *AcceptOptions) *Conn {
	c := &Conn{nc: nc, raw: rawConn(nc), early: early}
	c.parser.maxMessage = defaultMaxMessage
	if o.MaxMessage > 0 {
		c.parser.maxMessage = uint64(o.MaxMessage)
	}
	c.parser.maxFragments = defaultMaxFragments
	if o.MaxFragments > 0 {
		c.parser.maxFragments = o.MaxFragments
	}
	c.parser.deflates = o.Deflate
	c.input.init(c.raw != nil)
	return c
}

// Received returns the number of bytes that have arrived since the handshake: it grows while a large message is on its
// way.
func (c *Conn) Received() int64 { return c.received.Load() }

// Deflates reports whether compression was negotiated. Only then may frames of
// DeflateFrame be written, and others, too, in any order. It never changes.
func (c *Conn) Deflates() bool { return c.parser.deflates }

// Subprotocol returns the one that was negotiated, or "".
func (c *Conn) Subprotocol() string { return c.subprotocol }

// RemoteAddr returns the peer's address.
func (c *Conn) RemoteAddr() net.Addr { return c.nc.RemoteAddr() }

// Close begins the close handshake (RFC 6455 §7.1.2) and returns: a close frame
// is queued behind what is pending, and the connection ends when the peer has
// answered, or after 5 seconds. Messages that arrive before are still
// delivered; Writes fail. Code 0 sends an empty frame, which the peer reports
// as 1005; a reason is cut to 123 bytes. Only the first Close counts.
func (c *Conn) Close(code StatusCode, reason string) {
	c.mu.Lock()
	err := c.sendClose(closeFrame(code, reason))
	c.mu.Unlock()
	if err != nil {
		c.drop(err)
	}
}

// sendClose queues the last frame, if that has not happened yet. c.mu is held.
func (c *Conn) sendClose(frame []byte) error {
	if c.closeSent || c.dropped.Load() {
		return nil
	}
	c.closeSent = true
	c.timer = time.AfterFunc(closeTimeout, func() { c.drop(ErrCloseTimeout) })
	return c.send([][]byte{frame})
}

// CloseNow drops the connection and what is queued. It may be called from
// anywhere, also from a Handler, and again.
func (c *Conn) CloseNow() { c.drop(net.ErrClosed) }

// drop ends the connection at once. The first err is the cause.
func (c *Conn) drop(err error) {
	if !c.release(err) {
		return
	}
	nc := c.nc
	// The Close of a tls.Conn may wait for room to say goodbye.
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	_ = nc.Close() // it is gone either way
}

// release makes the connection unusable, except for closing it, which falls
// to the caller who is first.
func (c *Conn) release(err error) (first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped.Load() {
		return false
	}
	c.dropped.Store(true)
	c.cause = err
	c.out.reset()
	if c.timer != nil {
		c.timer.Stop()
	}
	return true
}

// endWith closes the connection from our side after frame, or after the close
// frame that has been sent already, and whatever precedes it in the queue.
func (c *Conn) endWith(frame []byte, how ending) {
	c.mu.Lock()
	if c.closeSent && how == shutWrite {
		how = hangUp // both sides have had their say
	}
	err := c.sendClose(frame)
	c.ending = how
	idle := !c.draining // otherwise the drain goroutine calls end
	c.mu.Unlock()
	if err != nil {
		c.drop(err)
	} else if idle {
		c.end(how)
	}
}

// end is the end of all writing.
func (c *Conn) end(how ending) {
	if how == shutWrite {
		if w, ok := c.nc.(interface{ CloseWrite() error }); ok && w.CloseWrite() == nil {
			return // the reader lingers
		}
	}
	if how == awaitEnd {
		c.mu.Lock()
		if !c.dropped.Load() {
			c.timer.Reset(endTimeout)
		}
		c.mu.Unlock()
		return // the reader lingers
	}
	if c.release(net.ErrClosed) {
		_ = c.nc.Close() // nothing is lost that could still be sent
	}
}

// finish ends the connection after the reader has met err.
func (c *Conn) finish(err error) {
	linger := false
	if peer, ok := errors.AsType[*CloseError](err); ok {
		how := hangUp
		if c.parser.client {
			how, linger = awaitEnd, true
		}
		c.endWith(closeFrame(peer.Code, peer.Reason), how)
	} else if status := failureStatus(err); status != 0 {
		c.endWith(closeFrame(status, ""), shutWrite)
		linger = true
	} else {
		c.drop(err)
		c.mu.Lock()
		err = c.cause // the reader may only have seen the consequence
		c.mu.Unlock()
	}
	c.handler.Closed(err)

	c.mu.Lock()
	c.handler = nil // what is left of the connection does not hold it
	c.mu.Unlock()
	if linger {
		c.linger()
	}
}

// linger reads on until the peer, which has got our close frame, ends the
// connection; the timer bounds it. To close with input unread
// would reset the connection, and the peer might never see why.
func (c *Conn) linger() {
	for n := 0; n < maxLinger; {
		b, buf, err := c.input.next(c)
		n += len(b)
		if buf != nil {
			putBuffer(buf)
		}
		if err != nil {
			break
		}
	}
	c.drop(net.ErrClosed)
}
