package socketio

import (
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/metrics"
)

// RecoveryOptions switch connection state recovery on: a client that loses its connection for a short time gets its
// id, rooms and data back, and the events it has missed. The official client asks for it by itself. What is needed for
// that is kept in memory. Zero fields are the defaults.
//
// The limits are those of each namespace. Dynamic namespaces, which clients make, have MaxBytes and MaxSessions together
// with the other children of their parent, in equal shares, but each at least one absent client; at most MaxSessions of
// them are kept for absent clients alone. With many of them, raise both.
//
// Every event then carries one more argument, a string, from which the client knows where to resume; those that want an
// acknowledgement do not. They, volatile ones, and what a middleware sends to its socket are not kept.
type RecoveryOptions struct {
	MaxDisconnection time.Duration // how long a client may be away; 0: 2 minutes
	RunMiddlewares   bool          // run the namespace's middlewares also for a recovered client
	MaxPackets       int           // events kept; 0: 10,000 (the official server: no limit)
	MaxBytes         int           // of the events kept; 0: 16 MiB (the official server: no limit)
	MaxSessions      int           // absent clients remembered; 0: 10,000 (the official server: no limit)
}

func (o *RecoveryOptions) withDefaults() *RecoveryOptions {
	if o == nil {
		return nil
	}
	c := *o
	notNegative("Recovery.MaxDisconnection", c.MaxDisconnection)
	notNegative("Recovery.MaxPackets", c.MaxPackets)
	notNegative("Recovery.MaxBytes", c.MaxBytes)
	notNegative("Recovery.MaxSessions", c.MaxSessions)
	c.MaxDisconnection = or(c.MaxDisconnection, 2*time.Minute)
	c.MaxPackets = or(c.MaxPackets, 10_000)
	c.MaxBytes = or(c.MaxBytes, 16<<20)
	c.MaxSessions = or(c.MaxSessions, 10_000)
	return &c
}

// A history holds what connection state recovery needs of a namespace: the events of the last minutes, numbered, and
// the state of clients that are away. An event is numbered and queued for all its recipients under one lock, so every
// client receives events in the order of their numbers, and its state can be taken between two of them.
type history struct {
	// Immutable.
	opts  *RecoveryOptions
	local *Local

	mu sync.Mutex // before Local.mu and Socket.mu
	// Guarded by mu, as are the seq fields of the sockets.
	seq     uint64 // number of the last event
	packets []keptPacket
	bytes   int
	live    map[string]*Socket       // by pid
	saved   map[string]*savedSession // by pid
	order   []*savedSession          // by time; those taken out of saved are skipped
	expired expiredPIDs
	closed  bool        // nothing is kept any more
	timer   *time.Timer // removes what has expired; nil while there is nothing
}

// A keptPacket is an event that clients may have missed. Numbers of kept ones are consecutive.
type keptPacket struct {
	seq      uint64
	at       time.Time
	to       Target
	only     string // id of the socket that alone is meant; "": see to
	messages []engineio.Message
	size     int
}

// A savedSession is the state of a client that is away.
type savedSession struct {
	pid, sid string
	rooms    []string
	data     any
	at       time.Time
	resume   uint64 // last number when it left
	marks
}

// A recovery is a state that a socket has claimed and not yet connected with.
type recovery struct {
	saved  *savedSession
	from   uint64       // number of the last event that the client has seen
	missed []keptPacket // up to the time of the claim
	upTo   uint64       // last number at that time
}

// offset is where a client that is connecting would have to resume if it lost its connection now. That of one without
// a state is before all that can concern it.
func (r *recovery) offset() uint64 {
	if r == nil {
		return 0
	}
	return r.from
}

// marks tell what a socket was sent.
type marks struct {
	first uint64 // last number when it connected
	last  uint64 // number of the last event sent to it

	lastAt int64 // when that was, or else when it connected (Unix time in ns)
	// The last time that it was sent nothing for long: between these two numbers were only events for others. Their
	// being forgotten does not matter to it.
	quietAfter, quietUntil uint64
}

// sent notes an event that is sent to the socket. A pause is worth being noted from a length of quiet on.
func (m *marks) sent(seq uint64, now time.Time, quiet time.Duration) {
	at := now.UnixNano()
	if at-m.lastAt >= int64(quiet) {
		m.quietAfter, m.quietUntil = max(m.first, m.last), seq
	}
	m.last, m.lastAt = seq, at
}

func newHistory(l *Local, opts *RecoveryOptions) *history {
	return &history{opts: opts, local: l, live: map[string]*Socket{}, saved: map[string]*savedSession{}}
}

var (
	errTakenOver    = errors.New("socketio: the client has come back on another connection")
	errRecoveryLate = errors.New("socketio: the history was trimmed while a middleware ran")
)

