package socketio

import (
	"maps"
	"slices"

	"github.com/socketio-go/socketio/engineio"
)

// EngineOptions are those that a server gives to its engine.
func (o *ServerOptions) EngineOptions() *engineio.Options { return o.engine() }

// Occupancy returns how many sockets and how many rooms, those of the sockets' own ids aside, a namespace knows.
func (n *Namespace) Occupancy() (sockets, rooms int) {
	n.local.mu.RLock()
	defer n.local.mu.RUnlock()
	return len(n.local.sockets), len(n.local.rooms)
}

// PendingAcks returns how many acknowledgements are awaited of a socket.
func (s *Socket) PendingAcks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.acks)
}

// Waiting returns how many events of a socket wait for their handlers, those of the current batch aside, and what all
// that are not handled weigh.
func (s *Socket) Waiting() (events, weight int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &s.conn.unhandled
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(s.inbox), u.bytes
}

// Receive gives a packet to the connection of a socket, as its session does.
func (s *Socket) Receive(packet []byte) {
	s.conn.Message(packet, false)
	s.conn.BatchDone()
}

// Fail ends the connection of a socket.
func (s *Socket) Fail(reason DisconnectReason) {
	s.conn.session.Fail(engineio.CloseReason(reason), errUnexpected)
}

// DefaultOptions are those of a server that is given none.
func DefaultOptions() ServerOptions { return (*ServerOptions)(nil).withDefaults() }

// DefaultRecovery are those of connection state recovery.
func DefaultRecovery() RecoveryOptions { return *new(RecoveryOptions).withDefaults() }

// LockLocal holds the lock of a socket's namespace until unlock is called, as a long look-up does.
func (s *Socket) LockLocal() (unlock func()) {
	s.namespace.local.mu.Lock()
	return s.namespace.local.mu.Unlock
}

// Absent returns how many absent clients the history of a namespace remembers, and how long the list of them is.
func (n *Namespace) Absent() (clients, list int) {
	n.history.mu.Lock()
	defer n.history.mu.Unlock()
	return len(n.history.saved), len(n.history.order)
}

// Live returns how many sockets the history of a namespace knows.
func (n *Namespace) Live() int {
	n.history.mu.Lock()
	defer n.history.mu.Unlock()
	return len(n.history.live)
}

// NamespaceNames lists the namespaces that exist, parents aside.
func (s *Server) NamespaceNames() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.namespaces))
}

// Existing returns a namespace if it exists, and does not keep it.
func (s *Server) Existing(name string) *Namespace { return s.lookup(name) }

// WaitingBytes returns what the events that wait in a client and its other namespaces count for.
func (c *Client) WaitingBytes() int {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	return c.manager.waitingBytes
}
