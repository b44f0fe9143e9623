package engineio

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// handshake opens a session (protocol, "Handshake").
func (s *Server) handshake(w http.ResponseWriter, r *http.Request, q query, upgrade bool) *requestError {
	if s.isClosing() {
		return errShuttingDown()
	}
	protocol := q.get("EIO")
	if protocol != "4" && (protocol != "3" || !s.opts.AllowEIO3) {
		why := "unsupported protocol version"
		if protocol == "3" {
			why = "protocol 3, as Socket.IO 2 speaks it, needs AllowEIO3"
		}
		err := refuse(CodeUnsupportedProtocol, why, "protocol", protocol)
		if protocol == "3" {
			err.warnOnce = &s.protocolWarned
		}
		return err
	}
	if err := s.allow(r); err != nil {
		return err
	}
	snap := newSnapshot(r, s.proxies)
	if len(snap.text) > maxHeader {
		return &requestError{
			code: CodeBadRequest, status: http.StatusRequestHeaderFieldsTooLarge, why: "headers too large",
		}
	}
	id, err := s.newID(r)
	if err != nil {
		return err
	}
	session := &Session{id: id, server: s, snap: snap, eio3: protocol == "3", base64: q.get("b64") != ""}
	if s.opts.BindSession != nil {
		session.bind = s.opts.BindSession(r)
	}
	if !upgrade {
		if !s.open(session, nil) {
			if !s.isClosing() { // another handshake has just got the same id
				return s.badID(r, errBadID)
			}
			return errShuttingDown()
		}
		err := session.servePoll(w, r, session)
		if err != nil {
			err.session = true
		}
		return err
	}
	conn, err := s.accept(w, r, session)
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

// openDelay is for WebSocket clients of protocol 3 that begin to listen a moment after their connection is open.
const openDelay = 10 * time.Millisecond

// allow asks Options.AllowRequest.
func (s *Server) allow(r *http.Request) *requestError {
	if s.opts.AllowRequest == nil {
		return nil
	}
	err := s.opts.AllowRequest(r)
	if err == nil {
		return nil
	}
	e := refuse(CodeForbidden, err.Error(), "message", err.Error())
	e.err = err
	var refusal *Refusal
	if errors.As(err, &refusal) {
		e.message = refusal.Message
		e.context = []string{"message", refusal.Message}
	}
	return e
}

var errBadID = errors.New("GenerateID returned an id that is empty, too long, in use, or has other characters than A-Z a-z 0-9 - _ . ~")

// newID makes the id of a session.
func (s *Server) newID(r *http.Request) (string, *requestError) {
	id, err := s.opts.GenerateID(r)
	if err == nil && (!validID(id) || s.session(id) != nil) {
		err = errBadID
	}
	if err != nil {
		return "", s.badID(r, err)
	}
	return id, nil
}

func (s *Server) badID(r *http.Request, err error) *requestError {
	s.opts.Logger.LogAttrs(r.Context(), slog.LevelWarn, "engineio: no session id", attr("error", err.Error()))
	e := named("ID_GENERATION_ERROR")
	e.err = err
	return e
}

func validID(id string) bool {
	const most = 128
	bad := func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && !strings.ContainsRune("-_.~", c)
	}
	return id != "" && len(id) <= most && !strings.ContainsFunc(id, bad)
}

// responseHeaders adds what the options say to the header of an answer. initial is the session that it opens, or nil.
func (s *Server) responseHeaders(h http.Header, r *http.Request, initial *Session) {
	if initial != nil {
		if s.opts.Cookie != nil {
			c := *s.opts.Cookie
			c.Value = initial.id
			h.Add("Set-Cookie", c.String())
		}
		if s.opts.InitialHeaders != nil {
			s.opts.InitialHeaders(h, r)
		}
	}
	if s.opts.Headers != nil {
		s.opts.Headers(h, r)
	}
}

// open registers the session, gives it its handler and queues the open packet. It fails if the server is closing.
func (s *Server) open(session *Session, t *wsTransport) bool {
	session.mu.Lock()
	session.ws = t
	session.corked = 1 // what the handler sends at once leaves together with the open packet
	session.sendControlLocked(s.openPacket(session.id, t == nil))
	session.mu.Unlock()
	handler := s.onSession(session)
	session.mu.Lock()
	registered := s.register(session) // with mu held: a request that finds the session finds its handler
	session.handler, session.opened = handler, true
	session.count(session.openedSeries(), 1)
	session.count(session.carrierSeries(), 1)
	session.countQueueLocked()
	early := session.early
	session.mu.Unlock()
	if !registered {
		session.close(ServerShutdown, nil, discard)
		return false
	}

	s.heartbeats.add(session)
	if session.eio3 && t != nil {
		session.uncorkAfter(openDelay)
	} else {
		session.Uncork()
	}
	if early != nil {
		session.close(early.reason, early.cause, early.how)
	}
	if session.closed.Load() {
		s.heartbeats.remove(session) // closed meanwhile
		return true
	}
	session.log("engineio: session opened", attr("transport", session.Transport()), attr("address", session.Address()))
	return true
}

func (s *Server) openPacket(id string, polling bool) Message {
	b := make([]byte, 0, 160)
	b = append(b, `{"sid":"`...)
	b = append(b, id...)
	b = append(b, `","upgrades":[`...)
	if polling && s.upgrades() {
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

// NewID makes an id that nobody can guess: 120 random bits, in 20 characters that need no escaping in a URL.
func NewID() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