// pruneLocked drops what is too old or too much.
func (h *history) pruneLocked(now time.Time) {
	horizon := now.Add(-h.opts.MaxDisconnection)
	n, most := 0, h.share(h.opts.MaxBytes)
	for n < len(h.packets) && (len(h.packets)-n > h.opts.MaxPackets || h.bytes > most ||
		h.packets[n].at.Before(horizon)) {
		h.bytes -= h.packets[n].size
		h.packets[n] = keptPacket{}
		n++
	}
	h.packets = h.packets[n:]
	n, most = 0, max(1, h.share(h.opts.MaxSessions))
	for n < len(h.order) && (len(h.saved) > most || h.order[n].at.Before(horizon) ||
		h.saved[h.order[n].pid] != h.order[n]) {
		if s := h.order[n]; h.saved[s.pid] == s {
			delete(h.saved, s.pid)
			h.expired.add(s.pid)
		}
		h.order[n] = nil
		n++
	}
	h.order = h.order[n:]
	if len(h.order) > 2*len(h.saved)+64 {
		h.order = slices.DeleteFunc(h.order, func(s *savedSession) bool { return h.saved[s.pid] != s })
	}
	switch empty := len(h.packets) == 0 && len(h.order) == 0; {
	case empty && h.timer != nil && h.local.namespace.parent == nil: // otherwise its end is the namespace's
		h.timer.Stop()
		h.timer = nil
	case !empty && h.timer == nil:
		h.timer = time.AfterFunc(h.opts.MaxDisconnection, h.prune)
	}
}

// share is how much of a limit the history has: all, or, in a dynamic namespace, an equal share of what the children of
// its parent have together. Clients make them, and what the parent emits is kept by each.
func (h *history) share(limit int) int {
	if p := h.local.namespace.parent; p != nil {
		return limit / int(max(1, p.family.size.Load()))
	}
	return limit
}

// prune runs on the timer.
func (h *history) prune() {
	h.mu.Lock()
	h.timer = nil
	h.pruneLocked(time.Now())
	h.mu.Unlock()
	if n := h.local.namespace; n.parent != nil {
		n.server.vacate(n)
	}
}

// awaits reports whether clients can come back. Without recovery, when h is nil, none can.
func (h *history) awaits() bool {
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.saved) > 0
}

// close lets go of everything.
func (h *history) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.timer != nil {
		h.timer.Stop()
		h.timer = nil
	}
	h.packets, h.bytes, h.order, h.closed = nil, 0, nil, true
	clear(h.saved)
}

// recoverable reports whether a client that left for the reason may come back to its state: its connection broke.
func recoverable(reason DisconnectReason) bool {
	switch reason {
	case TransportClose, TransportError, PingTimeout, ForcedClose, ServerShutdown, SlowConsumer, PayloadTooLarge, HandlersTooSlow:
		return true
	case ClientDisconnect, ServerDisconnect, ParseError,
		IOServerDisconnect, IOClientDisconnect: // of a Client
	}
	return false
}

// saveLocked keeps the state of a socket that has left its rooms, after it was connected or when it had recovered it.
func (h *history) saveLocked(s *Socket, rooms []string) {
	if h.live[s.pid] == s {
		delete(h.live, s.pid)
	}
	if s.pid == "" || !recoverable(s.reason) || h.closed {
		return
	}
	now := time.Now()
	saved := &savedSession{
		pid: s.pid, sid: s.id, rooms: rooms, data: s.Data(), at: now, resume: h.seq, marks: s.marks,
	}
	if r := s.recovery; r != nil { // the client has lost its connection again before it was connected
		*saved = *r.saved
		saved.at = now
	}
	h.saved[s.pid] = saved
	h.order = append(h.order, saved)
	h.pruneLocked(now)
}

// A recoveryRequest is what a client that wants its state back says in its CONNECT.
type recoveryRequest struct {
	PID    string  `json:"pid"`
	Offset *string `json:"offset"` // nil: it has never received an event
}

// claim takes the state that the client of a CONNECT asks for, which nobody can take again, and gives it to the socket.
// It does nothing for a client that does not ask, or whose state is not there.
func (h *history) claim(s *Socket) {
	var req recoveryRequest
	if s.auth == nil || scanAuth(s.auth, &req) != nil || req.PID == "" {
		return
	}
	h.mu.Lock()
	twin := h.live[req.PID]
	h.mu.Unlock()
	if twin != nil {
		// The client is back before we have noticed that its old connection is dead.
		twin.conn.session.Fail(engineio.TransportClose, errTakenOver)
		twin.leave(TransportClose, nil) // if somebody else is at closing its connection, and not yet here
	}
	result, why := h.take(s, req)
	s.count(result)
	if why != "" {
		s.log("socketio: not recovered", slog.String("why", why))
	}
}

