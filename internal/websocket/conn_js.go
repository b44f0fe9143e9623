//go:build js

package websocket

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall/js"
	"time"
)

const (
	// maxBuffered is how much a browser may hold of what was written until a
	// Write counts as not drained.
	maxBuffered = 64 << 10

	// drainInterval is how often it is asked for that: there is no event.
	drainInterval = 20 * time.Millisecond
)

// ClientConn is the client's end of a WebSocket connection, made by Dial over the WebSocket of the browser. Its methods
// may be called by any goroutine, Serve by one and once.
type ClientConn struct {
	// Immutable.
	ws         js.Value
	maxMessage int64
	funcs      []js.Func     // the event handlers, until detach
	wake       chan struct{} // of 1; receives after messages or cause have changed

	received atomic.Int64 // written by the event handlers

	mu sync.Mutex

	// Guarded by mu, which the event handlers lock, too: to wait for an event with it held would be for ever.
	handler   Handler // nil before Serve
	messages  []message
	cause     error // why the connection ended, or nil; there are no event handlers any more
	dropped   bool  // and that was here: no message is delivered any more
	closing   bool  // Close was called
	owed      bool  // a Write returned with drained == false
	undrained bool  // Drained is due and there was no handler
	timer     *time.Timer
	poll      *time.Timer
}

// message is one that has arrived and was not delivered yet.
type message struct {
	op   Opcode
	data []byte
}

// message is the event handler for a message. Nothing can tell a browser to wait, so they are queued however slow the
// Handler is.
func (c *ClientConn) message(data js.Value) {
	m := message{op: OpText}
	size := int64(0)
	if data.Type() == js.TypeString {
		m.data = []byte(data.String())
		size = int64(len(m.data))
	} else if size = int64(data.Get("byteLength").Int()); size <= c.maxMessage {
		m = message{OpBinary, make([]byte, size)}
		js.CopyBytesToGo(m.data, js.Global().Get("Uint8Array").New(data))
	}
	if size > c.maxMessage {
		c.fail(ErrMessageTooBig, false)
		return
	}
	c.received.Add(size)
	c.mu.Lock()
	c.messages = append(c.messages, m)
	c.mu.Unlock()
	c.signal()
}

// end is the event handler for the end of the connection.
func (c *ClientConn) end(event js.Value) {
	var err error = &CloseError{Code: StatusCode(event.Get("code").Int()), Reason: event.Get("reason").String()}
	if code := event.Get("code").Int(); code == int(StatusAbnormalClosure) {
		err = io.EOF // all that a browser tells
	}
	c.fail(err, false)
}

// fail ends the connection, if nothing has before. drop: the messages that wait are not delivered.
func (c *ClientConn) fail(err error, drop bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if drop {
		c.dropped = true
		c.messages = nil
	}
	if c.cause != nil {
		return
	}
	c.cause = err
	c.detach()
	for _, t := range []*time.Timer{c.timer, c.poll} {
		if t != nil {
			t.Stop()
		}
	}
	_ = try(func() { c.ws.Call("close") }) // it may be closed already
	c.signal()
}

// signal wakes Serve.
func (c *ClientConn) signal() {
	select {
	case c.wake <- struct{}{}:
	default: // it has not seen the last one yet
	}
}

// Serve calls h for what happens until the connection ends. The caller runs it in a goroutine of its own, which ends
// after h.Closed. The errors of Closed are those of a Conn as far as a browser tells them: io.EOF stands for all others.
func (c *ClientConn) Serve(h Handler) {
	c.mu.Lock()
	c.handler = h
	undrained := c.undrained
	c.undrained = false
	c.mu.Unlock()
	if undrained {
		h.Drained()
	}
	for {
		<-c.wake
		c.mu.Lock()
		messages, cause := c.messages, c.cause
		c.messages = nil
		c.mu.Unlock()
		c.deliver(h, messages)
		if cause != nil {
			c.mu.Lock()
			cause, c.handler = c.cause, nil
			c.mu.Unlock()
			h.Closed(cause)
			return
		}
	}
}

// deliver calls h for a batch of messages.
func (c *ClientConn) deliver(h Handler, messages []message) {
	for i, m := range messages {
		c.mu.Lock()
		dropped := c.dropped
		c.mu.Unlock()
		if dropped {
			messages = messages[:i]
			break
		}
		messages[i].data = nil
		h.Message(m.op, m.data)
	}
	if len(messages) > 0 {
		h.BatchDone()
	}
}

