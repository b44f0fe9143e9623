package engineio

import (
	"time"

	"github.com/socketio-go/socketio/metrics"
)

// An earlyClose is a call of close that came before the session was opened, and is made up for then.
type earlyClose struct {
	reason CloseReason
	cause  error
	how    closing
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
		if s.early == nil {
			s.early = &earlyClose{reason, cause, how}
		}
		s.mu.Unlock()
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
		wait := closeTimeout
		if reason == ServerShutdown && s.ws == nil && len(s.queue) == 0 {
			wait = tombstone // a client that is silent does not hold up the server
		}
		s.lingerLocked(packetClose, wait)
	} else if how == byClient && s.ws == nil && s.poll == nil {
		s.queue, s.queued = nil, 0
		s.lingerLocked(packetNoop, tombstone)
	} else {
		s.endLocked(how)
	}
	s.mu.Unlock()
	s.server.heartbeats.remove(s)
	s.count(metrics.ClosedBy(string(reason)), 1)
	s.logClose(reason, cause)
	s.handler.Close(reason, cause)
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
	s.count(s.carrierSeries(), -1)
	s.queue, s.queued, s.writing = nil, 0, 0
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
	if s.probe != nil {
		s.probe = nil
		s.count(metrics.UpgradesFailed, 1) // why, the log says of the session
	}
	s.countQueueLocked()
	s.server.remove(s)
}
