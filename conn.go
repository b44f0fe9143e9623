package socketio

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/metrics"
	"github.com/socketio-go/socketio/parser"
)

// A conn is one client's connection: an Engine.IO session and the sockets that share it.
type conn struct {
	// Immutable.
	server  *Server
	session *engineio.Session

	// Owned by the session's reader.
	decoder  parser.PacketDecoder
	woken    []*Socket // have received events in this batch
	watching bool      // partial is set

	mu sync.Mutex
	// Guarded by mu.
	sockets []*Socket      // connecting and connected ones, at most one a namespace
	joining []*pendingJoin // to namespaces that may come to be
	left    []string       // namespaces that the server has disconnected the client from
	idle    *time.Timer    // closes a connection without sockets; nil while there is one
	partial *partialWatch  // closes a connection whose attachments do not come
	closed  bool
	leaving int // sockets that have left and whose handlers are not done

	unhandled unhandled
	input     input
}

var (
	errTwice       = errors.New("socketio: second CONNECT to a namespace")
	errNoNamespace = errors.New("socketio: packet for a namespace that the client is not in")
	errUnexpected  = errors.New("socketio: unexpected packet")
	errNoConnect   = errors.New("socketio: no namespace joined in time")
	errPartial     = errors.New("socketio: attachments do not arrive")
)

// maxAuth is the largest auth payload, which a socket keeps for its life.
const maxAuth = 64 << 10

func newConn(server *Server, session *engineio.Session) *conn {
	c := &conn{server: server, session: session}
	limits := server.limits
	if c.eio3() {
		limits = server.limits3
	}
	c.decoder = server.opts.Parser.NewDecoder(limits)
	c.idle = time.AfterFunc(server.opts.ConnectTimeout, c.abandoned)
	if c.eio3() {
		c.connect(&parser.Packet{Type: parser.Connect, Namespace: "/"}) // its client does not ask
	}
	return c
}

// abandoned closes the connection if it is in no namespace.
func (c *conn) abandoned() {
	c.mu.Lock()
	idle := !slices.ContainsFunc(c.sockets, (*Socket).Connected)
	c.mu.Unlock()
	if idle {
		c.session.Fail(engineio.ForcedClose, errNoConnect)
	}
}

// Message decodes one message of the client.
func (c *conn) Message(data []byte, binary bool) {
	p, ok, err := c.decode(data, binary)
	switch {
	case errors.Is(err, parser.ErrTooLarge):
		c.session.Fail(engineio.PayloadTooLarge, err)
	case err != nil:
		c.session.Fail(engineio.ParseError, err)
	case ok:
		if c.eio3() && !splitQuery(&p) {
			c.session.Fail(engineio.ParseError, parser.ErrNamespace)
			return
		}
		if c.watching { // complete, before its handlers may hold the reader back
			c.watching = false
			c.watchPartial(false)
		}
		c.packet(&p)
	}
}

func (c *conn) decode(data []byte, binary bool) (p parser.Packet, ok bool, err error) {
	if binary {
		return c.decoder.Binary(data)
	}
	return c.decoder.Text(data)
}

// BatchDone starts the handlers of what has arrived, so that they find it together.
func (c *conn) BatchDone() {
	c.wake()
	if pending := c.decoder.Pending(); pending != c.watching {
		c.watching = pending
		c.watchPartial(pending)
	}
}

// wake starts the handlers of the events of this batch.
func (c *conn) wake() {
	for i, s := range c.woken {
		s.start()
		c.woken[i] = nil
	}
	c.woken = c.woken[:0]
}

// packet handles one packet of the client.
func (c *conn) packet(p *parser.Packet) {
	if p.Type == parser.Connect {
		c.connect(p)
		return
	}
	s, known := c.find(p.Namespace)
	if s == nil {
		if !known {
			c.session.Fail(engineio.ParseError, errNoNamespace)
		}
		return
	}
	switch p.Type {
	case parser.Event:
		if p.Empty {
			return
		}
		s.receive(&Message{Args: p.Args, Event: p.Event, from: s, id: p.ID, wantsAck: p.HasID})
		if !slices.Contains(c.woken, s) {
			c.woken = append(c.woken, s)
		}
	case parser.Ack:
		if p.HasID {
			s.gotAck(p.ID, p.Args)
		}
	case parser.Disconnect:
		s.leave(ClientDisconnect, nil)
	case parser.ConnectError, // only servers send it
		parser.Connect, parser.BinaryEvent, parser.BinaryAck: // handled above; the decoder reports no others
		c.session.Fail(engineio.ParseError, errUnexpected)
	}
}

