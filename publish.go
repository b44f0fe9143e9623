package socketio

import (
	"bytes"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// This file is how events are sent in a namespace with connection state recovery: they are numbered, and kept for
// clients that are away.

const keptOverhead = 192 // of a keptPacket, beside its bytes

// publish numbers an event, keeps it unless it is volatile, and sends it to its target.
func (h *history) publish(p *Packet, to Target) {
	h.mu.Lock()
	at := h.numberLocked(p, keptPacket{to: to})
	sockets := h.local.find(to)
	for _, s := range sockets {
		_ = h.sendLocked(s, p, to, at) // one who has left will ask for it
	}
	h.mu.Unlock()
	for _, s := range sockets {
		s.tellOutgoing(p.buf, p.attachments)
		s.conn.session.Flush()
	}
}

// publishTo does so for one client: it gets the event by the socket, or by the one that it comes back with.
func (h *history) publishTo(s *Socket, p *Packet, to Target) error {
	h.mu.Lock()
	s, err := h.deliverLocked(s, p, to)
	h.mu.Unlock()
	if s != nil {
		s.tellOutgoing(p.buf, p.attachments)
		s.conn.session.Flush()
	}
	return err
}

// deliverLocked returns the socket that the event was sent to, nil if the client is away.
func (h *history) deliverLocked(s *Socket, p *Packet, to Target) (*Socket, error) {
	if s.isConnecting() { // not kept; where the client has to resume does not change
		p.stamp(s.recovery.offset())
		return s, s.send(p, to)
	}
	now := h.live[s.pid]
	here := now != nil && now.Connected()
	if !here && (to.Volatile || now == nil && h.saved[s.pid] == nil) {
		return nil, ErrDisconnected
	}
	at := h.numberLocked(p, keptPacket{to: to, only: s.id})
	if !here {
		return nil, nil
	}
	err := h.sendLocked(now, p, to, at)
	if err == ErrDisconnected && !to.Volatile && !h.closed { //nolint:errorlint // never wrapped
		return nil, nil // it is about to leave, and will ask for it
	}
	return now, err
}

// numberLocked gives the event its number, and keeps it as k unless it is volatile. It returns the time of the event.
func (h *history) numberLocked(p *Packet, k keptPacket) time.Time {
	k.at = time.Now()
	if !k.to.Volatile {
		h.seq++
	}
	p.stamp(h.seq)
	if !k.to.Volatile && !h.closed {
		h.keepLocked(p, k)
	}
	return k.at
}

func (h *history) sendLocked(s *Socket, p *Packet, to Target, at time.Time) error {
	if !to.Volatile {
		s.marks.sent(h.seq, at, h.quiet())
	}
	return s.send(p, to)
}

// send queues an event that has its number.
func (s *Socket) send(p *Packet, to Target) error {
	flags := engineio.Hold | engineio.Droppable | to.flags()
	return s.countSent(sendError(s.conn.session.Send(flags, p.messages...)))
}

// noOffset is the last argument of an event until its number is known.
const noOffset = "~~~~~~~~~~"

// findOffset finds noOffset. Whatever the codec, the characters of a short string stand in the message as they are, and
// those of the last argument stand last.
func (p *Packet) findOffset() {
	p.offsetAt = bytes.LastIndex(p.buf, []byte(noOffset))
	if p.offsetAt < 0 {
		mistake("connection state recovery does not work with the Parser %T: the last argument of AppendEvent, a string, "+
			"has to stand in the message as it is", p.codec)
	}
}

// stamp makes the number the last argument of an event, and frames it.
func (p *Packet) stamp(seq uint64) {
	at := p.buf[p.offsetAt:][:len(noOffset)]
	for i := range at {
		at[len(at)-1-i] = "0123456789abcdefghijklmnopqrstuvwxyz"[seq%36]
		seq /= 36
	}
	p.frame()
}

func (h *history) keepLocked(p *Packet, k keptPacket) {
	k.seq, k.messages, k.size = h.seq, p.messages, cap(p.buf)+keptOverhead
	for _, a := range p.attachments {
		k.size += len(a)
	}
	h.packets = append(h.packets, k)
	h.bytes += k.size
	h.pruneLocked(k.at)
}
