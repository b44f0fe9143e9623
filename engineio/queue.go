package engineio

import (
	"time"

	"github.com/socketio-go/socketio/metrics"
)

// Send queues messages that belong together, in order and next to each other, and writes what the transport takes
// without waiting for it. It never blocks. It returns ErrClosed, ErrDropped or nil; nil does not mean received.
func (s *Session) Send(flags Flags, group ...Message) error {
	s.mu.Lock()
	err := s.sendLocked(flags, group)
	s.countQueueLocked()
	s.mu.Unlock()
	s.countSent(group, err, flags)
	if err == errQueueOverflow { //nolint:errorlint // never wrapped
		// The caller may hold locks that the handler wants.
		go s.close(SlowConsumer, err, abort) // ends once the handler knows
		return ErrClosed
	}
	return err
}

func (s *Session) sendLocked(flags Flags, group []Message) error {
	if s.state != stateOpen {
		return ErrClosed
	}
	if flags&Volatile != 0 && !s.writableLocked() {
		return ErrDropped
	}
	size := 0
	for _, m := range group {
		size += m.size()
	}
	if err := s.makeRoomLocked(flags, size); err != nil {
		return err
	}
	if flags&Hold == 0 && s.ws != nil && !s.busy && !s.heldLocked() && len(s.queue) == 0 {
		taken := s.writeLocked(group, flags)
		if group = group[taken:]; taken > 0 {
			flags &^= Droppable // the rest must follow
		}
	}
	for i, m := range group {
		m.flags = flags
		if i < len(group)-1 {
			m.flags |= more
		}
		s.queue = append(s.queue, m)
		s.queued += m.size()
	}
	switch {
	case flags&Urgent != 0:
		s.writeQueueLocked()
	case flags&Hold == 0:
		s.flushLocked()
	}
	return nil
}

// Flush writes what was sent with Hold.
func (s *Session) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked()
}

// writableLocked reports whether a message would leave at once.
func (s *Session) writableLocked() bool {
	if s.ws != nil {
		return !s.busy && (len(s.queue) == 0 || s.heldLocked())
	}
	return s.poll != nil && (len(s.queue) == 0 || s.heldLocked())
}

// makeRoomLocked applies the slow-consumer policy to a message of the given size.
func (s *Session) makeRoomLocked(flags Flags, size int) error {
	if !s.opened || s.fitsLocked(size) { // the client could not read yet
		return nil
	}
	if s.ws != nil && !s.busy {
		s.writeQueueLocked() // what waits for Uncork or Flush does not wait for the client
		if s.fitsLocked(size) {
			return nil
		}
	}
	switch s.server.opts.SlowConsumer {
	case DropNewest:
		if flags&Droppable != 0 {
			return ErrDropped
		}
	case DropOldest:
		s.dropOldestLocked(size)
		if s.fitsLocked(size) {
			return nil
		}
		if flags&Droppable != 0 {
			return ErrDropped
		}
	case Disconnect:
	}
	return errQueueOverflow
}

// fitsLocked reports whether a message of the given size may wait, too.
func (s *Session) fitsLocked(size int) bool {
	waiting := s.queued + s.inflight
	return waiting == 0 || waiting+size <= s.server.opts.MaxQueuedBytes
}

// dropOldestLocked drops whole groups from the front of the queue until size fits and an eighth of the limit is free
// besides, so that not every message pays for a pass over the queue.
func (s *Session) dropOldestLocked(size int) {
	limit := s.server.opts.MaxQueuedBytes
	goal := min(limit-size, limit-limit/8) - s.inflight
	var kept []Message
	for i := 0; i < len(s.queue); {
		end := i + 1
		for s.queue[end-1].flags&more != 0 {
			end++
		}
		if s.queued > goal && s.queue[i].flags&Droppable != 0 {
			for _, m := range s.queue[i:end] {
				s.queued -= m.size()
			}
			s.count(metrics.DroppedSlowConsumer, end-i)
		} else {
			kept = append(kept, s.queue[i:end]...)
		}
		i = end
	}
	s.queue = kept
}

// sendControlLocked queues a packet that is no message.
func (s *Session) sendControlLocked(m Message) {
	s.queue = append(s.queue, m)
	s.queued += m.size()
	s.flushLocked()
	s.countQueueLocked()
}

