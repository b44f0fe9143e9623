package socketio

import (
	"errors"
	"fmt"

	"github.com/socketio-go/socketio/engineio"
)

var (
	// ErrDisconnected is returned by what needs a connected socket, and by a wait for an acknowledgement whose
	// socket disconnects.
	ErrDisconnected = errors.New("socketio: disconnected")
	// ErrAckTimeout is returned when an acknowledgement did not arrive within the time given to Timeout.
	ErrAckTimeout = errors.New("socketio: no acknowledgement in time")
	// ErrDropped is returned when a volatile event, or one that the slow-consumer policy may drop, was dropped.
	ErrDropped = engineio.ErrDropped
	// ErrQueueFull is returned by a client if ClientOptions.MaxQueuedBytes wait to be sent.
	ErrQueueFull = engineio.ErrQueueFull
	// ErrTooLarge is returned by a client for an event that is larger than what the server accepts, which would close the
	// connection.
	ErrTooLarge = engineio.ErrTooLarge
	// ErrTooManyAcks is returned when MaxPendingAcks acknowledgements of one socket or client are awaited.
	ErrTooManyAcks = errors.New("socketio: too many acknowledgements awaited")
	// ErrNotWanted is returned by Message.Ack if the sender wants no acknowledgement.
	ErrNotWanted = errors.New("socketio: no acknowledgement wanted")
	// ErrAcked is returned by Message.Ack if the message has been acknowledged before.
	ErrAcked = errors.New("socketio: acknowledged before")
)

// A DisconnectReason says why a socket, or a [Client], was disconnected. Where the official server or client knows the
// reason, the text is its own. It is also the cause of the socket's context. Those of the connection below are told as a
// server sees them: for a Client, read server for client.
type DisconnectReason string

const (
	ClientDisconnect DisconnectReason = "client namespace disconnect" // the client left the namespace
	ServerDisconnect DisconnectReason = "server namespace disconnect" // Socket.Disconnect
	TransportClose   DisconnectReason = "transport close"             // the connection was closed, by the client or its network
	TransportError   DisconnectReason = "transport error"             // the connection broke, or the client broke the protocol below
	PingTimeout      DisconnectReason = "ping timeout"                // the client gave no sign of life
	ParseError       DisconnectReason = "parse error"                 // the client sent what is no packet, or one out of place
	ForcedClose      DisconnectReason = "forced close"                // the server closed the connection
	ServerShutdown   DisconnectReason = "server shutting down"        // Server.Shutdown or Server.Close
	SlowConsumer     DisconnectReason = "slow consumer"               // see ServerOptions.MaxQueuedBytes
	HandlersTooSlow  DisconnectReason = "handlers too slow"           // see MaxUnhandledBytes of the options
	PayloadTooLarge  DisconnectReason = "payload too large"           // see MaxPayload of the options

	// Of a Client, beside those of its connection above.
	IOServerDisconnect DisconnectReason = "io server disconnect" // Socket.Disconnect at the server
	IOClientDisconnect DisconnectReason = "io client disconnect" // Client.Disconnect or Client.Close
)

// Error makes a DisconnectReason usable as the cause of a context.
func (r DisconnectReason) Error() string { return string(r) }

// A ConnectError refuses a client in a middleware of a namespace. It is meant for the client, whose connect_error
// event gets the message and the data; of other errors it gets only the words "internal error".
type ConnectError struct {
	Message string
	Data    any // marshaled as JSON; nil: none
}

func (e *ConnectError) Error() string { return e.Message }

// An AckError is an error of a handler that is meant for the client: the acknowledgement has its message and data. Of
// other errors it has only the words "internal error". [Call.Do] returns such an answer as an *AckError, with data as
// JSON decodes into an any.
type AckError struct {
	Message string
	Data    any // marshaled as JSON; nil: none
}

func (e *AckError) Error() string { return e.Message }

// mistake panics with a sentence that says what to write instead: for what only the developer can have done wrong, and
// sees at once when the program starts.
func mistake(format string, args ...any) {
	panic("socketio: " + fmt.Sprintf(format, args...)) //nolint:forbidigo // the one place
}

func needed(ok bool, what string) {
	if !ok {
		mistake("the function given to %s is nil", what)
	}
}

const internalError = "internal error"

// errorBody is what a client sees of an error.
type errorBody struct {
	Message string `json:"message"`
	Data    any    `json:"data,omitzero"`
}

// ackErrorBody answers an event whose handler failed.
type ackErrorBody struct {
	Error errorBody `json:"error"`
}
