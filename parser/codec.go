package parser

// A Codec is a form in which packets travel. [JSON] is the one that every client speaks; both ends of a connection have
// to use the same. Its methods may be called from several goroutines.
//
// A packet is one message and the attachments that follow it. The Append methods append the message to dst. On an error
// they return dst as it was.
type Codec interface {
	// AppendEvent appends an EVENT; see the function of this name. The arguments are the end of the message, in their
	// order, and the letters of a short string stand in it as they are: connection state recovery relies on that to
	// overwrite the last argument.
	AppendEvent(dst []byte, namespace string, id uint64, hasID bool, event string, args []any) (
		message []byte, attachments [][]byte, err error)
	// AppendAck appends an ACK in answer to the event with that id.
	AppendAck(dst []byte, namespace string, id uint64, args []any) (message []byte, attachments [][]byte, err error)
	// AppendConnect appends a CONNECT. A nil payload is left out.
	AppendConnect(dst []byte, namespace string, payload any) ([]byte, error)
	// AppendConnectError appends a CONNECT_ERROR.
	AppendConnectError(dst []byte, namespace string, payload any) ([]byte, error)
	// AppendDisconnect appends a DISCONNECT.
	AppendDisconnect(dst []byte, namespace string) []byte

	// Binary reports whether the messages are binary, instead of text. Attachments always are.
	Binary() bool
	// NewDecoder makes the decoder of one connection. nil limits are the defaults.
	NewDecoder(limits *Limits) PacketDecoder
}

// A PacketDecoder turns the messages of one connection into packets. It must not be used concurrently.
type PacketDecoder interface {
	// Text decodes a text message. It reports ok if that completes a packet. b is only borrowed. After an error the
	// connection should be closed.
	Text(b []byte) (p Packet, ok bool, err error)
	// Binary does the same with a binary message.
	Binary(b []byte) (p Packet, ok bool, err error)
	// Pending reports whether a packet is incomplete: only attachments may follow.
	Pending() bool
}

var (
	_ Codec         = JSON{}
	_ PacketDecoder = (*Decoder)(nil)
)

// JSON is the [Codec] of the protocol itself: text, with binary attachments. Its methods are the functions of the same
// names.
type JSON struct{}

// AppendEvent is the function [AppendEvent].
func (JSON) AppendEvent(
	dst []byte, namespace string, id uint64, hasID bool, event string, args []any,
) (text []byte, attachments [][]byte, err error) {
	return AppendEvent(dst, namespace, id, hasID, event, args)
}

// AppendAck is the function [AppendAck].
func (JSON) AppendAck(
	dst []byte, namespace string, id uint64, args []any,
) (text []byte, attachments [][]byte, err error) {
	return AppendAck(dst, namespace, id, args)
}

// AppendConnect is the function [AppendConnect].
func (JSON) AppendConnect(dst []byte, namespace string, payload any) ([]byte, error) {
	return AppendConnect(dst, namespace, payload)
}

// AppendConnectError is the function [AppendConnectError].
func (JSON) AppendConnectError(dst []byte, namespace string, payload any) ([]byte, error) {
	return AppendConnectError(dst, namespace, payload)
}

// AppendDisconnect is the function [AppendDisconnect].
func (JSON) AppendDisconnect(dst []byte, namespace string) []byte {
	return AppendDisconnect(dst, namespace)
}

// Binary returns false.
func (JSON) Binary() bool { return false }

// NewDecoder makes a [*Decoder].
func (JSON) NewDecoder(limits *Limits) PacketDecoder { return NewDecoder(limits) }