// Cork holds back what is sent until Uncork, so that it leaves in one write: but not for long. What was sent leaves
// after a millisecond even if Uncork has not been called. Calls nest.
func (s *Session) Cork() {
	s.mu.Lock()
	s.corked++
	s.mu.Unlock()
}

// Uncork undoes one call of Cork.
func (s *Session) Uncork() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uncorkLocked()
}

func (s *Session) uncorkLocked() {
	s.corked--
	if s.corked <= 0 {
		s.uncorked = false
		if s.corkTimer != nil {
			s.corkTimer.Stop()
			s.corkTimer = nil
		}
	}
	s.flushLocked()
}

// uncorkAfter calls Uncork later. What is sent until then does not leave any earlier.
func (s *Session) uncorkAfter(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.corkTimer != nil {
		s.corkTimer.Stop()
	}
	s.corkTimer = time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.corkTimer = nil // it has fired: whoever has corked meanwhile needs another
		s.uncorkLocked()
	})
}

// corkDelay is how long what is held back waits for a caller of Uncork.
const corkDelay = time.Millisecond

// flushCorked writes what is held back: whoever corked takes long, so nothing more is held back for it. It runs on
// corkTimer.
func (s *Session) flushCorked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.corkTimer = nil
	s.uncorked = s.corked > 0
	s.writeQueueLocked()
}

// heldLocked reports whether what is sent waits for Uncork.
func (s *Session) heldLocked() bool { return s.corked > 0 && !s.uncorked }

// flushLocked hands the queue to the transport, as much as it takes.
func (s *Session) flushLocked() {
	if len(s.queue) == 0 {
		return
	}
	if s.heldLocked() {
		if s.corkTimer == nil && s.opened {
			s.corkTimer = time.AfterFunc(corkDelay, s.flushCorked)
		}
		return
	}
	s.writeQueueLocked()
}

func (s *Session) writeQueueLocked() {
	defer s.countQueueLocked()
	switch {
	case s.state == stateEnded || len(s.queue) == 0:
	case s.ws != nil:
		if !s.busy {
			s.dequeueLocked(s.writeLocked(s.queue, 0))
		}
		s.lingerDoneLocked()
	case s.poll != nil:
		s.answerPollLocked()
	}
}

// writeLocked gives messages to the WebSocket until it is busy, and returns how many it took. The flags are those of
// all of them, beside their own.
func (s *Session) writeLocked(messages []Message, flags Flags) (taken int) {
	const (
		maxFrames = 32
		maxBytes  = 64 << 10
	)
	var frames [maxFrames][]byte
	for taken < len(messages) && !s.busy {
		n, size, held := 0, 0, 0
		for _, m := range messages[taken:] {
			if n == maxFrames || size >= maxBytes {
				break
			}
			frames[n] = s.frame(m, flags)
			size += len(frames[n])
			held += m.size()
			n++
		}
		s.traceSentLocked(webSocket, messages[taken:taken+n]...)
		drained, err := s.ws.conn.Write(frames[:n])
		taken += n
		if err != nil {
			s.broken = true
			return len(messages) // the connection is gone; its reader says so
		}
		if !drained {
			s.busy, s.writing = true, held
		}
	}
	return taken
}

// frame returns the form in which a message travels on the session's WebSocket.
func (s *Session) frame(m Message, flags Flags) []byte {
	switch {
	case s.eio3 && m.binary:
		return m.binaryFrame3(s.base64)
	case s.base64 && m.binary:
		return m.base64Frame()
	}
	if (flags|m.flags)&(Uncompressed|control) == 0 && s.ws.conn.Deflates() &&
		len(m.packet()) >= s.server.opts.PerMessageDeflateThreshold {
		if frame := m.deflated(); frame != nil {
			return frame
		}
	}
	return m.frame
}

func (s *Session) dequeueLocked(n int) {
	for i := n; i > 0 && s.queue[i-1].flags&more != 0; i++ {
		s.queue[i].flags &^= Droppable // the rest of a group that is written in part must follow
	}
	for i := range s.queue[:n] {
		s.queued -= s.queue[i].size()
		s.queue[i] = Message{}
	}
	if n == len(s.queue) {
		s.queue = nil // an idle session keeps no buffer
		return
	}
	s.queue = s.queue[n:]
}
