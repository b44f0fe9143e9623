package engineio

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Handler is the application's end of a session.
type Handler interface {
	// Message is called for each message, one at a time and in order. data is borrowed: it is valid only until
	// Message returns. While Message blocks, nothing more is read from the client, and its heartbeat is not judged.
	Message(data []byte, binary bool)
	// BatchDone is called when all messages that arrived together have been handed over.
	BatchDone()
	// Close is called once, when the session has ended; no call of Message begins after it. It may run beside the
	// last one, and must not block.
	Close(reason CloseReason, cause error)
}

// Flags say how a message is sent.
type Flags uint8

const (
	// Volatile drops the message if the session cannot write it now: a WebSocket whose client lags, or no poll waiting.
	Volatile Flags = 1 << iota
	// Droppable lets the slow-consumer policies DropOldest and DropNewest drop the message.
	Droppable
	// Hold queues the message only: the caller calls Flush soon. It lets many sessions be given a message under a lock
	// that no write should prolong.
	Hold

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
	bind    string // identity, see Options.BindSession

	beat     beat        // guarded by heartbeats.mu
	awaiting atomic.Bool // written under heartbeats.mu: a pong is awaited
	reading  atomic.Int32
	posted   atomic.Int64 // bytes that have arrived in POST bodies
	closed   atomic.Bool  // written under mu: state is not open

	receiving sync.Mutex // held while a packet is handed to the handler, whichever transport it came by

	mu sync.Mutex
	// Guarded by mu.
	state     state
	opened    bool         // the handler is set; nothing ends before
	ws        *wsTransport // the transport; nil: polling
	probe     *wsTransport // the WebSocket that an upgrade under way tries
	probed    bool         // the client has sent its probe
	posting   bool         // a POST request is being served
	busy      bool         // the WebSocket has not taken all that it was given
	scheduled bool         // flushCorked is about to run
	corked    int32
	poll      *poll                    // the waiting poll
	body      *http.ResponseController // of the POST whose body is being read
	timer     *time.Timer              // ends an upgrade that takes too long, or a lingering session
	queue     []Message
	queued    int // bytes in queue
	inflight  int // bytes being written as answers to polls
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

// RemoteAddr returns the network address that the handshake came from.
func (s *Session) RemoteAddr() string { return s.snap.remoteAddr() }

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
	n := s.posted.Load()
	s.mu.Lock()
	if s.ws != nil {
		n += s.ws.conn.Received()
	}
	s.mu.Unlock()
	return n
}

// MaxPayload returns the largest message that the client may send.
func (s *Session) MaxPayload() int { return s.server.opts.MaxPayload }

// Close ends the session, with reason [ForcedClose], after what has been sent before is written.
func (s *Session) Close() { s.close(ForcedClose, nil, flush) }

// Fail is Close with another reason, such as [ParseError], and its cause.
func (s *Session) Fail(reason CloseReason, cause error) { s.close(reason, cause, flush) }

// Send queues messages that belong together, in order and next to each other, and writes what the transport takes
// without waiting for it. It never blocks. It returns ErrClosed, ErrDropped or nil; nil does not mean received.
func (s *Session) Send(flags Flags, group ...Message) error {
	s.mu.Lock()
	err := s.sendLocked(flags, group)
	s.mu.Unlock()
	if err == errQueueOverflow { //nolint:errorlint // never wrapped
		// The caller may hold locks that the handler wants.
		go s.close(SlowConsumer, err, abort) // ends once the handler knows
		return ErrClosed
	}
	return err
}

func (s *Session) sendLocked(flags Flags, group []Message) error {
	if s.state != stateOpen {
		return ErrClosed
	}
	if flags&Volatile != 0 && !s.writableLocked() {
		return ErrDropped
	}
	size := 0
	for _, m := range group {
		size += m.size()
	}
	if err := s.makeRoomLocked(flags, size); err != nil {
		return err
	}
	if flags&Hold == 0 && s.ws != nil && !s.busy && s.corked == 0 && len(s.queue) == 0 {
		taken := s.writeLocked(group)
		if group = group[taken:]; taken > 0 {
			flags &^= Droppable // the rest must follow
		}
	}
	for i, m := range group {
		m.flags = flags
		if i < len(group)-1 {
			m.flags |= more
		}
		s.queue = append(s.queue, m)
		s.queued += m.size()
	}
	if flags&Hold == 0 {
		s.flushLocked()
	}
	return nil
}

// Flush writes what was sent with Hold.
func (s *Session) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked()
}

// writableLocked reports whether a message would leave at once.
func (s *Session) writableLocked() bool {
	if s.ws != nil {
		return !s.busy && (len(s.queue) == 0 || s.corked > 0)
	}
	return s.poll != nil && (len(s.queue) == 0 || s.corked > 0)
}

