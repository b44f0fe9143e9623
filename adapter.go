package socketio

import (
	"context"
	"slices"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/parser"
)

// An Adapter reaches the sockets of a namespace, on all servers of a cluster. [Local] is the one of a single server;
// another does the same on its own sockets by the Local that it was made around, and passes the request on to the
// other servers unless the target is local.
type Adapter interface {
	// Broadcast sends a packet to the target.
	Broadcast(p *Packet, to Target) error
	// BroadcastWithAck does so too and calls answer, from any goroutine, for each acknowledgement, or for each
	// socket that has become unable to give one, until ctx ends. It returns the number of sockets asked.
	BroadcastWithAck(ctx context.Context, p *Packet, to Target, answer func(Args, error)) (asked int, err error)
	// FetchSockets lists the target.
	FetchSockets(ctx context.Context, to Target) ([]*RemoteSocket, error)
	// SocketsJoin makes the target join rooms.
	SocketsJoin(to Target, rooms []string) error
	// SocketsLeave makes the target leave rooms.
	SocketsLeave(to Target, rooms []string) error
	// DisconnectSockets disconnects the target, as Socket.Disconnect does.
	DisconnectSockets(to Target, closeConn bool) error
	// ServerSideEmit gives an event to the other servers, not to this one; there Local.DeliverServerSide takes it.
	ServerSideEmit(event string, args Args) error
	// ServerSideEmitWithAck does so too and returns their answers once each has answered or has left the cluster. If
	// ctx ends before that, it returns the error of ctx beside the answers so far.
	ServerSideEmitWithAck(ctx context.Context, event string, args Args) ([]Args, error)
	// Close lets go of what the adapter holds, and closes its Local. The namespace is not used any more.
	Close() error
}

// A Target says which sockets of a namespace are meant.
type Target struct {
	Rooms  []string // sockets in any of them; none: all sockets
	Except []string // but none in any of these
	Local  bool     // only those of this server

	Volatile     bool // a packet may be dropped, see Emitter.Volatile
	Uncompressed bool // a packet is not compressed, see Emitter.Compress
}

// flags are those of a message to the target.
func (t Target) flags() (f engineio.Flags) {
	if t.Volatile {
		f |= engineio.Volatile
	}
	if t.Uncompressed {
		f |= engineio.Uncompressed
	}
	return f
}

// A Packet is an event to broadcast. It is encoded and framed once, for all its recipients. An adapter gives it to its
// Local once.
type Packet struct {
	codec       parser.Codec
	buf         []byte // the first message, behind engineio.Headroom
	attachments [][]byte
	messages    []engineio.Message
	id          uint64 // if wantsAck
	wantsAck    bool
	deflate     bool // some recipients may want it compressed
	offsetAt    int  // where in buf its number belongs, with connection state recovery

	encodeFor func(child *Namespace) (*Packet, error) // of a parent's packet: makes that of a child
}

func newPacket(n *Namespace, event string, args []any, wantsAck bool) (*Packet, error) {
	p := &Packet{codec: n.server.opts.Parser, wantsAck: wantsAck, deflate: n.server.opts.PerMessageDeflate}
	if wantsAck {
		p.id = n.nextID()
	} else if n.history != nil {
		args = append(slices.Clip(args), noOffset)
	}
	var err error
	p.buf, p.attachments, err = p.codec.AppendEvent(newBuffer(), n.name, p.id, wantsAck, event, args)
	if err != nil {
		return nil, err
	}
	if n.history != nil && !wantsAck {
		p.findOffset()
	}
	if n.family != nil {
		args = slices.Clone(args)
		p.encodeFor = func(child *Namespace) (*Packet, error) { return newPacket(child, event, args, wantsAck) }
	}
	return p, nil
}

// frame makes the packet ready to be sent.
func (p *Packet) frame() {
	if p.messages != nil {
		return
	}
	p.messages = messages(p.codec, p.buf, p.attachments)
	if p.deflate {
		for i, m := range p.messages {
			p.messages[i] = m.Shared()
		}
	}
}

// sendTo sends the packet to one of its recipients.
func (p *Packet) sendTo(s *Socket, to Target) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	s.tellOutgoing(p.buf, p.attachments)
	flags := to.flags()
	if !p.wantsAck {
		flags |= engineio.Droppable
	}
	return s.countSent(s.conn.session.Send(flags, p.messages...))
}

// A RemoteSocket is what is known of a socket that may be on another server of the cluster.
type RemoteSocket struct {
	ID        string
	Handshake Handshake
	Rooms     []string
	Data      any // what SetData stored; from another server, as JSON decodes into an any

	namespace *Namespace
}

func (r *RemoteSocket) target() Broadcast { return r.namespace.To(r.ID) }

// Emit sends an event to the socket, as [Emitter.Emit].
func (r *RemoteSocket) Emit(event string, args ...any) error { return r.target().Emit(event, args...) }

// EmitWithAck sends an event to the socket and waits for its acknowledgement until ctx ends. It returns ErrDisconnected
// if the socket is not there, and else the errors of [Broadcast.EmitWithAck].
func (r *RemoteSocket) EmitWithAck(ctx context.Context, event string, args ...any) (Args, error) {
	answers, err := r.target().EmitWithAck(ctx, event, args...)
	switch {
	case len(answers) > 0: // sockets that have joined the room of this one's id may answer, too
		return answers[0], nil
	case err == nil:
		err = ErrDisconnected
	}
	return Args{}, err
}

// Join makes the socket join rooms.
func (r *RemoteSocket) Join(rooms ...string) error { return r.target().SocketsJoin(rooms...) }

// Leave makes the socket leave a room.
func (r *RemoteSocket) Leave(room string) error { return r.target().SocketsLeave(room) }

// Disconnect disconnects the socket, as [Socket.Disconnect].
func (r *RemoteSocket) Disconnect(closeConn bool) error {
	return r.target().DisconnectSockets(closeConn)
}
