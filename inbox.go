package socketio

import (
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/socketio-go/socketio/metrics"
)

// receive queues an event for its handlers. It blocks while too much waits already: nothing more is read from the
// client then. Called by the reader.
func (s *Socket) receive(m *Message) {
	s.count(metrics.EventsReceived)
	m.weight = eventOverhead + len(m.Event) + m.Size()
	if !s.conn.reserve(m.weight) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateConnected {
		s.conn.release(m.weight)
		return
	}
	s.inbox = append(s.inbox, m)
}

// eventOverhead is what a waiting event costs besides its bytes.
const eventOverhead = 256

// start makes sure that somebody handles the inbox.
func (s *Socket) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.startLocked()
}

func (s *Socket) startLocked() {
	if !s.running && (len(s.inbox) > 0 || s.state == stateDisconnected) {
		s.running = true
		go s.run() // ends when the inbox is empty
	}
}

// run handles the inbox until it is empty, and then the disconnection. At most one goroutine runs it at a time. If a
// handler ends that goroutine (runtime.Goexit, as t.FailNow of a test does), another goes on behind it.
func (s *Socket) run() {
	var batch []*Message
	finished := false
	defer func() {
		if !finished {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.inbox = slices.Concat(batch[min(1, len(batch)):], s.inbox)
			s.running = false
			s.startLocked()
		}
	}()
	for {
		s.mu.Lock()
		batch = s.inbox
		s.inbox = nil
		if len(batch) == 0 {
			gone := s.state == stateDisconnected
			if gone {
				s.state = stateGone
			}
			s.running = false
			s.mu.Unlock()
			finished = true
			if gone {
				s.gone()
			}
			return
		}
		s.mu.Unlock()
		s.handleBatch(&batch)
	}
}

// handleBatch handles events that waited together; what they send leaves in one write.
func (s *Socket) handleBatch(batch *[]*Message) {
	if len(*batch) > 1 {
		s.conn.session.Cork()
		defer s.conn.session.Uncork()
	}
	for ; len(*batch) > 0; *batch = (*batch)[1:] {
		m := (*batch)[0]
		s.handleOne(m)
	}
}

func (s *Socket) handleOne(m *Message) {
	defer s.conn.release(m.weight) // also if a handler ends its goroutine
	if !s.kicked() {
		s.handle(m)
	}
}

// kicked reports whether the server has disconnected the socket: what waits is dropped then.
func (s *Socket) kicked() bool {
	if s.connected.Load() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reason == ServerDisconnect
}

// handle calls the middlewares and handlers of one event.
func (s *Socket) handle(m *Message) {
	s.mu.Lock()
	use := s.use
	s.mu.Unlock()
	for _, mw := range use {
		err := errPanic
		s.protect(m.Event, func() { err = mw(m) })
		if err != nil {
			s.rejected(m, err)
			return
		}
	}
	s.dispatchAny(m, s.safely)
	if parent := s.namespace.parent; parent != nil {
		parent.handlers.dispatch(m, s.answerably)
	}
	s.namespace.handlers.dispatch(m, s.answerably)
	s.Listener.dispatch(m, s.answerably)
}

func (s *Socket) rejected(m *Message, err error) {
	s.mu.Lock()
	handlers := s.onError
	s.mu.Unlock()
	for _, fn := range handlers {
		s.protect("error", func() { fn(err) })
	}
	answered := false
	s.protect(m.Event, func() { // the error is the developer's
		m.fail(err)
		answered = true
	})
	if !answered && m.WantsAck() {
		m.acknowledge([]any{ackErrorBody{errorBody{Message: internalError}}})
	}
}

// gone calls the handlers of the disconnection.
func (s *Socket) gone() {
	defer s.namespace.server.sockets.add(-1)
	defer s.namespace.release()
	defer s.conn.handled()
	s.mu.Lock()
	reason, disconnecting, never := s.reason, s.disconnecting, s.never
	s.mu.Unlock()
	if never {
		return
	}
	for _, fn := range disconnecting {
		s.protect("disconnecting", func() { fn(reason) })
	}
	s.mu.Lock()
	s.lastRooms = nil
	disconnect := s.disconnect
	s.mu.Unlock()
	for _, fn := range disconnect {
		s.protect("disconnect", func() { fn(reason) })
	}
}

// safely calls a function that sees an event; its panic ends nothing else.
func (s *Socket) safely(fn func(*Message), m *Message) {
	defer s.contain(m.Event)
	fn(m)
}

// answerably calls a handler, which may be the one that answers: if it panics, that is the answer, unless one was given.
func (s *Socket) answerably(fn func(*Message), m *Message) { answerably(fn, m, s.contain) }

func answerably(fn func(*Message), m *Message, contain func(what string)) {
	returned := false
	defer func() {
		if !returned && m.WantsAck() {
			m.acknowledge([]any{ackErrorBody{errorBody{Message: internalError}}})
		}
	}()
	defer contain(m.Event)
	fn(m)
	returned = true
}

func (s *Socket) protect(what string, fn func()) {
	defer s.contain(what)
	fn()
}

// contain logs a panic and ends it.
func (s *Socket) contain(what string) {
	if v := recover(); v != nil {
		s.count(metrics.HandlerPanics)
		if s.warnings.Add(1) > maxWarnings {
			s.log("socketio: handler panicked", slog.String("event", logName(what)), slog.Any("panic", v))
			return
		}
		s.namespace.server.opts.Logger.Error("socketio: handler panicked", "event", logName(what), "panic", v,
			"namespace", s.namespace.name, "socket", s.logID(), "session", s.conn.session.LogID(),
			"stack", string(debug.Stack()))
	}
}

// logName cuts a name that a client has chosen for the log.
func logName(event string) string {
	const most = 100
	if len(event) <= most {
		return event
	}
	return strings.ToValidUTF8(event[:most], "") + "…"
}
