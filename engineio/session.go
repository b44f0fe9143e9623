package engineio

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/socketio-go/socketio/metrics"
)

// A Handler is the application's end of a session. A panic in it is not recovered, except by net/http in a call that
// serves a request: it ends the process.
type Handler interface {
	// Message is called for each message, one at a time and in order. data is borrowed: it is valid only until
	// Message returns. While Message blocks, nothing more is read from the client, and its heartbeat is not judged.
	Message(data []byte, binary bool)
	// BatchDone is called when all messages that arrived together have been handed over.
	BatchDone()
	// Close is called once, when the session has ended. It must not block. One call of Message, and then BatchDone, may
	// run beside it or follow it: that of a packet which had arrived before.
	Close(reason CloseReason, cause error)
}

// Flags say how a message is sent.
type Flags uint8

const (
	// Volatile drops the message if the session cannot write it now: a WebSocket whose client lags, or no poll waiting.
	Volatile Flags = 1 << iota
	// Droppable lets the slow-consumer policies DropOldest and DropNewest drop the message.
	Droppable
	// Urgent writes the message at once, and what was sent before it, even between Cork and Uncork.
	Urgent
	// Hold queues the message only: the caller calls Flush soon. It lets many sessions be given a message under a lock
	// that no write should prolong.
	Hold

	// Uncompressed keeps the message from being compressed, on any transport.
	Uncompressed

	control // a packet that is no message: never dropped
	more    // the next message of the queue belongs to this one
)

// A Session is one client's Engine.IO connection. Its methods may be called from any goroutine.
type Session struct {
	// Immutable.
	id      string
	server  *Server
	handler Handler // set once, when the session is opened
	snap    snapshot
	eio3    bool   // protocol 3
	base64  bool   // its client wants no binary packets, on any transport
	bind    string // identity, see Options.BindSession

	beat     beat        // guarded by heartbeats.mu
	awaiting atomic.Bool // written under heartbeats.mu: a pong is awaited
	reading  atomic.Int32
	posted   atomic.Int64 // bytes that have arrived in POST bodies
	closed   atomic.Bool  // written under mu: state is not open

	mu sync.Mutex
	// Guarded by mu.
	state     state
	opened    bool         // the handler is set; nothing ends before
	ws        *wsTransport // the transport; nil: polling
	probe     *wsTransport // the WebSocket that an upgrade under way tries
	probed    bool         // the client has sent its probe
	posting   bool         // a POST request is being served
	busy      bool         // the WebSocket has not taken all that it was given
	broken    bool         // a write has failed
	early     *earlyClose  // how it was closed before it was opened
	uncorked  bool         // for longer than corkDelay: nothing is held back
	corked    int32
	poll      *poll                    // the waiting poll
	body      *http.ResponseController // of the POST whose body is being read
	corkTimer *time.Timer              // lets go of what is held back; nil while nothing is
	timer     *time.Timer              // ends an upgrade that takes too long, or a lingering session
	queue     []Message
	queued    int   // bytes in queue
	inflight  int   // bytes being written as answers to polls
	writing   int   // bytes of which the WebSocket has not taken all, while it is busy
	counted   int   // what the metrics and the trace know of the three
	atPing    int64 // what had been received at the last ping
	farewell  packetType
}

type state uint8

const (
	stateOpen      state = iota
	stateLingering       // closed for the handler; the client has not been told
	stateEnded
)

// ID returns the session id, the sid of the protocol: a secret between client and server, not to be shown to others.
func (s *Session) ID() string { return s.id }

// Request returns a copy of the handshake request: without body, and with a context that has its values and never
// ends.
func (s *Session) Request() *http.Request { return s.snap.request() }

// RemoteAddr returns the network address that the handshake came from: the client's, or that of a proxy before it.
func (s *Session) RemoteAddr() string { return s.snap.remoteAddr() }

// Address returns the IP address of the client: if the handshake came from one of Options.TrustedProxies, the one that
// these say it came from.
func (s *Session) Address() string { return s.snap.address() }

