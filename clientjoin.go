package socketio

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/parser"
)

// joinLocked asks the server to let a client into its namespace (Socket.IO protocol, "Connection to a namespace").
func (m *manager) joinLocked(c *Client) {
	v := &visit{client: c, link: m.link}
	c.visit = v
	auth := c.auth
	if auth == nil {
		m.askLocked(v, nil)
		return
	}
	ctx := context.Background()
	fn, isFunc := auth.(func(context.Context) (any, error))
	if isFunc {
		ctx = v.contextLocked()
	}
	go func() { // ends with Auth, whose context ends with the visit
		var text []byte
		var err error
		failed := errAuthGone
		defer func() { // also if Auth ends the goroutine
			m.authDone(v, text, failed, err)
		}()
		if isFunc {
			auth, failed = callAuth(ctx, fn)
		} else {
			failed = nil
		}
		if failed == nil {
			text, err = encodeAuth(auth) // without the lock: its methods may look at the client
		}
	}()
}

var errAuthGone = errors.New("socketio: Auth has not returned: it has ended its goroutine")

// authDone goes on with what Auth says; failed: why it says nothing; unusable: it is no JSON object.
func (m *manager) authDone(v *visit, text []byte, failed, unusable error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case v.ended != nil:
	case failed != nil:
		m.joinLaterLocked(v, failed)
	case unusable != nil:
		m.refuseLocked(v, unusable)
	default:
		m.askLocked(v, text)
	}
}

// callAuth calls ClientOptions.Auth.
func callAuth(ctx context.Context, auth func(context.Context) (any, error)) (data any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("socketio: Auth panicked: %v", p)
		}
	}()
	data, err = auth(ctx)
	if err != nil {
		err = fmt.Errorf("socketio: Auth: %w", err)
	}
	return data, err
}

// joinLaterLocked tries again later: what Auth asks may be out of reach for a while, as the server itself may be.
func (m *manager) joinLaterLocked(v *visit, err error) {
	c := v.client
	c.visit = nil
	v.endLocked(err)
	if m.opts.NoReconnection {
		c.stopLocked()
	}
	c.failLocked(err)
	if !c.active {
		m.idleLocked()
		return
	}
	delay := m.opts.backoff(c.failures)
	c.failures++
	l := v.link
	var timer *time.Timer
	timer = time.AfterFunc(delay, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if c.rejoin == timer && m.link == l && c.active && c.visit == nil {
			m.joinLocked(c)
		}
	})
	c.rejoin = timer
}

// askLocked sends the CONNECT, with what Auth says. If the server has not answered the one of an earlier visit yet, that
// comes first: a second CONNECT is a mistake for which a server closes the connection.
func (m *manager) askLocked(v *visit, auth []byte) {
	c := v.client
	if v.link.owed[c.namespace] {
		v.ask = func() { m.askLocked(v, auth) }
		return
	}
	payload, err := c.payload(auth)
	var buf []byte
	if err == nil {
		buf, err = m.opts.Parser.AppendConnect(newBuffer(), c.namespace, payload)
	}
	if err == nil {
		err = v.link.session.Send(0, frame(m.opts.Parser, buf))
	}
	switch {
	case err == nil:
		v.asked = true
		c.failures = 0
	case errors.Is(err, engineio.ErrQueueFull): // by the events of other namespaces
		m.joinLaterLocked(v, err)
	case !errors.Is(err, engineio.ErrClosed): // of a connection that is lost we hear soon
		m.refuseLocked(v, err)
	}
}

// settle takes the answer to a CONNECT that nobody waits for any more: the client leaves the namespace again, and a later
// visit has its turn. It reports whether the packet was that.
func (m *manager) settle(l *link, p *parser.Packet) bool {
	if p.Type != parser.Connect && p.Type != parser.ConnectError {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !l.owed[p.Namespace] {
		return false
	}
	delete(l.owed, p.Namespace)
	if p.Type == parser.Connect {
		_ = l.session.Send(0, frame(m.opts.Parser, m.opts.Parser.AppendDisconnect(newBuffer(), p.Namespace)))
	}
	if v := m.clients[p.Namespace].visit; v != nil && v.link == l && v.ask != nil {
		v.ask()
	}
	return true
}

// oweLocked notes that an answer will come that nobody waits for.
func (l *link) oweLocked(namespace string) {
	if l.owed == nil {
		l.owed = map[string]bool{}
	}
	l.owed[namespace] = true
}

// payload is what goes with a CONNECT: what Auth says, and what the server recovers the state by. nil: nothing.
func (c *Client) payload(auth []byte) (any, error) {
	switch {
	case c.pid == "" && auth == nil:
		return nil, nil
	case c.pid == "":
		return jsontext.Value(auth), nil
	}
	text, err := parser.AppendPayload(nil, struct {
		PID    string `json:"pid"`
		Offset string `json:"offset,omitzero"`
	}{c.pid, c.offset})
	if auth == nil || string(auth) == "{}" || err != nil {
		return jsontext.Value(text), err
	}
	text[len(text)-1] = ','
	return jsontext.Value(append(text, auth[1:]...)), nil
}

var errAuth = errors.New("socketio: Auth is encoded as something else than a JSON object")

// encodeAuth encodes what Auth says. nil: nothing.
func encodeAuth(auth any) ([]byte, error) {
	if auth == nil {
		return nil, nil
	}
	text, err := parser.AppendPayload(nil, auth)
	if err == nil && text[0] != '{' {
		err = errAuth
	}
	return text, err
}

// welcome connects a client: the server has let it in.
func (m *manager) welcome(v *visit, id, pid string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := v.client
	if v.ended != nil || v.connected {
		return
	}
	v.connected = true
	m.attempts = 0
	c.id, c.recovered = id, pid != "" && pid == c.pid
	if !c.recovered {
		c.offset = "" // it is one of another time
	}
	c.pid = pid
	v.beginLocked()
	c.log("socketio: connected", "socket", id, "recovered", c.recovered)
	c.sendWaitingLocked()
	c.nextRetryLocked(true)
	tellLocked(c, "connect", &c.onConnect, func(fn func()) { fn() })
	c.decideLocked(nil)
}

// refuse is the server's refusal to let a client in.
func (m *manager) refuse(v *visit, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuseLocked(v, err)
}

func (m *manager) refuseLocked(v *visit, err error) {
	c := v.client
	if v.ended != nil {
		return
	}
	connected := v.connected
	c.leaveLocked(IOServerDisconnect, err)
	c.stopLocked()
	if !connected { // otherwise it is a disconnection, if an odd one
		c.failLocked(err)
	}
	m.idleLocked()
}

// dismissed is the server's word that a client is no longer in its namespace.
func (m *manager) dismissed(v *visit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := v.client
	if v.ended != nil {
		return
	}
	if !v.connected {
		m.refuseLocked(v, &disconnection{IOServerDisconnect, nil})
		return
	}
	c.leaveLocked(IOServerDisconnect, nil)
	c.stopLocked()
	m.idleLocked()
}

// leaveLocked ends the client's visit, if there is one. What was sent and awaits its acknowledgement has failed.
func (c *Client) leaveLocked(reason DisconnectReason, cause error) {
	v := c.visit
	if v == nil {
		return
	}
	connected := v.connected
	why := &disconnection{reason, cause}
	c.visit = nil
	v.endLocked(why)
	if !connected {
		return // nothing was sent
	}
	c.failAcksLocked()
	c.lastError = why
	c.log("socketio: disconnected", "reason", string(reason), "error", why)
	tellLocked(c, "disconnect", &c.onDisconnect, func(fn func(DisconnectReason)) { fn(reason) })
}
