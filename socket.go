package socketio

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/metrics"
)

// A Socket is the server's end of one client's connection to one namespace. Its methods may be called from any
// goroutine, handlers included.
type Socket struct {
	Emitter
	Listener

	// Immutable.
	id        string
	namespace *Namespace
	conn      *conn
	auth      []byte // JSON of the client's CONNECT; nil: none
	issued    time.Time
	pid       string // secret by which the client recovers its state; empty without recovery
	recovered bool

	connected atomic.Bool // written under mu: state is stateConnected
	warnings  atomic.Int32

	// Guarded by the namespace's history.
	recovery *recovery
	marks    marks

	// Guarded by the namespace's Local.
	rooms []string
	noOwn bool // the socket has left the room of its own id

	mu sync.Mutex
	// Guarded by mu.
	state         socketState
	reason        DisconnectReason
	never         bool       // disconnected before it was connected
	running       bool       // a goroutine handles the inbox
	inbox         []*Message // events that wait for their handlers
	acks          pendingAcks
	use           []func(*Message) error
	disconnecting []func(DisconnectReason)
	disconnect    []func(DisconnectReason)
	onError       []func(error)
	lastRooms     []string // the rooms at disconnection, while OnDisconnecting runs
	ctx           context.Context
	cancel        context.CancelCauseFunc
	data          any
}

type socketState uint8

const (
	stateConnecting socketState = iota // middlewares run
	stateConnected
	stateLeaving      // disconnected; leave is at work
	stateDisconnected // the disconnect handlers may run
	stateGone         // they have run
)

// newSocket makes a socket whose inbox goroutine is the one that calls open.
func newSocket(n *Namespace, c *conn, auth []byte) *Socket {
	s := &Socket{namespace: n, conn: c, auth: auth, issued: time.Now(), running: true}
	s.Emitter.to = s
	if c.eio3() {
		s.id = eio3ID(c, n) // which its client makes the same way
		return s
	}
	s.id = engineio.NewID()
	if n.history != nil {
		s.pid = engineio.NewID()
		n.history.claim(s)
	}
	return s
}

// ID returns the socket's id: random, public, and the name of a room that the socket is in.
func (s *Socket) ID() string { return s.id }

// Namespace returns the namespace that the socket belongs to.
func (s *Socket) Namespace() *Namespace { return s.namespace }

// Conn returns the Engine.IO session that carries the socket, and those of the client in other namespaces: it tells its
// own id, the transport and the address. The client takes what is sent by it directly for Socket.IO packets.
func (s *Socket) Conn() *engineio.Session { return s.conn.session }

// Connected reports whether the socket is connected: false in a middleware and after disconnection.
func (s *Socket) Connected() bool { return s.connected.Load() }

// Recovered reports whether the state of an earlier connection was recovered: id, rooms, data, and the events that the
// client missed. See [RecoveryOptions].
func (s *Socket) Recovered() bool { return s.recovered }

// Request returns a copy of the HTTP request that opened the connection: without body, and with a context that has
// the values that middlewares of net/http put there and never ends.
func (s *Socket) Request() *http.Request { return s.conn.session.Request() }

// Context returns a context that ends when the socket disconnects, with the DisconnectReason as its cause. It has the
// values of the request's context.
func (s *Socket) Context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		s.ctx, s.cancel = context.WithCancelCause(s.conn.session.Context())
		if s.state >= stateLeaving {
			s.cancel(s.reason)
		}
	}
	return s.ctx
}

// Data returns what SetData stored last, or nil.
func (s *Socket) Data() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// SetData stores a value with the socket, such as who the user is. Adapters of clusters send it to other servers as
// JSON.
func (s *Socket) SetData(v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = v
}

// Use adds a middleware: it sees each event before its handlers, and may change it. An error keeps the event from its
// handlers and goes to those of OnError; if an acknowledgement is wanted, it is the answer, as a handler's error is.
func (s *Socket) Use(mw func(*Message) error) {
	needed(mw != nil, "Use")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.use = append(slices.Clip(s.use), mw)
}

// OnError registers a function that is called with the errors of the socket's middlewares.
func (s *Socket) OnError(fn func(error)) {
	needed(fn != nil, "OnError")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onError = append(slices.Clip(s.onError), fn)
}

// OnDisconnecting registers a function that is called when the socket has disconnected, before those of OnDisconnect
// and while Rooms still tells the rooms that it was in.
func (s *Socket) OnDisconnecting(fn func(DisconnectReason)) {
	needed(fn != nil, "OnDisconnecting")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disconnecting = append(s.disconnecting, fn)
}

// OnDisconnect registers a function that is called when the socket has disconnected, after the handlers of all events
// that arrived before. It does not run for a socket that disconnected before it was connected.
func (s *Socket) OnDisconnect(fn func(DisconnectReason)) {
	needed(fn != nil, "OnDisconnect")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.disconnect = append(s.disconnect, fn)
}

// Disconnect disconnects the client from the namespace or, if closeConn is true, from all of them and closes the
// connection. Events that wait for their handlers are dropped.
func (s *Socket) Disconnect(closeConn bool) {
	if closeConn {
		s.conn.disconnect()
		return
	}
	s.leave(ServerDisconnect, s.farewell())
}

