package engineio

import (
	"errors"
	"time"

	"github.com/socketio-go/socketio/internal/websocket"
	"github.com/socketio-go/socketio/metrics"
)

const probeText = "probe"

// A wsTransport is a WebSocket of a session: its transport, or one that an upgrade tries.
type wsTransport struct {
	// Immutable.
	session *Session
	conn    *websocket.Conn

	// Owned by the connection's reader.
	probing bool // not the session's transport yet
	sawPing bool // the probe has arrived
}

var _ websocket.Handler = (*wsTransport)(nil)

// Message handles one packet (protocol, "WebSocket").
func (t *wsTransport) Message(op websocket.Opcode, data []byte) {
	p := packet{typ: packetMessage, binary: true, data: data}
	var err error
	switch {
	case t.session.eio3:
		p, err = decodePacket3(data, op == websocket.OpBinary)
	case op == websocket.OpText:
		p, err = decodeTextPacket(data)
	}
	if err == nil {
		t.session.traceReceived(p, webSocket)
	}
	switch {
	case t.probing:
		t.probe(p, err)
	case err != nil:
		t.session.close(ParseError, err, discard)
	default:
		t.session.receive(p) // no POST is under way: see completeUpgrade
	}
}

// BatchDone tells the handler.
func (t *wsTransport) BatchDone() {
	if !t.probing {
		t.session.handler.BatchDone()
	}
}

// Drained continues with the session's queue.
func (t *wsTransport) Drained() {
	s := t.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ws == t {
		s.busy, s.writing = false, 0
		s.countQueueLocked()
		s.writeQueueLocked()
		s.lingerDoneLocked()
	}
}

// Closed ends the session, or the upgrade.
func (t *wsTransport) Closed(err error) {
	s := t.session
	if !s.endProbe(t, "its WebSocket was closed") {
		return
	}
	var closed *websocket.CloseError
	if errors.As(err, &closed) && closed.Code != websocket.StatusNormalClosure && closed.Code != websocket.StatusNoStatus {
		s.log("engineio: closed by the client with a status", attr("status", err.Error()))
	}
	s.close(reasonOf(err), err, byClient)
	s.mu.Lock()
	s.endLocked(byClient) // a lingering session has nobody left to tell
	s.mu.Unlock()
}

// reasonOf is why a session ends whose WebSocket has ended with err.
func reasonOf(err error) CloseReason {
	switch {
	case errors.Is(err, websocket.ErrMessageTooBig):
		return PayloadTooLarge
	case errors.Is(err, websocket.ErrProtocol), errors.Is(err, websocket.ErrInvalidUTF8),
		errors.Is(err, websocket.ErrTooManyFragments), errors.Is(err, websocket.ErrInvalidDeflate):
		return TransportError
	}
	return TransportClose
}

// probe handles a packet of a WebSocket that is not the session's transport yet (protocol, "Upgrade").
func (t *wsTransport) probe(p packet, err error) {
	switch {
	case err == nil && p.typ == packetPing && string(p.data) == probeText:
		t.sawPing = true
		if t.conn.Buffered() == 0 { // who does not read the answers gets no more of them
			t.session.traceProbed()
			_, _ = t.conn.Write([][]byte{probeAnswer.frame}) // a failure reaches Closed
		}
		t.session.probeArrived(t)
	case err == nil && p.typ == packetUpgrade && t.sawPing:
		if t.session.completeUpgrade(t) {
			t.probing = false
			t.session.log("engineio: session upgraded") // without the lock: a Logger may ask or send
			return
		}
		t.session.abandonUpgrade(t, "a POST was under way")
	default:
		t.session.abandonUpgrade(t, "another packet than a probe or an upgrade")
	}
}

// startUpgrade makes t the WebSocket that may become the transport.
func (s *Session) startUpgrade(t *wsTransport) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateOpen || s.ws != nil || s.probe != nil {
		return false
	}
	s.probe = t
	s.timer = time.AfterFunc(s.server.opts.UpgradeTimeout, func() { s.abandonUpgrade(t, "not complete within UpgradeTimeout") })
	return true
}

// probeArrived makes the client's polls end soon.
func (s *Session) probeArrived(t *wsTransport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.probe != t {
		return
	}
	s.probed = true
	if s.poll != nil && s.state == stateOpen {
		s.sendControlLocked(noopPacket)
	}
}

// completeUpgrade makes t the session's transport. What was queued meanwhile follows on it, in order. It fails while a
// POST is under way, which the client must have ended: two transports would hand packets on at the same time.
func (s *Session) completeUpgrade(t *wsTransport) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.probe != t || s.state == stateEnded || s.posting {
		return false
	}
	s.endUpgradeLocked()
	s.count(metrics.UpgradesCompleted, 1)
	s.count(metrics.SessionsPolling, -1)
	s.count(metrics.SessionsWebSocket, 1)
	s.ws = t
	if p := s.poll; p != nil { // the client must have ended its polls
		s.poll = nil
		p.refused = true
		close(p.done)
	}
	s.flushLocked()
	s.lingerDoneLocked()
	return true
}

// abandonUpgrade closes the probing WebSocket. The session goes on as it was.
func (s *Session) abandonUpgrade(t *wsTransport, why string) {
	if mine := s.endProbe(t, why); !mine {
		t.conn.Close(0, "")
	}
}

// endProbe ends the upgrade if t is the WebSocket that it tries. It reports whether t is the session's transport.
func (s *Session) endProbe(t *wsTransport, why string) (mine bool) {
	s.mu.Lock()
	failed := s.probe == t
	if failed {
		s.endUpgradeLocked()
	}
	mine = s.ws == t
	s.mu.Unlock()
	if failed {
		s.upgradeFailed(why)
	}
	return mine
}

// upgradeFailed counts and logs an upgrade that has come to nothing. Called without mu: a Logger may ask the session.
func (s *Session) upgradeFailed(why string) {
	s.count(metrics.UpgradesFailed, 1)
	s.log("engineio: upgrade failed", attr("why", why), attr("address", s.Address()))
}

func (s *Session) endUpgradeLocked() {
	s.probe, s.probed = nil, false
	if s.timer != nil && s.state == stateOpen {
		s.timer.Stop()
		s.timer = nil
	}
}
