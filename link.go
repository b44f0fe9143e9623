package socketio

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/parser"
)

// A link is a client's connection: an Engine.IO session, as long as it lasts. The session's reader calls its methods.
type link struct {
	// Immutable.
	manager  *manager
	session  *engineio.Client
	patience time.Duration // the longest silence of the server

	// Owned by the session's reader.
	decoder parser.PacketDecoder

	input input

	// Guarded by the manager's mutex.
	owed   map[string]bool // namespaces that the client has left before the server has answered its CONNECT
	ended  bool
	reason DisconnectReason
	cause  error
}

var _ engineio.Handler = (*link)(nil)

// Message decodes one message of the server.
func (l *link) Message(data []byte, binary bool) {
	decode := l.decoder.Text
	if binary {
		decode = l.decoder.Binary
	}
	p, ok, err := decode(data)
	switch {
	case errors.Is(err, parser.ErrTooLarge):
		l.session.Fail(engineio.PayloadTooLarge, err)
	case err != nil:
		l.session.Fail(engineio.ParseError, err)
	case ok:
		l.packet(&p)
	}
}

// BatchDone does nothing: handlers start at once.
func (l *link) BatchDone() {}

// Close tells the manager.
func (l *link) Close(reason engineio.CloseReason, cause error) {
	l.manager.unhandled.end(&l.input)
	l.manager.closed(l, DisconnectReason(reason), cause)
}

// packet handles one packet of the server. Those of namespaces that the client is not in are ignored, as by the
// official client: it may just have left.
func (l *link) packet(p *parser.Packet) {
	if l.manager.settle(l, p) {
		return
	}
	v := l.manager.visitor(l, p.Namespace)
	if v == nil {
		return
	}
	switch c := v.client; p.Type {
	case parser.Connect:
		c.accepted(v, p.Data)
	case parser.ConnectError:
		c.refused(v, p.Data)
	case parser.Disconnect:
		c.manager.dismissed(v)
	case parser.Event:
		if !p.Empty {
			c.receive(v, p)
		}
	case parser.Ack:
		if p.HasID {
			c.gotAck(v, p.ID, p.Args)
		}
	case parser.BinaryEvent, parser.BinaryAck: // the decoder does not report them
	}
}

// reserve counts an event that waits for its handlers; see unhandled.
func (l *link) reserve(v *visit, weight int) bool {
	u, limit := &l.manager.unhandled, l.manager.opts.MaxUnhandledBytes
	if reserved, open := u.reserve(&l.input, weight, limit); reserved || !open {
		return reserved
	}
	return u.wait(&l.input, weight, patience{
		limit: limit,
		time:  l.patience,
		wake:  v.begin,
		over:  func() { l.session.Fail(engineio.CloseReason(HandlersTooSlow), errUnhandled) },
	})
}

// receive queues an event for its handlers. It blocks while too much waits already. What a server sends before it has
// answered the CONNECT, such as the events that a recovered client has missed, waits for that: the handlers shall find a
// client that is connected.
func (c *Client) receive(v *visit, p *parser.Packet) {
	m := &Message{Args: p.Args, Event: p.Event, from: v, id: p.ID, wantsAck: p.HasID}
	m.weight = eventOverhead + len(m.Event) + m.Size()
	if !v.link.reserve(v, m.weight) {
		return
	}
	mgr := c.manager
	mgr.mu.Lock()
	defer mgr.mu.Unlock()
	switch {
	case v.ended != nil:
		mgr.unhandled.release(m.weight)
	case v.connected || v.begun:
		c.deliverLocked(v, m)
	default:
		v.early = append(v.early, m)
	}
}

// deliverLocked hands an event to the client's goroutine.
func (c *Client) deliverLocked(v *visit, m *Message) {
	c.noteOffsetLocked(m.Args)
	c.doLocked(func() {
		defer c.manager.unhandled.release(m.weight)
		if !v.isDropped() {
			c.handle(m)
		}
	})
}

// begin starts the handlers of the events that have come too early: they are too many to wait any longer.
func (v *visit) begin() {
	m := v.client.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	v.beginLocked()
}

func (v *visit) beginLocked() {
	v.begun = true
	for _, m := range v.early {
		v.client.deliverLocked(v, m)
	}
	v.early = nil
}

// noteOffsetLocked remembers the last event for the recovery of the connection's state: where that is on, the server
// appends an id to each event.
func (c *Client) noteOffsetLocked(args Args) {
	n := args.Len()
	if c.pid == "" || n == 0 || args.Raw(n - 1)[0] != '"' {
		return
	}
	var offset string
	if args.Decode(n-1, &offset) == nil && offset != "" && len(offset) <= maxOffset {
		c.offset = offset
	}
}

// maxOffset is the longest id of an event that is remembered.
const maxOffset = 1 << 10

// accepted handles the answer to our CONNECT.
func (c *Client) accepted(v *visit, data []byte) {
	var payload struct {
		SID string `json:"sid"`
		PID string `json:"pid"`
	}
	if err := json.Unmarshal(data, &payload, laxJSON); len(data) > 0 && err != nil || len(payload.PID) > maxOffset {
		v.link.session.Fail(engineio.ParseError, errors.New("socketio: CONNECT without what belongs to it"))
		return
	}
	if payload.SID == "" {
		c.manager.refuse(v, errOldServer)
		return
	}
	c.manager.welcome(v, payload.SID, payload.PID)
}

// refused handles a CONNECT_ERROR.
func (c *Client) refused(v *visit, data []byte) {
	var payload struct {
		Message string `json:"message"`
		Data    any    `json:"data"`
	}
	if json.Unmarshal(data, &payload, laxJSON) != nil {
		_ = json.Unmarshal(data, &payload.Message, laxJSON) // a server of an older protocol sends a text
	}
	c.manager.refuse(v, &ConnectError{Message: payload.Message, Data: payload.Data})
}