// farewell is the packet that tells the client that it is disconnected.
func (s *Socket) farewell() []byte {
	return s.conn.codec().AppendDisconnect(newBuffer(), s.namespace.name)
}

// Join adds the socket to rooms. After disconnection it does nothing. Each socket is in the room of its own id already:
// a client that may choose a room's name should not be able to choose the id of another, so give such names a prefix.
func (s *Socket) Join(rooms ...string) {
	s.namespace.local.join(s, rooms)
	s.namespace.local.tell()
}

// Leave removes the socket from a room.
func (s *Socket) Leave(room string) {
	s.namespace.local.leave(s, []string{room})
	s.namespace.local.tell()
}

// Rooms returns the rooms that the socket is in, the one of its own id first.
func (s *Socket) Rooms() []string {
	s.mu.Lock()
	last := s.lastRooms
	s.mu.Unlock()
	if last != nil {
		return slices.Clone(last)
	}
	return s.namespace.local.roomsOf(s)
}

// Broadcast addresses all sockets of the namespace but this one.
func (s *Socket) Broadcast() Broadcast { return s.namespace.Except(s.id) }

// To addresses the sockets in any of the rooms, but not this one.
func (s *Socket) To(rooms ...string) Broadcast { return s.Broadcast().To(rooms...) }

// In is To.
func (s *Socket) In(rooms ...string) Broadcast { return s.To(rooms...) }

// Except addresses all sockets but this one and those in the rooms.
func (s *Socket) Except(rooms ...string) Broadcast { return s.Broadcast().Except(rooms...) }

// Local addresses the sockets of this server but this one.
func (s *Socket) Local() Broadcast { return s.Broadcast().Local() }

// leave disconnects the socket, once: nothing is received from then on, and its goroutine calls the handlers of the
// disconnection. The packet, if there is one, tells the client.
func (s *Socket) leave(reason DisconnectReason, packet []byte) {
	rooms, acks, left := s.detach(reason)
	if !left {
		return
	}
	s.conn.forget(s, reason, packet)
	for _, w := range acks {
		w(Args{}, ErrDisconnected)
	}
	s.log("socketio: disconnected", slog.String("reason", string(reason)))
	s.mu.Lock()
	s.state, s.lastRooms = stateDisconnected, rooms
	s.startLocked()
	s.mu.Unlock()
	s.namespace.local.tell()
}

// detach takes the socket out of its namespace, and its state into the history if there is one.
func (s *Socket) detach(reason DisconnectReason) (rooms []string, acks pendingAcks, left bool) {
	h := s.namespace.history
	if h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
	}
	was, acks, left := s.end(reason)
	if !left {
		return nil, nil, false
	}
	rooms = s.namespace.local.remove(s)
	if h != nil && (was == stateConnected || s.recovery != nil) {
		h.saveLocked(s, rooms)
	}
	return rooms, acks, true
}

// end makes the socket disconnected, once.
func (s *Socket) end(reason DisconnectReason) (was socketState, acks pendingAcks, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state >= stateLeaving {
		return s.state, nil, false
	}
	was = s.state
	s.state, s.reason = stateLeaving, reason
	s.connected.Store(false)
	if was == stateConnected {
		s.namespace.server.opts.Metrics.Add(metrics.Sockets, -1)
		s.count(metrics.DisconnectedBy(string(reason)))
	}
	if reason == ServerDisconnect {
		for _, m := range s.inbox {
			s.conn.release(m.weight)
		}
		s.inbox = nil
	}
	acks = s.acks
	s.acks = nil
	if s.cancel != nil {
		s.cancel(reason)
	}
	s.never = was == stateConnecting
	return was, acks, true
}

func (s *Socket) log(msg string, attrs ...slog.Attr) {
	l := s.namespace.server.opts.Logger
	if ctx := context.Background(); l.Enabled(ctx, slog.LevelDebug) {
		l.LogAttrs(ctx, slog.LevelDebug, msg, append(attrs,
			slog.String("namespace", s.namespace.name), slog.String("socket", s.logID()),
			slog.String("session", s.conn.session.LogID()))...)
	}
}

// logID is the socket's id, which is public, unless it has the secret of the session in it.
func (s *Socket) logID() string {
	if s.conn.eio3() {
		return s.conn.session.LogID()
	}
	return s.id
}

// maxWarnings is how many lines above level Debug a socket may cause: clients do not fill the log.
const maxWarnings = 20

func (s *Socket) warn(msg, event string, err error) {
	level := slog.LevelWarn
	if s.warnings.Add(1) > maxWarnings {
		level = slog.LevelDebug
	}
	s.namespace.server.opts.Logger.Log(context.Background(), level, msg, "event", logName(event), "error", err,
		"namespace", s.namespace.name, "socket", s.logID(), "session", s.conn.session.LogID())
}

// countSent counts an event if it was sent.
func (s *Socket) countSent(err error) error {
	if err == nil {
		s.count(metrics.EventsSent)
	}
	return err
}

// count adds one to a series of ServerOptions.Metrics.
func (s *Socket) count(series metrics.Series) { s.namespace.server.opts.Metrics.Add(series, 1) }