// find returns the connected socket of a namespace. known: there is none because the server has ended it, which the
// client could not know when it sent the packet.
func (c *conn) find(namespace string) (s *Socket, known bool) {
	c.mu.Lock()
	i := slices.IndexFunc(c.sockets, func(s *Socket) bool { return s.namespace.name == namespace })
	if i < 0 {
		defer c.mu.Unlock()
		return nil, slices.Contains(c.left, namespace)
	}
	s = c.sockets[i]
	c.mu.Unlock() // before Socket.mu
	if s.Connected() {
		return s, true
	}
	return nil, s.isGone() // leave is at work, on another goroutine: the client could not know
}

// connect handles a CONNECT packet (Socket.IO protocol, "Connection to a namespace").
func (c *conn) connect(p *parser.Packet) {
	switch twice, pending, full := c.occupied(p.Namespace); {
	case twice:
		c.session.Fail(engineio.ParseError, errTwice)
		return
	case pending: // the client asks again, as the official one can: it gets one answer
		return
	case full:
		c.deny(p.Namespace, "Too many namespaces", metrics.ConnectErrorLimit)
		return
	case len(p.Data) > maxAuth:
		c.deny(p.Namespace, "Auth too large", metrics.ConnectErrorLimit)
		return
	}
	n, parents := c.server.existing(p.Namespace, asUser)
	switch {
	case n != nil:
		if s := c.join(n, p.Data, nil); s != nil {
			go s.open() // ends with the middlewares and what OnConnection registered, or with the inbox
		}
	case len(parents) > 0:
		c.seek(p.Namespace, p.Data, parents)
	default:
		c.deny(p.Namespace, invalidNamespace, metrics.ConnectErrorNamespace)
	}
}

// deny refuses a CONNECT.
func (c *conn) deny(namespace, message string, why metrics.Series) {
	c.refused(namespace, message, why)
	c.sendControl(c.refusal(namespace, errorBody{Message: message}), nil)
}

// refused counts and logs a CONNECT that does not come to a namespace.
func (c *conn) refused(namespace, message string, why metrics.Series) {
	c.server.opts.Metrics.Add(why, 1)
	c.server.opts.Logger.Debug("socketio: refused", "error", message, "namespace", logName(namespace),
		"session", c.session.LogID())
}

// occupied reports whether there is a socket of the namespace already, whether one is going to be, and whether there
// may be no more: those whose handlers are still at work after they have left may be as many again. Only the reader
// takes places, so they do not become more before it acts on the answer.
func (c *conn) occupied(name string) (twice, pending, full bool) {
	c.mu.Lock()
	var s *Socket
	if i := slices.IndexFunc(c.sockets, func(s *Socket) bool { return s.namespace.name == name }); i >= 0 {
		s = c.sockets[i]
	}
	pending = slices.ContainsFunc(c.joining, func(j *pendingJoin) bool { return j.name == name })
	most, taken := c.server.opts.MaxNamespaces, len(c.sockets)+len(c.joining)
	full = taken >= most || taken+c.leaving >= 2*most
	c.mu.Unlock() // before Socket.mu
	if s != nil {
		pending = s.isConnecting()
	}
	return s != nil && !pending, pending, full
}

// forget removes a socket that has disconnected, and tells the client by the packet, if that is not nil. Both happen in
// one step: a CONNECT of the client, whether it answers that or crosses it, finds the namespace free and is answered
// behind it.
func (c *conn) forget(s *Socket, reason DisconnectReason, farewell []byte) {
	c.mu.Lock()
	c.leaving++ // until Socket.gone
	c.sockets = slices.DeleteFunc(c.sockets, func(other *Socket) bool { return other == s })
	if reason == ServerDisconnect && len(c.left) < c.server.opts.MaxNamespaces {
		c.left = append(c.left, s.namespace.name)
	}
	if len(c.sockets) == 0 && !c.closed && c.idle == nil {
		c.idle = time.AfterFunc(c.server.opts.ConnectTimeout, c.abandoned)
	}
	c.sayLocked(farewell)
	c.mu.Unlock()
	if farewell != nil {
		c.session.Flush()
	}
}

