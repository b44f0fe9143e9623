package engineio

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/socketio-go/socketio/internal/websocket"
)

// A Server accepts Engine.IO sessions. It is an http.Handler, to be mounted on any path. Its methods may be called
// from any goroutine.
type Server struct {
	// Immutable.
	opts       Options
	origins    origins
	proxies    proxies
	onSession  func(*Session) Handler
	heartbeats *heartbeats

	// What was said once, and need not be said for every client.
	writerWarned, originWarned, protocolWarned atomic.Bool

	mu sync.RWMutex
	// Guarded by mu.
	sessions map[string]*Session
	closing  bool
	empty    chan struct{} // made by Shutdown, closed when sessions is empty
}

// NewServer makes a server that calls onSession for each new session, before its client hears of it: what it sends
// follows the open packet. If it closes the session, that takes effect once it has returned. nil options are the
// defaults. It panics with a sentence if an option is unusable.
func NewServer(opts *Options, onSession func(*Session) Handler) *Server {
	o := opts.withDefaults()
	if onSession == nil {
		mistake("the function given to NewServer is nil: write one that returns the Handler of a session")
	}
	return &Server{
		opts:       o,
		origins:    newOrigins(o.Origins),
		proxies:    newProxies(o.TrustedProxies),
		onSession:  onSession,
		heartbeats: newHeartbeats(o.PingInterval, o.PingTimeout),
		sessions:   map[string]*Session{},
	}
}

// Len returns the number of sessions.
func (s *Server) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.sessions)
}

// ServeHTTP serves one request of an Engine.IO client: a handshake, a poll, a POST with packets, or the beginning of
// a WebSocket. Other requests get the protocol's error.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 { // net/http waits for a body even if we do not want it
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(postBase)) // if it can
	}
	if err := s.serve(w, r); err != nil {
		if !err.gone {
			s.logRefusal(r, err)
			s.count(err.series(), 1)
		}
		if hook := s.opts.OnConnectionError; hook != nil && !err.session && !err.gone {
			hook(err.forHook(r))
		}
		if !err.hijacked {
			writeError(w, err)
		}
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) *requestError {
	if err := s.checkOrigin(w, r); err != nil {
		return err
	}
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		s.preflight(w, r)
		return nil
	}
	if len(r.URL.RawQuery) > maxQuery || strings.Count(r.URL.RawQuery, "&") >= maxQueryPairs {
		return &requestError{code: CodeBadRequest, status: http.StatusRequestURITooLong, why: "query too long"}
	}
	q := query(r.URL.Query())
	transport, upgrade := q.get("transport"), websocket.IsUpgrade(r)
	if !slices.Contains(s.opts.Transports, transport) {
		return refuse(CodeUnknownTransport, "unknown transport", "transport", transport)
	}
	if upgrade != (transport == webSocket) {
		if upgrade || q.get("sid") == "" && r.Method == http.MethodGet {
			return named("TRANSPORT_HANDSHAKE_ERROR", "transport", transport)
		}
	}
	if err := s.checkJSONP(q); err != nil {
		return err
	}
	if sid := q.get("sid"); sid != "" {
		return s.serveSession(w, r, sid, q, upgrade)
	}
	if r.Method != http.MethodGet {
		return refuse(CodeBadHandshakeMethod, "bad handshake method", "method", r.Method)
	}
	return s.handshake(w, r, q, upgrade)
}

// query gives the last value of a parameter, as JavaScript's Object.fromEntries does.
type query url.Values

