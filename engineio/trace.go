package engineio

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// A Trace is told of every packet of all sessions, to find out what a client and the server say to each other. It sees
// secrets: what users write, and the session ids. Functions that are nil are not called, and cost nothing. For one session
// each is called in the order of the packets; PacketReceived may run beside the others, and sessions beside each other. A
// panic is logged.
type Trace struct {
	// PacketReceived is called for each packet of a client that can be decoded, before it is handled: messages, the
	// heartbeat (a pong, in protocol 3 a ping), and what belongs to an upgrade. Nothing more is read from the client
	// until it returns.
	PacketReceived func(*Session, Packet)
	// PacketSent is called for each packet to a client when it is about to be written: to the WebSocket, as far as that
	// takes it, or into the answer of a poll. It may run within Send and delays other senders. The session is locked:
	// of its methods only those may be called that tell what never changes, such as ID, LogID, Request and Address.
	PacketSent func(*Session, Packet)
	// Drained is called when nothing is left of what had to wait: what the client did not take at once, or what was held
	// back to leave in one write. The client may not have received it: acknowledgements tell that. What is said of
	// PacketSent holds here, too.
	Drained func(*Session)
}

// A Packet is one packet of the protocol, as a [Trace] is told of it.
type Packet struct {
	Type      string // "open", "close", "ping", "pong", "message", "upgrade" or "noop"
	Transport string // "polling" or "websocket", which carries it
	Binary    bool   // a message of bytes rather than text
	Data      []byte // borrowed: valid until the function returns, and not to be modified
}

// String returns the name of the type.
func (t packetType) String() string {
	names := [...]string{"open", "close", "ping", "pong", "message", "upgrade", "noop"}
	if t < packetOpen || t > packetNoop {
		return fmt.Sprintf("%q", byte(t))
	}
	return names[t-packetOpen]
}

// traceReceived tells of a packet that has arrived.
func (s *Session) traceReceived(p packet, transport string) {
	if told := s.server.opts.Trace.PacketReceived; told != nil {
		s.tell(func() { told(s, Packet{p.typ.String(), transport, p.binary, p.data}) })
	}
}

// traceSentLocked tells of packets that are about to be written.
func (s *Session) traceSentLocked(transport string, packets ...Message) {
	told := s.server.opts.Trace.PacketSent
	if told == nil {
		return
	}
	for _, m := range packets {
		s.tell(func() { told(s, Packet{m.typ().String(), transport, m.binary, m.Data()}) })
	}
}

// traceProbed tells of the answer to the probe of an upgrade, which is written without the lock.
func (s *Session) traceProbed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traceSentLocked(webSocket, probeAnswer)
}

// traceDrainedLocked tells that nothing waits any more, unless it is because the session has ended.
func (s *Session) traceDrainedLocked() {
	told := s.server.opts.Trace.Drained
	if told != nil && s.state == stateOpen && !s.broken {
		s.tell(func() { told(s) })
	}
}

// tell calls a function of the trace. Its panic would leave the session locked.
func (s *Session) tell(fn func()) {
	defer func() {
		if v := recover(); v != nil {
			s.logAt(slog.LevelError, "engineio: trace panicked", slog.Any("panic", v), attr("stack", string(debug.Stack())))
		}
	}()
	fn()
}