// take gives a saved state to the socket, or says why not.
func (h *history) take(s *Socket, req recoveryRequest) (result metrics.Series, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pruneLocked(time.Now())
	saved := h.saved[req.PID]
	switch {
	case saved != nil:
	case h.expired.has(req.PID):
		return metrics.RecoveriesExpired, "expired"
	default:
		return metrics.RecoveriesUnknown, "unknown session"
	}
	delete(h.saved, req.PID)
	from, missed, failure := h.missedLocked(saved, req.Offset, s.conn.server.opts.MaxQueuedBytes/2)
	switch failure {
	case "":
	case unknownOffset:
		return metrics.RecoveriesUnknown, failure
	default:
		return metrics.RecoveriesTrimmed, failure
	}
	s.id, s.pid, s.data = saved.sid, saved.pid, saved.data
	s.recovered = true
	s.recovery = &recovery{saved: saved, from: from, missed: missed, upTo: h.seq}
	h.live[s.pid] = s // events to the client are kept, and it may be back once more before this is connected
	return metrics.RecoveriesRecovered, ""
}

const unknownOffset = "unknown offset"

// expiredPIDs remembers the last states that were dropped, so that a client that comes too late can be told, in log and
// metrics, from one that comes with what never was.
type expiredPIDs struct {
	pids []string // a ring
	next int
}

func (e *expiredPIDs) add(pid string) {
	const most = 1000
	if len(e.pids) < most {
		e.pids = append(e.pids, pid)
		return
	}
	e.pids[e.next] = pid
	e.next = (e.next + 1) % most
}

func (e *expiredPIDs) has(pid string) bool { return slices.Contains(e.pids, pid) }

// missedLocked lists the events that a client has missed since the one that it has seen last, or says why they are not
// known.
func (h *history) missedLocked(
	saved *savedSession, offset *string, maxBytes int,
) (seen uint64, missed []keptPacket, failure string) {
	seen = saved.first
	if offset != nil {
		n, err := strconv.ParseUint(*offset, 36, 64)
		if err != nil || n > h.seq {
			return 0, nil, unknownOffset
		}
		seen = max(seen, n) // less is the offset of what a middleware has sent
	}
	from := seen
	switch {
	case from >= saved.last:
		from = max(from, saved.resume) // it missed nothing before it left, whatever others were sent
	case from >= saved.quietAfter && from < saved.quietUntil:
		from = saved.quietUntil - 1
	}
	if !h.knownLocked(from) {
		return 0, nil, "trimmed"
	}
	size := 0
	for _, k := range h.packets {
		if k.seq <= from || !k.concerns(saved) {
			continue
		}
		if size += k.size; size > maxBytes {
			return 0, nil, "too much missed"
		}
		missed = append(missed, k)
	}
	return seen, missed, ""
}

// concerns reports whether a client is meant.
func (k *keptPacket) concerns(s *savedSession) bool {
	if k.only != "" {
		return k.only == s.sid
	}
	return k.to.includes(s.rooms)
}

// quiet is how long a pause between two events to a client has to be for it to be noted.
func (h *history) quiet() time.Duration { return h.opts.MaxDisconnection / 8 }

// knownLocked reports whether all events after a number are kept.
func (h *history) knownLocked(from uint64) bool {
	return from == h.seq || len(h.packets) > 0 && h.packets[0].seq <= from+1
}

// connect connects a socket: first it sends what a recovered client has missed, so that nothing is missed or comes
// twice.
func (h *history) connect(s *Socket) bool {
	connected, late := h.tryConnect(s)
	if late { // a middleware took too long; the client will come back without its state
		s.conn.session.Fail(engineio.ForcedClose, errRecoveryLate)
	}
	return connected
}

func (h *history) tryConnect(s *Socket) (connected, late bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.marks = marks{first: h.seq, lastAt: time.Now().UnixNano()}
	if r := s.recovery; r != nil {
		if !h.knownLocked(r.upTo) {
			s.recovery = nil
			delete(h.live, s.pid)
			return false, true
		}
		h.resend(s, r)
	}
	if !h.local.add(s) {
		return false, false
	}
	s.recovery = nil
	if s.pid != "" {
		h.live[s.pid] = s
	}
	return true, false
}

func (h *history) resend(s *Socket, r *recovery) {
	s.marks = r.saved.marks
	for _, k := range h.packets {
		if k.seq > r.upTo && k.concerns(r.saved) {
			r.missed = append(r.missed, k)
		}
	}
	for _, k := range r.missed {
		_ = s.countSent(s.conn.session.Send(engineio.Hold|k.to.flags(), k.messages...)) // one who has left keeps its marks
		s.marks.sent(k.seq, k.at, h.quiet())
	}
	h.local.join(s, r.saved.rooms)
	if !slices.Contains(r.saved.rooms, s.id) {
		h.local.leave(s, []string{s.id})
	}
}

// includes reports whether a socket in the rooms is meant.
func (t Target) includes(rooms []string) bool {
	in := len(t.Rooms) == 0
	for _, room := range rooms {
		if slices.Contains(t.Except, room) {
			return false
		}
		in = in || slices.Contains(t.Rooms, room)
	}
	return in
}