// sayLocked queues a packet, if there is one. It leaves with the next Flush of the session.
func (c *conn) sayLocked(packet []byte) {
	if packet != nil {
		_ = c.session.Send(engineio.Hold, frame(c.codec(), packet)) // a closed session tells the client, too
	}
}

// handled says that the handlers of a socket that has left are done.
func (c *conn) handled() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaving--
}

// disconnect leaves all namespaces and closes the connection.
func (c *conn) disconnect() {
	c.mu.Lock()
	sockets := slices.Clone(c.sockets)
	c.mu.Unlock()
	for _, s := range sockets {
		s.leave(ServerDisconnect, s.farewell())
	}
	c.session.Close()
}

// Close disconnects the sockets of a connection that has ended.
func (c *conn) Close(reason engineio.CloseReason, _ error) {
	c.mu.Lock()
	c.closed = true
	defer c.unhandled.end(&c.input)
	sockets, joining := slices.Clone(c.sockets), slices.Clone(c.joining)
	if c.idle != nil {
		c.idle.Stop()
	}
	if c.partial != nil {
		c.partial.timer.Stop()
		c.partial = nil
	}
	c.mu.Unlock()
	for _, j := range joining {
		j.cancel(DisconnectReason(reason))
	}
	for _, s := range sockets {
		s.leave(DisconnectReason(reason), nil)
	}
}

// codec is that of all connections of the server.
func (c *conn) codec() parser.Codec { return c.server.opts.Parser }

// send sends a packet: what was encoded into a buffer of newBuffer, and its attachments.
func (c *conn) send(flags engineio.Flags, buf []byte, attachments [][]byte) error {
	var err error
	if len(attachments) == 0 {
		err = c.session.Send(flags, frame(c.codec(), buf))
	} else {
		err = c.session.Send(flags, messages(c.codec(), buf, attachments)...)
	}
	return sendError(err)
}

// sendError gives the error of a session's Send the words of this package.
func sendError(err error) error {
	if errors.Is(err, engineio.ErrClosed) {
		return ErrDisconnected
	}
	return err
}

// frame frames the first message of a packet.
func frame(codec parser.Codec, buf []byte) engineio.Message {
	if codec.Binary() {
		return engineio.BinaryMessage(buf)
	}
	return engineio.TextMessage(buf)
}

// messages frames a packet.
func messages(codec parser.Codec, buf []byte, attachments [][]byte) []engineio.Message {
	group := make([]engineio.Message, 0, 1+len(attachments))
	group = append(group, frame(codec, buf))
	for _, a := range attachments {
		group = append(group, engineio.CopyBinary(a))
	}
	return group
}

// sendConnect tells the client that it is in a namespace.
func (c *conn) sendConnect(s *Socket) {
	c.mu.Lock()
	if c.idle != nil {
		c.idle.Stop()
		c.idle = nil
	}
	c.mu.Unlock()
	var payload any
	if !c.eio3() {
		payload = struct {
			SID string `json:"sid"`
			PID string `json:"pid,omitzero"`
		}{s.id, s.pid}
	}
	buf, err := c.codec().AppendConnect(newBuffer(), s.namespace.name, payload)
	c.sendControl(buf, err)
}

// refusal encodes a CONNECT_ERROR, or returns nil. The data is the developer's, who hears of it if that cannot be
// encoded; it may also panic.
func (c *conn) refusal(namespace string, body errorBody) []byte {
	return c.refusalOf(namespace, body, errorBody{Message: body.Message})
}

// refusalOf encodes a CONNECT_ERROR with a payload or, if that cannot be encoded, with another that can.
func (c *conn) refusalOf(namespace string, payload, plain any) []byte {
	buf, err := c.codec().AppendConnectError(newBuffer(), namespace, payload)
	if err != nil {
		c.server.opts.Logger.Warn("socketio: data of a ConnectError not sent", "error", err,
			"namespace", logName(namespace), "session", c.session.LogID())
		buf, err = c.codec().AppendConnectError(newBuffer(), namespace, plain)
	}
	if err != nil {
		return nil
	}
	return buf
}

// sendControl sends a packet of the protocol itself. A connection that is closed has no use for it.
func (c *conn) sendControl(buf []byte, err error) {
	if err == nil {
		err = c.send(0, buf, nil)
	}
	if err != nil && !errors.Is(err, ErrDisconnected) {
		c.server.opts.Logger.Warn("socketio: packet not sent", "error", err, "session", c.session.LogID())
	}
}
