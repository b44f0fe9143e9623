package engineio

import (
	"slices"
	"sync/atomic"

	"github.com/socketio-go/socketio/internal/websocket"
)

// A clientWS is a WebSocket of a client: its transport, or one that Dial or an upgrade tries.
type clientWS struct {
	// Immutable.
	client *Client
	conn   *websocket.ClientConn

	live atomic.Bool // it is the transport; written under Client.mu once the client is open

	// Owned by the reader.
	greeting *greeting // nil: Dial does not wait for its first packet
}

// A greeting is what Dial and the reader of a WebSocket that opens a session have to do with each other.
type greeting struct {
	first   chan firstPacket // of one
	decided chan struct{}    // closed when Dial goes on with it, or not
	gone    chan struct{}    // closed when the reader has ended
}

type firstPacket struct {
	packet packet
	err    error
}

var _ websocket.Handler = (*clientWS)(nil)

// Message handles one packet (protocol, "WebSocket").
func (t *clientWS) Message(op websocket.Opcode, data []byte) {
	p := packet{typ: packetMessage, binary: true, data: data}
	var err error
	if op == websocket.OpText {
		p, err = decodeTextPacket(data)
	}
	switch {
	case t.greeting != nil:
		t.greet(p, err)
	case !t.live.Load():
		t.client.probed(t, p, err)
	case err != nil:
		t.client.end(ParseError, err, discard)
	default:
		t.client.receive(p, webSocket) // no poll is under way: see finishUpgrade
	}
}

// greet hands the first packet to Dial, and waits for what comes of it.
func (t *clientWS) greet(p packet, err error) {
	g := t.greeting
	t.greeting = nil
	if err == nil && len(p.data) > maxOpen {
		err = errOpenTooLarge
	}
	if err != nil {
		p = packet{}
	}
	p.data = slices.Clone(p.data)
	g.first <- firstPacket{p, err}
	<-g.decided
}

// BatchDone tells the handler.
func (t *clientWS) BatchDone() {
	if t.live.Load() {
		t.client.batchDone()
	}
}

// Drained continues with the queue.
func (t *clientWS) Drained() {
	c := t.client
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws == t {
		c.busy, c.inflight = false, 0
		c.flushLocked()
		c.traceDrainedLocked()
	}
}

// Closed ends the session, the upgrade or Dial.
func (t *clientWS) Closed(err error) {
	c := t.client
	switch {
	case t.greeting != nil:
		t.greeting.first <- firstPacket{err: err}
	case !t.live.Load():
		c.upgradeFailed(t, err)
	default:
		c.end(reasonOf(err), err, abort)
		c.over()
	}
}