// Write sends the messages in whole text and binary frames, as AppendFrame and PutHeader make them. It never blocks
// and may be called by any goroutine. Nothing of the frames is kept. There is no way to send other frames.
//
// If drained is false, the browser holds much that it could not send yet, and Handler.Drained is called when it holds
// less. After Close, or when the connection has ended, the error is net.ErrClosed.
func (c *ClientConn) Write(frames [][]byte) (drained bool, err error) {
	c.mu.Lock()
	if c.closing || c.cause != nil {
		c.mu.Unlock()
		return false, net.ErrClosed
	}
	err = try(func() {
		for _, f := range frames {
			c.send(f)
		}
	})
	if err == nil && c.buffered() > maxBuffered {
		c.pollLater()
	}
	drained = !c.owed
	c.mu.Unlock()
	if err != nil {
		c.fail(err, true)
		return false, err
	}
	return drained, nil
}

// send sends what is in a frame. c.mu is held.
func (c *ClientConn) send(frame []byte) {
	if len(frame) < 2 {
		return // there is no such frame
	}
	payload := frame[headerSize(frame):]
	switch Opcode(frame[0] & opcodeBits) {
	case OpText:
		c.ws.Call("send", string(payload))
	case OpBinary:
		data := js.Global().Get("Uint8Array").New(len(payload))
		js.CopyBytesToJS(data, payload)
		c.ws.Call("send", data)
	default: // a browser sends them by itself
	}
}

// pollLater waits until the browser holds less. c.mu is held.
func (c *ClientConn) pollLater() {
	if c.owed {
		return // it does already
	}
	c.owed = true
	if c.poll == nil {
		c.poll = time.AfterFunc(drainInterval, c.polled)
	} else {
		c.poll.Reset(drainInterval)
	}
}

func (c *ClientConn) polled() {
	c.mu.Lock()
	h := c.handler
	switch {
	case !c.owed || c.closing || c.cause != nil:
		h = nil
	case c.buffered() > maxBuffered:
		c.poll.Reset(drainInterval)
		h = nil
	default:
		c.owed = false
		c.undrained = h == nil
	}
	c.mu.Unlock()
	if h != nil {
		h.Drained()
	}
}

// buffered is how many bytes the browser holds. c.mu is held.
func (c *ClientConn) buffered() int { return c.ws.Get("bufferedAmount").Int() }

// Close begins the close handshake and returns: the connection ends when the peer has answered, or after 5 seconds.
// Messages that arrive before are still delivered; Writes fail. A browser sends code 1000 and those from 3000 on; any
// other becomes an empty close frame. A reason is cut to 123 bytes. Only the first Close counts.
func (c *ClientConn) Close(code StatusCode, reason string) {
	c.mu.Lock()
	if c.closing || c.cause != nil {
		c.mu.Unlock()
		return
	}
	c.closing = true
	c.timer = time.AfterFunc(closeTimeout, func() { c.fail(ErrCloseTimeout, true) })
	err := try(func() {
		if code == StatusNormalClosure || code >= 3000 && code <= 4999 {
			cut := closeFrame(code, reason)[2+2:]
			c.ws.Call("close", int(code), string(cut))
		} else {
			c.ws.Call("close")
		}
	})
	c.mu.Unlock()
	if err != nil {
		c.fail(err, true)
	}
}

// CloseNow drops the connection. It may be called from anywhere, also from a Handler, and again. The browser may go on
// with it for a while.
func (c *ClientConn) CloseNow() { c.fail(net.ErrClosed, true) }

// Buffered returns how many bytes have been written and not yet been taken by the network.
func (c *ClientConn) Buffered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return 0
	}
	return c.buffered()
}

// Received returns the number of bytes of messages that have arrived.
func (c *ClientConn) Received() int64 { return c.received.Load() }

// Deflates returns false: whether messages are compressed is a browser's own affair.
func (c *ClientConn) Deflates() bool { return false }

// Subprotocol returns the one that was negotiated, or "".
func (c *ClientConn) Subprotocol() string { return c.ws.Get("protocol").String() }