// Secure reports whether the client's connection has TLS, which may end at one of Options.TrustedProxies.
func (s *Session) Secure() bool { return s.snap.secure }

// Protocol returns the revision of the Engine.IO protocol that the client speaks: 4, or 3 with Options.AllowEIO3.
func (s *Session) Protocol() int {
	if s.eio3 {
		return 3
	}
	return 4
}

// Transport returns the name of the current transport: "polling" or "websocket".
func (s *Session) Transport() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transportName()
}

// Context returns a context with the values of the handshake request's, which never ends.
func (s *Session) Context() context.Context { return s.snap.ctx }

// Received returns how many bytes have arrived in POST bodies and on the WebSocket: it grows while a large message is
// on its way.
func (s *Session) Received() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.receivedLocked()
}

func (s *Session) receivedLocked() int64 {
	n := s.posted.Load()
	if s.ws != nil {
		n += s.ws.conn.Received()
	}
	return n
}

// MaxPayload returns the largest message that the client may send.
func (s *Session) MaxPayload() int { return s.server.opts.MaxPayload }

// Close ends the session, with reason [ForcedClose], after what has been sent before is written.
func (s *Session) Close() { s.close(ForcedClose, nil, flush) }

// Fail is Close with another reason, such as [ParseError], and its cause.
func (s *Session) Fail(reason CloseReason, cause error) { s.close(reason, cause, flush) }

// ping asks the client for a sign of life (protocol, "Heartbeat").
func (s *Session) ping() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateOpen {
		s.atPing = s.receivedLocked()
		s.sendControlLocked(pingPacket)
	}
}

// heardSincePing reports whether anything has arrived since the last ping.
func (s *Session) heardSincePing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.receivedLocked() > s.atPing
}

var (
	pingPacket  = controlPacket(packetPing, "")
	noopPacket  = controlPacket(packetNoop, "")
	closePacket = controlPacket(packetClose, "")
	probeAnswer = controlPacket(packetPong, probeText)
)

// busyReading reports whether the server itself, not the client, holds up the session's input.
func (s *Session) busyReading() bool { return s.reading.Load() > 0 }

// receive handles one packet of the client. It returns false when there is no point in going on. A session's POST
// requests and its WebSocket never call it at the same time: see completeUpgrade.
func (s *Session) receive(p packet) bool {
	if s.closed.Load() {
		return false
	}
	switch {
	case s.eio3:
		s.heard()
	case p.typ != packetPong && s.awaiting.Load():
		s.server.heartbeats.gotPacket(s)
	}
	switch p.typ {
	case packetMessage:
		s.deliver(p)
	case packetPing, packetPong:
		if s.misdirected(p.typ) {
			s.close(TransportError, errBadDirection, discard)
			return false
		}
		s.heartbeat()
	case packetClose:
		s.close(TransportClose, nil, byClient)
		return false
	case packetOpen, packetUpgrade, packetNoop, packetBinary: // nothing to do, as in the official server
	}
	return true
}

// misdirected reports whether a packet is the other side's part of the heartbeat: in protocol 4 the server asks, in
// protocol 3 the client.
func (s *Session) misdirected(t packetType) bool {
	return t == packetPing && !s.eio3 || t == packetPong && s.eio3
}

// heartbeat handles the client's part of it: a pong in protocol 4, a ping in protocol 3.
func (s *Session) heartbeat() {
	switch {
	case s.eio3:
		s.answerPing()
	case s.awaiting.Load():
		s.server.heartbeats.gotPong(s)
	}
}

func (s *Session) deliver(p packet) {
	s.count(metrics.MessagesReceived, 1)
	s.count(metrics.ReceivedBytes, len(p.data))
	s.reading.Add(1)
	defer s.reading.Add(-1) // also if the handler panics, which net/http recovers
	s.handler.Message(p.data, p.binary)
}

func (s *Session) transportName() string {
	if s.ws != nil {
		return webSocket
	}
	return polling
}
