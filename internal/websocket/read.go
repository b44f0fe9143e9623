package websocket

import (
	"errors"
	"fmt"
	"io"
	"net"
)

// tinySize is the buffer in which a connection that can only be read by
// blocking waits for input: enough for most messages of a client.
const tinySize = 128

// Serve reads until the connection ends, and calls h for what happens. It
// answers pings, completes close handshakes and fails the connection if the
// peer breaks the protocol or exceeds a limit. The caller runs it in a
// goroutine of its own, which ends shortly after h.Closed: if the peer was
// failed, the rest of its input is thrown away for some seconds.
func (c *Conn) Serve(h Handler) {
	c.mu.Lock()
	c.handler = h
	undrained := c.undrained
	c.undrained = false
	c.mu.Unlock()
	if undrained {
		h.Drained()
	}
	c.finish(c.readAll())
}

// readAll processes input until something ends the connection.
func (c *Conn) readAll() error {
	early := c.early
	c.early = nil
	err := c.process(early, nil)
	for err == nil {
		b, buf, readErr := c.input.next(c)
		if err = c.process(b, buf); err == nil {
			err = readErr
		}
	}
	return err
}

// process feeds one batch to the parser and lets go of the buffer it lies in,
// which may be nil.
func (c *Conn) process(b []byte, buf *buffer) error {
	c.received.Add(int64(len(b)))
	err := c.parser.feed(b, c)
	if buf != nil {
		putBuffer(buf)
	}
	if c.delivered {
		c.delivered = false
		c.handler.BatchDone()
	}
	if c.pinged {
		c.pinged = false
		c.flush()
	}
	return err
}

// message implements sink.
func (c *Conn) message(op Opcode, data []byte) error {
	if c.dropped.Load() {
		return net.ErrClosed
	}
	c.delivered = true
	c.handler.Message(op, data)
	return nil
}

// input reads from the connection without holding memory while there is
// nothing to read.
type input struct {
	// Of a socket: the callback of RawConn.Read and its results.
	callback func(fd uintptr) bool
	buf      *buffer
	n        int
	err      error

	// Of any other connection.
	tiny *[tinySize]byte
	full bool // the last read left no room in its buffer
}

func (in *input) init(socket bool) {
	if socket {
		in.callback = in.tryRead
	} else {
		in.tiny = new([tinySize]byte)
	}
}

// next waits for input. buf, which may be nil, is what b lies in and belongs
// to the caller. b may be there beside an error.
func (in *input) next(c *Conn) (b []byte, buf *buffer, err error) {
	if c.raw == nil {
		b, buf, err = in.read(c.nc, c.parser.midFrame())
	} else if err = c.raw.Read(in.callback); err == nil {
		b, buf, err = in.buf.data[:in.n], in.buf, in.err
		in.buf, in.err = nil, nil
		if err == nil && len(b) == 0 {
			err = io.EOF
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("websocket: %w", err)
	}
	return b, buf, err
}

// tryRead reads into a pooled buffer; false waits until the socket is
// readable, with the buffer given back. It is tried again after each batch
// even if that did not fill the buffer: to wait without having seen EAGAIN
// could lose the end of the connection that came with the data.
func (in *input) tryRead(fd uintptr) bool {
	in.buf = getBuffer()
	in.n, in.err = readFD(fd, in.buf.data)
	if wouldBlock(in.err) {
		putBuffer(in.buf)
		in.buf = nil
		return false
	}
	return true
}

// read blocks in a tiny read, and takes a pooled buffer only for the rest of
// a frame of which much has arrived.
func (in *input) read(nc net.Conn, midFrame bool) ([]byte, *buffer, error) {
	var buf *buffer
	b := in.tiny[:]
	if in.full && midFrame {
		buf = getBuffer()
		b = buf.data
	}
	n, err := nc.Read(b)
	in.full = n == len(b)
	return b[:n], buf, err
}