// makeRoomLocked applies the slow-consumer policy to a message of the given size.
func (s *Session) makeRoomLocked(flags Flags, size int) error {
	waiting := s.queued + s.inflight
	limit := s.server.opts.MaxQueuedBytes
	if waiting == 0 || waiting+size <= limit || !s.opened { // the client could not read yet
		return nil
	}
	switch s.server.opts.SlowConsumer {
	case DropNewest:
		if flags&Droppable != 0 {
			return ErrDropped
		}
	case DropOldest:
		s.dropOldestLocked(size)
		if waiting = s.queued + s.inflight; waiting == 0 || waiting+size <= limit {
			return nil
		}
		if flags&Droppable != 0 {
			return ErrDropped
		}
	case Disconnect:
	}
	return errQueueOverflow
}

// dropOldestLocked drops whole groups from the front of the queue until size fits and an eighth of the limit is free
// besides, so that not every message pays for a pass over the queue.
func (s *Session) dropOldestLocked(size int) {
	limit := s.server.opts.MaxQueuedBytes
	goal := min(limit-size, limit-limit/8) - s.inflight
	var kept []Message
	for i := 0; i < len(s.queue); {
		end := i + 1
		for s.queue[end-1].flags&more != 0 {
			end++
		}
		if s.queued > goal && s.queue[i].flags&Droppable != 0 {
			for _, m := range s.queue[i:end] {
				s.queued -= m.size()
			}
		} else {
			kept = append(kept, s.queue[i:end]...)
		}
		i = end
	}
	s.queue = kept
}

// sendControlLocked queues a packet that is no message.
func (s *Session) sendControlLocked(m Message) {
	s.queue = append(s.queue, m)
	s.queued += m.size()
	s.flushLocked()
}

// Cork holds back what is sent until Uncork, so that it leaves in one write: but not for long. What was sent leaves
// soon even if the caller of Uncork is slow. Calls nest.
func (s *Session) Cork() {
	s.mu.Lock()
	s.corked++
	s.mu.Unlock()
}

// Uncork undoes one call of Cork.
func (s *Session) Uncork() {
	s.mu.Lock()
	s.corked--
	s.flushLocked()
	s.mu.Unlock()
}

// flushCorked writes what is held back. It is started by the first message that is, and usually comes second: Uncork
// has done it.
func (s *Session) flushCorked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scheduled = false
	s.writeQueueLocked()
}

// flushLocked hands the queue to the transport, as much as it takes.
func (s *Session) flushLocked() {
	if len(s.queue) == 0 {
		return
	}
	if s.corked > 0 {
		if !s.scheduled && s.opened {
			s.scheduled = true
			go s.flushCorked() // ends after one flush
		}
		return
	}
	s.writeQueueLocked()
}

func (s *Session) writeQueueLocked() {
	switch {
	case s.state == stateEnded || len(s.queue) == 0:
	case s.ws != nil:
		if !s.busy {
			s.dequeueLocked(s.writeLocked(s.queue))
		}
		s.lingerDoneLocked()
	case s.poll != nil:
		s.answerPollLocked()
	}
}

// writeLocked gives messages to the WebSocket until it is busy, and returns how many it took.
func (s *Session) writeLocked(messages []Message) (taken int) {
	const (
		maxFrames = 32
		maxBytes  = 64 << 10
	)
	var frames [maxFrames][]byte
	for taken < len(messages) && !s.busy {
		n, size := 0, 0
		for _, m := range messages[taken:] {
			if n == maxFrames || size >= maxBytes {
				break
			}
			frames[n] = m.frame
			size += len(m.frame)
			n++
		}
		drained, err := s.ws.conn.Write(frames[:n])
		taken += n
		if err != nil {
			return len(messages) // the connection is gone; its reader says so
		}
		s.busy = !drained
	}
	return taken
}

func (s *Session) dequeueLocked(n int) {
	for i := n; i > 0 && s.queue[i-1].flags&more != 0; i++ {
		s.queue[i].flags &^= Droppable // the rest of a group that is written in part must follow
	}
	for i := range s.queue[:n] {
		s.queued -= s.queue[i].size()
		s.queue[i] = Message{}
	}
	if n == len(s.queue) {
		s.queue = nil // an idle session keeps no buffer
		return
	}
	s.queue = s.queue[n:]
}

// ping asks the client for a sign of life (protocol, "Heartbeat").
func (s *Session) ping() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateOpen {
		s.sendControlLocked(pingPacket)
	}
}

var (
	pingPacket  = controlPacket(packetPing, "")
	noopPacket  = controlPacket(packetNoop, "")
	closePacket = controlPacket(packetClose, "")
	probeAnswer = controlPacket(packetPong, probeText)
)

