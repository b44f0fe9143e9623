package engineio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/socketio-go/socketio/internal/websocket"
)

// A Server accepts Engine.IO sessions. It is an http.Handler, to be mounted on any path. Its methods may be called
// from any goroutine.
type Server struct {
	// Immutable.
	opts       Options
	origins    origins
	onSession  func(*Session) Handler
	heartbeats *heartbeats

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
	return &Server{
		opts:       o,
		origins:    newOrigins(o.Origins),
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
		s.opts.Logger.LogAttrs(r.Context(), levelDebug, "engineio: request refused",
			attr("error", err.Error()), attr("remote", r.RemoteAddr))
		writeError(w, err)
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
		return &requestError{code: codeBadRequest, status: http.StatusRequestURITooLong, context: "query too long"}
	}
	q := query(r.URL.Query())
	transport, upgrade := q.get("transport"), isWebSocketUpgrade(r)
	if transport != "polling" && transport != "websocket" {
		return refuse(codeUnknownTransport, "unknown transport")
	}
	if upgrade != (transport == "websocket") {
		if upgrade || q.get("sid") == "" && r.Method == http.MethodGet {
			return refuse(codeBadRequest, "TRANSPORT_HANDSHAKE_ERROR")
		}
	}
	if sid := q.get("sid"); sid != "" {
		return s.serveSession(w, r, sid, q, upgrade)
	}
	if r.Method != http.MethodGet {
		return refuse(codeBadHandshakeMethod, "bad handshake method")
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
	s.mu.RLock()
	session := s.sessions[sid]
	s.mu.RUnlock()
	if session == nil {
		return refuse(codeUnknownSID, "unknown sid")
	}
	if s.heartbeats.expired(session) {
		session.close(PingTimeout, nil, discard)
		return refuse(codeUnknownSID, "ping timeout")
	}
	if q.get("EIO") != "4" {
		return refuse(codeBadRequest, "PROTOCOL_MISMATCH")
	}
	if s.opts.BindSession != nil && s.opts.BindSession(r) != session.bind {
		return refuse(codeForbidden, "session belongs to another identity")
	}
	switch {
	case upgrade:
		return s.upgrade(w, r, session)
	case q.get("transport") != "polling" || session.hasWebSocket():
		return refuse(codeBadRequest, "TRANSPORT_MISMATCH")
	case r.Method == http.MethodGet:
		return session.servePoll(w, r)
	case r.Method == http.MethodPost:
		return session.servePost(w, r)
	default:
		return &requestError{
			code: codeBadRequest, status: http.StatusMethodNotAllowed, context: "method not allowed",
			header: http.Header{"Allow": {"GET, POST, OPTIONS"}},
		}
	}
}

// handshake opens a session (protocol, "Handshake").
func (s *Server) handshake(w http.ResponseWriter, r *http.Request, q query, upgrade bool) *requestError {
	if s.isClosing() {
		return errShuttingDown()
	}
	if q.get("EIO") != "4" {
		return refuse(codeUnsupportedProtocol, "unsupported protocol version")
	}
	if s.opts.AllowRequest != nil {
		if err := s.opts.AllowRequest(r); err != nil {
			e := refuse(codeForbidden, err.Error())
			var refusal *Refusal
			if errors.As(err, &refusal) {
				e.message = refusal.Message
			}
			return e
		}
	}
	snap := newSnapshot(r)
	if len(snap.text) > maxHeader {
		return &requestError{
			code: codeBadRequest, status: http.StatusRequestHeaderFieldsTooLarge, context: "headers too large",
		}
	}
	session := &Session{id: NewID(), server: s, snap: snap}
	if s.opts.BindSession != nil {
		session.bind = s.opts.BindSession(r)
	}
	if !upgrade {
		if !s.open(session, nil) {
			return errShuttingDown()
		}
		return session.servePoll(w, r)
	}
	conn, err := s.accept(w, r)
	if err != nil {
		return err
	}
	t := &wsTransport{session: session, conn: conn}
	served := false
	defer func() {
		if !served { // onSession has panicked: net/http, which recovers that, does not know the connection any more
			conn.CloseNow()
		}
	}()
	s.open(session, t)
	served = true
	go conn.Serve(t) // ends with the connection
	return nil
}

// open registers the session, gives it its handler and queues the open packet. It fails if the server is closing.
func (s *Server) open(session *Session, t *wsTransport) bool {
	session.mu.Lock()
	session.ws = t
	session.corked = 1 // what the handler sends at once leaves together with the open packet
	session.sendControlLocked(s.openPacket(session.id, t == nil))
	session.mu.Unlock()
	handler := s.onSession(session)
	registered := s.register(session)
	session.mu.Lock()
	session.handler, session.opened = handler, true
	early := session.early
	session.mu.Unlock()
	if !registered {
		session.close(ServerShutdown, nil, discard)
		return false
	}

	s.heartbeats.add(session)
	session.Uncork()
	if early != nil {
		session.close(early.reason, early.cause, early.how)
	}
	if session.closed.Load() {
		s.heartbeats.remove(session) // closed meanwhile
		return true
	}
	session.log("engineio: session opened", attr("transport", session.transportName()))
	return true
}

func (s *Server) openPacket(id string, polling bool) Message {
	b := make([]byte, 0, 160)
	b = append(b, `{"sid":"`...)
	b = append(b, id...)
	b = append(b, `","upgrades":[`...)
	if polling {
		b = append(b, `"websocket"`...)
	}
	b = append(b, `],"pingInterval":`...)
	b = strconv.AppendInt(b, s.opts.PingInterval.Milliseconds(), 10)
	b = append(b, `,"pingTimeout":`...)
	b = strconv.AppendInt(b, s.opts.PingTimeout.Milliseconds(), 10)
	b = append(b, `,"maxPayload":`...)
	b = strconv.AppendInt(b, int64(s.opts.MaxPayload), 10)
	b = append(b, '}')
	return controlPacket(packetOpen, string(b))
}

// accept turns the request into a WebSocket.
func (s *Server) accept(w http.ResponseWriter, r *http.Request) (*websocket.Conn, *requestError) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{MaxMessage: int64(s.opts.MaxPayload), Header: w.Header()})
	if err == nil {
		return conn, nil
	}
	e := refuse(codeBadRequest, err.Error())
	var h *websocket.HandshakeError
	if errors.As(err, &h) {
		e.status, e.header = h.Status, h.Header
	}
	return nil, e
}

