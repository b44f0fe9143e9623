package engineio

import "encoding/base64"

// Send queues messages that belong together, in order and next to each other, and writes what the transport takes
// without waiting for it. It never blocks. nil does not mean received. Of the flags, Volatile and Uncompressed count.
//
// The error is ErrClosed; ErrTooLarge if one of them is larger than MaxPayload, in the form in which the current
// transport carries it; ErrQueueFull; or, with Volatile, ErrDropped if it would have to wait: none of the messages is
// sent then.
func (c *Client) Send(flags Flags, group ...Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != stateOpen {
		return ErrClosed
	}
	if c.opened && c.leftLocked() <= 0 {
		// The machine has slept, and the timer does not know yet. The caller may hold locks that the handler wants.
		c.enterLocked()
		go func() { // ends once the handler knows
			defer c.leave()
			c.end(PingTimeout, errSilence, abort)
		}()
		return ErrClosed
	}
	if err := c.admitLocked(flags, group); err != nil {
		return err
	}
	flags &= Uncompressed
	if c.ws != nil && !c.busy && len(c.queue) == 0 {
		group = group[c.writeLocked(group, flags):]
	}
	for _, m := range group {
		m.flags = flags
		c.pushLocked(m)
	}
	c.flushLocked()
	return nil
}

// admitLocked says why a group is not sent.
func (c *Client) admitLocked(flags Flags, group []Message) error {
	size := 0
	for _, m := range group {
		if c.maxPayload > 0 && c.wireSizeLocked(m) > c.maxPayload {
			return ErrTooLarge
		}
		size += m.size()
	}
	if flags&Volatile != 0 && !c.writableLocked() {
		return ErrDropped
	}
	if waiting := c.queued + c.inflight; waiting > 0 && waiting+size > c.opts.MaxQueuedBytes {
		return ErrQueueFull
	}
	return nil
}

// writableLocked reports whether a message would leave at once.
func (c *Client) writableLocked() bool {
	if c.ws != nil {
		return !c.busy && len(c.queue) == 0
	}
	return !c.posting && len(c.queue) == 0 && !c.pausedLocked()
}

// wireSizeLocked is the size of a packet as the server counts it.
func (c *Client) wireSizeLocked(m Message) int {
	if m.binary && (c.ws == nil || c.opts.ForceBase64) {
		return 1 + base64.StdEncoding.EncodedLen(len(m.packet()))
	}
	return len(m.packet())
}

func (c *Client) pushLocked(m Message) {
	c.queue = append(c.queue, m)
	c.queued += m.size()
	if m.flags&control != 0 {
		c.pongs++
	}
}

// sendControlLocked queues a packet that is no message.
func (c *Client) sendControlLocked(m Message) {
	c.pushLocked(m)
	c.flushLocked()
}

// flushLocked hands the queue to the transport, as much as it takes.
func (c *Client) flushLocked() {
	switch {
	case c.state == stateEnded:
	case c.ws != nil:
		if len(c.queue) > 0 && !c.busy {
			c.dequeueLocked(c.writeLocked(c.queue, 0))
		}
		if c.state == stateLingering && len(c.queue) == 0 {
			c.ws.conn.Close(0, "") // after what it has not written yet
		}
	case len(c.queue) > 0 && !c.posting && !c.pausedLocked():
		c.posting = true
		c.enterLocked()
		go c.post() // ends when the queue is empty, or with the session
	}
}

// writeLocked gives messages to the WebSocket until it is busy, and returns how many it took. The flags are those of
// all of them, beside their own.
func (c *Client) writeLocked(messages []Message, flags Flags) (taken int) {
	const (
		maxFrames = 32
		maxBytes  = 64 << 10
	)
	var frames [maxFrames][]byte
	for taken < len(messages) && !c.busy {
		n, size, held := 0, 0, 0
		for _, m := range messages[taken:] {
			if n == maxFrames || size >= maxBytes {
				break
			}
			frames[n] = c.frame(m, flags)
			size += len(frames[n])
			held += m.size()
			n++
		}
		c.traceSentLocked(webSocket, messages[taken:taken+n]...)
		drained, err := c.ws.conn.Write(frames[:n])
		taken += n
		if err != nil {
			return len(messages) // the connection is gone; its reader says so
		}
		if !drained {
			c.busy, c.inflight = true, held
		}
	}
	return taken
}

// frame returns the form in which a message travels on the WebSocket.
func (c *Client) frame(m Message, flags Flags) []byte {
	if m.binary && c.opts.ForceBase64 {
		return m.base64Frame()
	}
	if (flags|m.flags)&(Uncompressed|control) == 0 && c.ws.conn.Deflates() &&
		len(m.packet()) >= c.opts.PerMessageDeflateThreshold {
		if frame := m.deflated(); frame != nil {
			return frame
		}
	}
	return m.frame
}

// dequeueLocked removes the first n messages of the queue, and returns them.
func (c *Client) dequeueLocked(n int) (messages []Message) {
	messages = c.queue[:n:n]
	for _, m := range messages {
		c.queued -= m.size()
		if m.flags&control != 0 {
			c.pongs--
		}
	}
	if c.queue = c.queue[n:]; len(c.queue) == 0 {
		c.queue = nil // an idle session keeps no buffer
	}
	return messages
}

// discardLocked empties the queue.
func (c *Client) discardLocked() { c.queue, c.queued, c.pongs = nil, 0, 0 }
