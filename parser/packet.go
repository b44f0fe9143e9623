package parser

import "math"

// Type is the kind of a packet, by its number in the protocol.
type Type byte

// The types of packets. A [Decoder] reports BinaryEvent and BinaryAck as Event
// and Ack.
const (
	Connect Type = iota
	Disconnect
	Event
	Ack
	ConnectError
	BinaryEvent
	BinaryAck
)

// String returns the name that the protocol document uses.
func (t Type) String() string {
	switch t {
	case Connect:
		return "CONNECT"
	case Disconnect:
		return "DISCONNECT"
	case Event:
		return "EVENT"
	case Ack:
		return "ACK"
	case ConnectError:
		return "CONNECT_ERROR"
	case BinaryEvent:
		return "BINARY_EVENT"
	case BinaryAck:
		return "BINARY_ACK"
	}
	return "UNKNOWN"
}

// Packet is a decoded packet. It shares no memory with what it was decoded from.
type Packet struct {
	Type  Type
	HasID bool // ID is present: an event that wants an acknowledgement, or the acknowledgement

	// Empty marks an event without any data, not even a name ("2"). The reference
	// checks its namespace and then ignores it.
	Empty bool

	// Namespace is "/" for the main one. A query ("/admin?token=1") is part of it,
	// as in the reference: only revision 4 of the protocol gives it a meaning.
	Namespace string

	ID    uint64
	Event string // name; of an event named by an integer, its decimal text
	Args  Args   // of Event (without the name) and Ack
	Data  []byte // of Connect and ConnectError: the JSON payload; nil if there is none
}

// Limits bounds what a [Decoder] accepts. Zero fields mean the defaults.
type Limits struct {
	MaxAttachments int   // of one packet; default 10, as in the reference
	MaxBytes       int64 // of one packet, text and attachments together; default 1,000,000, at most 2 GiB
	MaxNamespace   int   // bytes of a namespace; default 512
	MaxDepth       int   // nested arrays and objects, the array of arguments included; default and maximum 10,000
}

// MaxAttachments is the number of attachments that the official decoders accept
// in one packet. It is the default of [Limits] and the limit of what
// [AppendEvent] and [AppendAck] write.
const MaxAttachments = 10

const (
	defaultMaxBytes     = 1_000_000
	defaultMaxNamespace = 512
	maxDepth            = 10_000 // of the JSON package, which has to scan what was accepted
)

// WithDefaults returns the limits with the defaults in the place of zero fields. l may be nil.
func (l *Limits) WithDefaults() Limits {
	var c Limits
	if l != nil {
		c = *l
	}
	if c.MaxAttachments <= 0 {
		c.MaxAttachments = MaxAttachments
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = defaultMaxBytes
	}
	c.MaxBytes = min(c.MaxBytes, math.MaxInt32) // positions are kept in 32 bits
	if c.MaxNamespace <= 0 {
		c.MaxNamespace = defaultMaxNamespace
	}
	if c.MaxDepth <= 0 || c.MaxDepth > maxDepth {
		c.MaxDepth = maxDepth
	}
	return c
}

// ReservedEvent reports whether the name has a meaning of its own on one of the
// ends, so that it must not travel as the name of an event.
func ReservedEvent(name string) bool {
	switch name {
	case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener":
		return true
	}
	return false
}