// upgrade begins to move a session from polling to a WebSocket (protocol, "Upgrade").
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request, session *Session) *requestError {
	conn, err := s.accept(w, r)
	if err != nil {
		return err
	}
	t := &wsTransport{session: session, conn: conn, probing: true}
	if !session.startUpgrade(t) {
		conn.Close(0, "") // accepted and closed, as by the official server: clients take a refusal for an error
	}
	go conn.Serve(t) // ends with the connection
	return nil
}

// register fails if the server is closing.
func (s *Server) register(session *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.sessions[session.id] = session
	}
	return !s.closing
}

func (s *Server) isClosing() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.closing
}

func (s *Server) remove(session *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session.id)
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
		code: codeBadRequest, status: http.StatusServiceUnavailable, message: "Server shutting down",
		context: "server shutting down",
	}
}

// NewID makes an id that nobody can guess: 120 random bits, in 20 characters that need no escaping in a URL.
func NewID() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func isWebSocketUpgrade(r *http.Request) bool {
	return headerHasToken(r.Header, "Connection", "upgrade") && headerHasToken(r.Header, "Upgrade", "websocket")
}

func headerHasToken(h http.Header, name, token string) bool {
	for _, v := range h.Values(name) {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
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
	message := e.message
	if message == "" {
		message = codeMessages[e.code]
	}
	status := e.status
	switch {
	case status != 0:
	case e.code == codeForbidden:
		status = http.StatusForbidden
	default:
		status = http.StatusBadRequest
	}
	w.WriteHeader(status)
	_, _ = w.Write(appendErrorBody(nil, e.code, message)) // the client may be gone; nothing is lost
}
