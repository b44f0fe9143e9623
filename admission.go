package socketio

import (
	"errors"
	"log/slog"

	"github.com/socketio-go/socketio/metrics"
)

// open runs the middlewares and connects the socket, or refuses it; then it is the socket's inbox goroutine.
func (s *Socket) open() {
	defer s.run()
	decided := false
	defer func() {
		if !decided { // a middleware has ended its goroutine
			s.refuse(errPanic)
		}
	}()
	s.namespace.announced.Wait()
	if s.isGone() {
		decided = true
		return
	}
	middlewares := s.namespace.middlewares()
	if h := s.namespace.history; s.recovered && !h.opts.RunMiddlewares {
		middlewares = nil
	}
	for _, mw := range middlewares {
		if err := s.admit(mw); err != nil {
			decided = true
			s.refuse(err)
			return
		}
		if s.isGone() {
			decided = true
			return
		}
	}
	decided = true
	// The client hears of its connection when OnConnection has put it into its rooms, unless that takes long; and the
	// lock of the namespace is not held while it is told.
	s.conn.session.Cork()
	defer s.conn.session.Uncork()
	if !s.connect() {
		return // disconnected meanwhile
	}
	s.log("socketio: connected", slog.Bool("recovered", s.recovered), slog.String("address", s.conn.session.Address()))
	for _, fn := range s.namespace.connectionHandlers() {
		s.protect("connection", func() { fn(s) })
	}
}

// connect makes the socket visible, and tells the client.
func (s *Socket) connect() bool {
	defer s.namespace.local.tell()
	if h := s.namespace.history; h != nil {
		return h.connect(s)
	}
	return s.namespace.local.add(s)
}

// isGone reports whether the socket has disconnected.
func (s *Socket) isGone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state >= stateLeaving
}

// isConnecting reports whether the client has no answer yet.
func (s *Socket) isConnecting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == stateConnecting
}

// admit calls a middleware; its panic is an error.
func (s *Socket) admit(mw func(*Socket) error) (err error) {
	err = errPanic
	s.protect("middleware", func() { err = mw(s) })
	return err
}

var errPanic = errors.New("socketio: middleware panicked")

// refuse tells the client that it may not connect. The error is the developer's: what it does is contained.
func (s *Socket) refuse(err error) {
	s.count(metrics.ConnectErrorMiddleware)
	var packet []byte
	s.protect("middleware", func() {
		body := errorBody{Message: internalError}
		var public *ConnectError
		if errors.As(err, &public) && public != nil {
			body = errorBody{public.Message, public.Data}
			s.log("socketio: refused", slog.String("error", err.Error()))
		} else {
			s.warn("socketio: middleware failed", "middleware", err) // the client hears of an internal error only
		}
		packet = s.conn.middlewareRefusal(s.namespace.name, body)
	})
	if packet == nil {
		packet = s.conn.middlewareRefusal(s.namespace.name, errorBody{Message: internalError})
	}
	s.leave(ServerDisconnect, packet)
}

// markConnected tells the client that it is connected. Called by Local.add, which makes the socket visible.
func (s *Socket) markConnected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateConnecting {
		return false
	}
	s.state = stateConnected
	s.connected.Store(true)
	s.count(metrics.Sockets)
	s.conn.sendConnect(s)
	return true
}
