package engineio

import (
	"sync"
	"time"
)

// heartbeats is the clock of all sessions of a server (protocol, "Heartbeat"): a session is due either for a ping,
// pingInterval after the last pong, or for its end, pingTimeout after the ping. All sessions wait equally long, so two
// lists in order of arrival are two queues in order of time, and each needs one timer however many sessions there are.
//
// In protocol 3 the clients ping: such a session is due only for its end, pingInterval and pingTimeout after it was heard
// last. A third list holds those.
//
// Deadlines are nominal: a ping that leaves late does not move the end it announces. Timers are coarse (a hundredth of
// the wait), and expired tells the exact truth to whoever needs it in between.
type heartbeats struct {
	// Immutable.
	interval, timeout time.Duration
	epoch             time.Time

	mu sync.Mutex
	// Guarded by mu.
	ping, pong, quiet beatList
}

// beat is a session's place in one of the lists. Guarded by heartbeats.mu.
type beat struct {
	prev, next *Session
	list       *beatList
	due        time.Duration // since heartbeats.epoch
	refreshed  bool          // the end was put off once since the last ping
	over       bool          // the end has come, and close is about to be called
}

type beatList struct {
	head, tail *Session
	timer      *time.Timer // armed while the list is not empty
	grain      time.Duration
	due        func() // what the timer calls
}

func newHeartbeats(interval, timeout time.Duration) *heartbeats {
	h := &heartbeats{interval: interval, timeout: timeout, epoch: time.Now()}
	h.ping = beatList{grain: grain(interval), due: h.pingDue}
	h.pong = beatList{grain: grain(timeout), due: func() { h.endDue(&h.pong) }}
	h.quiet = beatList{grain: grain(interval + timeout), due: func() { h.endDue(&h.quiet) }}
	return h
}

func grain(d time.Duration) time.Duration {
	return min(max(d/100, time.Millisecond), 250*time.Millisecond)
}

func (h *heartbeats) now() time.Duration { return time.Since(h.epoch) }

// add starts the heartbeat of a new session.
func (h *heartbeats) add(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.eio3 {
		h.push(&h.quiet, s, h.now()+h.interval+h.timeout)
		return
	}
	h.push(&h.ping, s, h.now()+h.interval)
}

// remove ends the heartbeat of a session. It may be called twice.
func (h *heartbeats) remove(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.take(s)
}

// gotPong schedules the next ping. A pong that nobody asked for changes nothing, so a client that sends a million of
// them moves nothing.
func (h *heartbeats) gotPong(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.beat.list == &h.pong {
		h.take(s)
		h.push(&h.ping, s, h.now()+h.interval)
	}
}

// heard puts the end of a session of protocol 3 off.
func (h *heartbeats) heard(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.beat.list != nil {
		h.take(s)
		h.push(&h.quiet, s, h.now()+h.interval+h.timeout)
		s.beat.refreshed = false
	}
}

// gotPacket puts the end off, once per ping, when anything but a pong arrives while the pong is awaited: the pong may
// be stuck behind a large upload.
func (h *heartbeats) gotPacket(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.beat.list == &h.pong && !s.beat.refreshed {
		h.take(s)
		h.push(&h.pong, s, h.now()+h.timeout)
		s.beat.refreshed = true
	}
}

// expired reports whether the session's sign of life is overdue.
func (h *heartbeats) expired(s *Session) bool {
	h.mu.Lock()
	over := s.beat.over
	due := s.beat.list != nil && s.beat.list != &h.ping && s.beat.due <= h.now() && !s.busyReading()
	h.mu.Unlock()
	return due || over && !s.heardSincePing() // otherwise it may be postponed in the very moment
}

// pingDue runs on the timer of the ping list.
func (h *heartbeats) pingDue() {
	h.mu.Lock()
	var due []*Session
	for now := h.now(); h.ping.head != nil && h.ping.head.beat.due <= now; {
		s := h.ping.head
		end := s.beat.due + h.timeout
		if late := now - s.beat.due; late > max(5*h.ping.grain, h.timeout/8) {
			end = now + h.timeout // the machine slept; the clients must not pay for it
		}
		h.take(s)
		h.push(&h.pong, s, end)
		s.beat.refreshed = false
		due = append(due, s)
	}
	h.arm(&h.ping)
	h.mu.Unlock()
	for _, s := range due {
		s.ping()
	}
}

// endDue runs on the timers of the lists of sessions that are due for their end.
func (h *heartbeats) endDue(l *beatList) {
	h.mu.Lock()
	var due []*Session
	for now := h.now(); l.head != nil && l.head.beat.due <= now; {
		s := l.head
		h.take(s)
		if s.busyReading() {
			// We are the ones who do not read: the handler holds the reader back, or a body is still on its way
			// (which has a deadline of its own). Ask again later.
			h.push(&h.pong, s, now+h.timeout) // of protocol 3, too, for this once
			s.beat.refreshed = false          // it may be put off again, when we read and its pong is behind other messages
			continue
		}
		s.beat.over = true
		due = append(due, s)
	}
	h.arm(l)
	h.mu.Unlock()
	for _, s := range due {
		if !s.heardSincePing() || !h.postpone(s) {
			s.close(PingTimeout, nil, discard)
		}
	}
}

// postpone puts the end off, once per ping, for a session of which a part of a message has arrived since: the pong may
// be behind it. False: it was put off before, or the session has ended.
func (h *heartbeats) postpone(s *Session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.beat.refreshed || s.beat.list != nil || s.closed.Load() {
		return false
	}
	h.push(&h.pong, s, h.now()+h.timeout)
	s.beat.refreshed, s.beat.over = true, false
	return true
}

// push appends the session to a list, whose deadlines only grow. Called with mu held.
func (h *heartbeats) push(l *beatList, s *Session, due time.Duration) {
	s.beat.list, s.beat.due = l, due
	s.awaiting.Store(l == &h.pong)
	s.beat.prev, s.beat.next = l.tail, nil
	if l.tail != nil {
		l.tail.beat.next = s
		l.tail = s
		return
	}
	l.head, l.tail = s, s
	h.arm(l)
}

// take removes the session from its list, if it is in one. Called with mu held.
func (h *heartbeats) take(s *Session) {
	l := s.beat.list
	if l == nil {
		return
	}
	if s.beat.prev != nil {
		s.beat.prev.beat.next = s.beat.next
	} else {
		l.head = s.beat.next
	}
	if s.beat.next != nil {
		s.beat.next.beat.prev = s.beat.prev
	} else {
		l.tail = s.beat.prev
	}
	s.beat.list, s.beat.prev, s.beat.next = nil, nil, nil
	s.awaiting.Store(false)
	if l.head == nil && l.timer != nil {
		l.timer.Stop()
	}
}

// arm sets the list's timer to its first deadline, rounded up to the grain. Called with mu held. A timer that fires
// although its session has moved on finds nothing to do and is set anew: moving a session does not touch it.
func (h *heartbeats) arm(l *beatList) {
	if l.head == nil {
		return
	}
	wait := max(l.head.beat.due-h.now(), 0)
	wait = (wait + l.grain - 1) / l.grain * l.grain
	if l.timer != nil {
		l.timer.Reset(wait)
	} else {
		l.timer = time.AfterFunc(wait, l.due)
	}
}