func (q query) get(name string) string {
	if v := q[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// serveSession serves a request that names a session.
func (s *Server) serveSession(w http.ResponseWriter, r *http.Request, sid string, q query, upgrade bool) *requestError {
	session := s.session(sid)
	if session == nil {
		return refuse(CodeUnknownSID, "it has ended, or another server has it", "sid", sid)
	}
	if s.heartbeats.expired(session) {
		session.close(PingTimeout, nil, discard)
		return refuse(CodeUnknownSID, "ping timeout", "sid", sid)
	}
	if protocol := q.get("EIO"); protocol != strconv.Itoa(session.Protocol()) {
		return named("PROTOCOL_MISMATCH", "protocol", protocol)
	}
	if s.opts.BindSession != nil && s.opts.BindSession(r) != session.bind {
		return refuse(CodeForbidden, "session belongs to another identity")
	}
	if transport := q.get("transport"); !upgrade && transport != session.Transport() {
		return named("TRANSPORT_MISMATCH", "transport", transport, "previousTransport", session.Transport())
	}
	err := s.serveTransport(w, r, session, upgrade)
	if err != nil {
		err.session = true
	}
	return err
}

// serveTransport serves a request that belongs to the session.
func (s *Server) serveTransport(w http.ResponseWriter, r *http.Request, session *Session, upgrade bool) *requestError {
	switch {
	case upgrade:
		return s.upgrade(w, r, session)
	case session.Transport() == webSocket:
		return named("TRANSPORT_MISMATCH")
	case r.Method == http.MethodGet:
		return session.servePoll(w, r, nil)
	case r.Method == http.MethodPost:
		return session.servePost(w, r)
	default:
		return &requestError{
			code: CodeBadRequest, status: http.StatusMethodNotAllowed, why: "method not allowed",
			header: http.Header{"Allow": {"GET, POST, OPTIONS"}},
		}
	}
}

// accept turns the request into a WebSocket. initial is the session that it opens, or nil.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, initial *Session) (*websocket.Conn, *requestError) {
	header := w.Header().Clone() // a refusal does not get what the options add
	s.responseHeaders(header, r, initial)
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		MaxMessage: int64(s.opts.MaxPayload),
		Header:     header,
		Deflate:    s.opts.PerMessageDeflate,
	})
	if err == nil {
		return conn, nil
	}
	e := refuse(CodeBadRequest, err.Error(), "name", "TRANSPORT_HANDSHAKE_ERROR")
	var h *websocket.HandshakeError
	if errors.As(err, &h) {
		e.status, e.header = h.Status, h.Header
		if h.Status == http.StatusNotImplemented {
			s.warnOfWriter(r)
		}
	} else {
		e.gone, e.hijacked = true, true
	}
	return nil, e
}

// upgrade begins to move a session from polling to a WebSocket (protocol, "Upgrade").
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, session *Session) *requestError {
	if !s.upgrades() {
		return refuse(CodeBadRequest, "upgrades are off")
	}
	conn, err := s.accept(w, r, nil)
	if err != nil {
		return err
	}
	t := &wsTransport{session: session, conn: conn, probing: true}
	if !session.startUpgrade(t) {
		session.upgradeFailed("another is under way or complete, or the session is closed")
		conn.Close(0, "") // accepted and closed, as by the official server: clients take a refusal for an error
	}
	go conn.Serve(t) // ends with the connection
	return nil
}

// upgrades reports whether sessions may move from polling to a WebSocket.
func (s *Server) upgrades() bool {
	return !s.opts.NoUpgrade && slices.Contains(s.opts.Transports, webSocket)
}

// register fails if the server is closing, or if GenerateID has given the id twice.
func (s *Server) register(session *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.sessions[session.id] != nil {
		return false
	}
	s.sessions[session.id] = session
	return true
}

// session returns the session with the id, or nil.
func (s *Server) session(id string) *Session {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sessions[id]
}

func (s *Server) isClosing() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.closing
}

func (s *Server) remove(session *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[session.id] == session {
		delete(s.sessions, session.id)
	}
	if s.empty != nil && len(s.sessions) == 0 {
		close(s.empty)
		s.empty = nil
	}
}

// Shutdown stops accepting sessions, closes those that exist once what waits for their clients is written, and waits
// for that. When ctx ends first, it drops what is left and returns the context's error. Requests for new sessions get
// status 503 from then on.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	sessions := s.all()
	done := s.empty
	if len(sessions) > 0 && done == nil {
		done = make(chan struct{})
		s.empty = done
	}
	s.mu.Unlock()
	for _, session := range sessions {
		session.close(ServerShutdown, nil, flush)
	}
	if len(sessions) == 0 {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		for _, session := range sessions {
			session.close(ServerShutdown, nil, discard)
		}
		return ctx.Err()
	}
}

// Close stops accepting sessions and closes those that exist at once, without what waits for their clients.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closing = true
	sessions := s.all()
	s.mu.Unlock()
	for _, session := range sessions {
		session.close(ServerShutdown, nil, discard)
	}
	return nil
}

// all lists the sessions. Called with mu held.
func (s *Server) all() []*Session {
	list := make([]*Session, 0, len(s.sessions))
	for _, session := range s.sessions {
		list = append(list, session)
	}
	return list
}

func errShuttingDown() *requestError {
	return &requestError{
		code: CodeBadRequest, status: http.StatusServiceUnavailable, message: "Server shutting down",
		why: "server shutting down",
	}
}

// writeError answers a refused request as the official server does. Nothing of the request is repeated in it.
func writeError(w http.ResponseWriter, e *requestError) {
	h := w.Header()
	for name, values := range e.header {
		h[name] = values
	}
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	status := e.status
	switch {
	case status != 0:
	case e.code == CodeForbidden:
		status = http.StatusForbidden
	default:
		status = http.StatusBadRequest
	}
	w.WriteHeader(status)
	_, _ = w.Write(appendErrorBody(nil, e.code, e.text())) // the client may be gone; nothing is lost
}