// busyReading reports whether the server itself, not the client, holds up the session's input.
func (s *Session) busyReading() bool { return s.reading.Load() > 0 }

// receive handles one packet of the client. It returns false when there is no point in going on. Called with
// receiving held.
func (s *Session) receive(p packet) bool {
	if s.closed.Load() {
		return false
	}
	if p.typ != packetPong && s.awaiting.Load() {
		s.server.heartbeats.gotPacket(s)
	}
	switch p.typ {
	case packetMessage:
		s.deliver(p)
	case packetPong:
		if s.awaiting.Load() {
			s.server.heartbeats.gotPong(s)
		}
	case packetPing: // protocol 4: only the server sends pings
		s.close(TransportError, errBadDirection, discard)
		return false
	case packetClose:
		s.close(TransportClose, nil, byClient)
		return false
	case packetOpen, packetUpgrade, packetNoop, packetBinary: // nothing to do, as in the official server
	}
	return true
}

func (s *Session) deliver(p packet) {
	s.reading.Add(1)
	defer s.reading.Add(-1) // also if the handler panics, which net/http recovers
	s.handler.Message(p.data, p.binary)
}

// closing says how a session ends.
type closing uint8

const (
	flush    closing = iota // write what is queued, then tell the client
	discard                 // drop what is queued, tell the client
	byClient                // the client has closed it
	abort                   // the client does not read: drop the connection
)

// close ends the session, once. Called without mu.
func (s *Session) close(reason CloseReason, cause error, how closing) {
	s.mu.Lock()
	if !s.opened {
		s.mu.Unlock()
		go s.closeOpened(reason, cause, how) // ends once the session is open
		return
	}
	if s.state != stateOpen {
		if s.state == stateLingering && how != flush && how != byClient {
			s.endLocked(how)
		}
		s.mu.Unlock()
		return
	}
	s.state = stateLingering
	s.closed.Store(true)
	s.corked = 0
	if s.body != nil {
		_ = s.body.SetReadDeadline(time.Now()) // a body still on its way is not waited for
	}
	if how == flush {
		s.lingerLocked(packetClose, closeTimeout)
	} else if how == byClient && s.ws == nil && s.poll == nil {
		s.queue, s.queued = nil, 0
		s.lingerLocked(packetNoop, tombstone)
	} else {
		s.endLocked(how)
	}
	s.mu.Unlock()
	s.server.heartbeats.remove(s)
	if cause == nil {
		s.log("engineio: session closed", attr("reason", string(reason)))
	} else {
		s.log("engineio: session closed", attr("reason", string(reason)), attr("cause", cause.Error()))
	}
	s.handler.Close(reason, cause)
}

// closeOpened ends a session that was being opened.
func (s *Session) closeOpened(reason CloseReason, cause error, how closing) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	s.mu.Lock()
	opened := s.opened
	s.mu.Unlock()
	if opened { // otherwise onSession has panicked
		s.close(reason, cause, how)
	}
}

// lingerLocked keeps the session for as long as it takes to write its queue and to tell the client.
func (s *Session) lingerLocked(farewell packetType, wait time.Duration) {
	s.farewell = farewell
	if s.ws == nil && s.poll != nil && len(s.queue) == 0 {
		s.endLocked(flush)
		return
	}
	s.writeQueueLocked() // to a waiting poll, too: the close packet comes with the next, see sayFarewellLocked
	s.lingerDoneLocked()
	if s.state != stateLingering {
		return
	}
	if s.timer != nil {
		s.timer.Stop()
	}
	s.timer = time.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.endLocked(discard)
	})
}

// lingerDoneLocked ends a lingering session whose WebSocket has taken all.
func (s *Session) lingerDoneLocked() {
	if s.state == stateLingering && s.ws != nil && len(s.queue) == 0 && !s.busy {
		s.endLocked(flush)
	}
}

// endLocked lets go of the transports and of the session's place in the server.
func (s *Session) endLocked(how closing) {
	if s.state == stateEnded {
		return
	}
	s.state = stateEnded
	s.queue, s.queued = nil, 0
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if s.poll != nil {
		s.queue = append(s.queue, closePacket)
		if how == byClient {
			s.queue[0] = noopPacket
		}
		s.answerPollLocked()
	}
	for _, t := range [...]*wsTransport{s.ws, s.probe} {
		if t == nil {
			continue
		}
		if how == abort {
			t.conn.CloseNow()
		} else {
			t.conn.Close(0, "")
		}
	}
	s.probe = nil
	s.server.remove(s)
}

func (s *Session) transportName() string {
	if s.ws != nil {
		return "websocket"
	}
	return "polling"
}

func (s *Session) hasWebSocket() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ws != nil
}
