package websocket

import (
	"fmt"
	"net"
	"slices"
)

// maxBlockingWrite is how much one write of a connection without a socket
// takes, so that Buffered follows what a slow peer reads.
const maxBlockingWrite = 64 << 10

// Write queues whole frames, as AppendFrame and PutHeader make them, and
// writes at once what the kernel takes of them. It never blocks and may be
// called by any goroutine; the frames of one call stay together. The outer
// slice is not kept.
//
// If drained is true, everything is written and nothing is kept. Otherwise the
// bytes of the frames must not be modified any more, and Handler.Drained is
// called when they have been written; on a connection that is no plain socket
// (TLS) that is always so. After Close, or when the connection has ended, the
// error is net.ErrClosed.
func (c *Conn) Write(frames [][]byte) (drained bool, err error) {
	c.mu.Lock()
	if c.closeSent || c.dropped.Load() {
		c.mu.Unlock()
		return false, net.ErrClosed
	}
	err = c.send(frames)
	drained = !c.draining
	c.owed = c.owed || !drained
	c.mu.Unlock()
	if err != nil {
		c.drop(err)
		return false, err
	}
	return drained, nil
}

// Buffered returns how many bytes of frames have been accepted and not yet
// been taken by the kernel.
func (c *Conn) Buffered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.size + c.inFlight
}

// send appends frames, which a client masks, to the queue and writes what can
// be written without blocking. c.mu is held; after an error the caller drops
// the connection when it no longer is.
func (c *Conn) send(frames [][]byte) error {
	if c.parser.client && len(frames) > 0 {
		return c.sendMasked(frames)
	}
	return c.sendAsIs(frames)
}

// sendMasked masks copies of frames, in a pooled buffer if they are likely to
// be written at once. c.mu is held.
func (c *Conn) sendMasked(frames [][]byte) error {
	size := 0
	for _, f := range frames {
		size += len(f) + maskSize
	}
	if c.raw == nil || c.draining || size > bufSize {
		return c.sendAsIs([][]byte{appendMasked(make([]byte, 0, size), frames...)})
	}
	buf := getBuffer()
	err := c.sendAsIs([][]byte{appendMasked(buf.data[:0], frames...)})
	if err == nil && !c.draining { // otherwise a part of it is in the queue
		putBuffer(buf)
	}
	return err
}

// sendAsIs is send for frames that are what goes over the wire.
func (c *Conn) sendAsIs(frames [][]byte) error {
	if c.raw == nil || c.draining {
		c.out.push(frames)
		c.startDrain()
		return nil
	}
	buf := getBuffer()
	defer putBuffer(buf)
	c.out.frames = buf.frames[:0]
	c.out.push(frames)
	scratch := c.out.frames
	err := c.writeNow(buf)
	rest := c.out.frames
	c.out.frames = nil // not scratch, even if that is empty
	if len(rest) > 0 {
		c.out.frames = slices.Clone(rest)
	}
	clear(scratch)
	if cap(scratch) <= maxScratch {
		buf.frames = scratch[:0]
	}
	if err == nil {
		c.startDrain()
	}
	return err
}

// writeNow writes until the queue is empty or the kernel takes no more. c.mu
// is held and there is no drain goroutine.
func (c *Conn) writeNow(buf *buffer) error {
	for !c.out.empty() {
		buf.chunk = c.out.gather(buf.data)
		if err := c.raw.Write(buf.callback); err != nil {
			return fmt.Errorf("websocket: %w", err)
		}
		c.out.advance(buf.n)
		switch {
		case buf.err == nil && buf.n == len(buf.chunk):
		case buf.err == nil || wouldBlock(buf.err):
			return nil
		default:
			return fmt.Errorf("websocket: write: %w", buf.err)
		}
	}
	return nil
}

// startDrain leaves what is queued, if anything, to the drain goroutine. It
// ends when the queue is empty or the connection is closed. c.mu is held.
func (c *Conn) startDrain() {
	if c.out.empty() || c.draining {
		return
	}
	c.out.pongs.keep(maxPongs)
	c.draining = true
	go c.drain()
}

func (c *Conn) drain() {
	for {
		var err error
		if c.raw != nil {
			err = c.drainSocket()
		} else {
			err = c.drainBlocking()
		}
		if err != nil {
			c.drop(fmt.Errorf("websocket: %w", err))
			return
		}
		if c.drained() {
			return
		}
	}
}

// drained ends the drain goroutine's work if nothing has been queued since it
// last looked.
func (c *Conn) drained() bool {
	c.mu.Lock()
	if !c.out.empty() {
		c.mu.Unlock()
		return false
	}
	c.draining = false
	h, how := c.handler, c.ending
	owed := c.owed && how == stayOpen && !c.dropped.Load()
	c.owed = false
	c.undrained = owed && h == nil
	c.mu.Unlock()

	if how != stayOpen {
		c.end(how)
	} else if owed && h != nil {
		h.Drained()
	}
	return true
}

// drainSocket writes the queue whenever the kernel has room. It holds no
// buffer while it waits.
func (c *Conn) drainSocket() error {
	var failed error
	err := c.raw.Write(func(fd uintptr) bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		buf := getBuffer()
		defer putBuffer(buf)
		for !c.out.empty() {
			n, err := writeFD(fd, c.out.gather(buf.data))
			c.out.advance(n)
			if wouldBlock(err) {
				return false
			}
			if err != nil {
				failed = err
				return true
			}
		}
		return true
	})
	if err != nil {
		return err
	}
	return failed
}

// drainBlocking writes the queue by blocking writes. What is being written has
// left the queue.
func (c *Conn) drainBlocking() error {
	buf := getBuffer()
	defer putBuffer(buf)
	for {
		c.mu.Lock()
		chunk := c.out.gather(buf.data)
		chunk = chunk[:min(len(chunk), maxBlockingWrite)]
		c.out.advance(len(chunk))
		c.inFlight = len(chunk)
		c.mu.Unlock()
		if len(chunk) == 0 {
			return nil
		}
		if _, err := c.nc.Write(chunk); err != nil {
			return err
		}
	}
}

// ping implements sink: it queues the pong (RFC 6455 §5.5.3), which leaves at
// the end of the batch, or with what is written before.
func (c *Conn) ping(payload []byte) {
	c.mu.Lock()
	err := c.queuePong(payload)
	c.mu.Unlock()
	if err != nil {
		c.drop(err)
	}
}

// queuePong makes room by writing, or else, if the peer does not read, by
// forgetting the oldest pongs. c.mu is held.
func (c *Conn) queuePong(payload []byte) error {
	if c.closeSent || c.dropped.Load() {
		return nil
	}
	c.pinged = true
	if c.draining {
		c.out.pongs.keep(maxPongs - 1)
	}
	if c.out.pongs.add(payload, c.parser.client) {
		return nil
	}
	if err := c.send(nil); err != nil {
		return err
	}
	if c.draining {
		c.out.pongs.keep(maxPongs - 1)
	}
	c.out.pongs.add(payload, c.parser.client)
	return nil
}

// flush writes the pongs of a batch that nothing else took along.
func (c *Conn) flush() {
	var err error
	c.mu.Lock()
	if !c.out.empty() && !c.dropped.Load() {
		err = c.send(nil)
	}
	c.mu.Unlock()
	if err != nil {
		c.drop(err)
	}
}
