package socketio

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

// joinLocked asks the server to let a client into its namespace (Socket.IO protocol, "Connection to a namespace").
func (m *manager) joinLocked(c *Client) {
	v := &visit{client: c, link: m.link}
	c.visit = v
	auth, ok := c.auth.(func(context.Context) (any, error))
	if !ok {
		m.askLocked(v, c.auth)
		return
	}
	ctx := v.contextLocked()
	go func() { // ends with Auth, whose context ends with the visit
		data, err := callAuth(ctx, auth)
		m.mu.Lock()
		defer m.mu.Unlock()
		switch {
		case v.ended != nil:
		case err != nil:
			m.authFailedLocked(v, err)
		default:
			c.failures = 0
			m.askLocked(v, data)
		}
	}()
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

// authFailedLocked tries again later: what Auth asks may be out of reach for a while, as the server itself may be.
func (m *manager) authFailedLocked(v *visit, err error) {
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
	time.AfterFunc(delay, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.link == l && c.active && c.visit == nil {
			m.joinLocked(c)
		}
	})
}

// askLocked sends the CONNECT.
func (m *manager) askLocked(v *visit, auth any) {
	c := v.client
	payload, err := c.payload(auth)
	var buf []byte
	if err == nil {
		buf, err = m.opts.Parser.AppendConnect(newBuffer(), c.namespace, payload)
	}
	if err == nil {
		err = v.link.session.Send(0, frame(m.opts.Parser, buf))
	}
	if err != nil && !errors.Is(sendError(err), ErrDisconnected) { // of a connection that is lost we hear soon
		m.refuseLocked(v, err)
	}
}

// payload is what goes with a CONNECT: what Auth says, and what the server recovers the state by.
func (c *Client) payload(auth any) (any, error) {
	if c.pid == "" {
		return auth, checkObject(auth)
	}
	text, err := parser.AppendPayload(nil, struct {
		PID    string `json:"pid"`
		Offset string `json:"offset,omitzero"`
	}{c.pid, c.offset})
	if auth == nil || err != nil {
		return jsontext.Value(text), err
	}
	own, err := parser.AppendPayload(nil, auth)
	if err != nil {
		return nil, err
	}
	if own[0] != '{' {
		return nil, errAuth
	}
	if string(own) == "{}" {
		return jsontext.Value(text), nil
	}
	text[len(text)-1] = ','
	return jsontext.Value(append(text, own[1:]...)), nil
}

var errAuth = errors.New("socketio: Auth is encoded as something else than a JSON object")

func checkObject(auth any) error {
	if auth == nil {
		return nil
	}
	text, err := parser.AppendPayload(nil, auth)
	if err == nil && text[0] != '{' {
		err = errAuth
	}
	return err
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
