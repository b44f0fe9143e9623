package engineio

import (
	"errors"
	"fmt"
	"net/http"
)

// A CloseReason says why a session ended. The texts that the official server has too are its own; the others name
// causes that it reports as "transport error" or not at all.
type CloseReason string

const (
	TransportClose  CloseReason = "transport close" // the client closed the session or its connection
	TransportError  CloseReason = "transport error" // the connection broke, or the client broke the protocol
	PingTimeout     CloseReason = "ping timeout"    // no pong within PingTimeout
	ParseError      CloseReason = "parse error"     // the client sent what is no packet
	ForcedClose     CloseReason = "forced close"    // Session.Close
	ServerShutdown  CloseReason = "server shutting down"
	SlowConsumer    CloseReason = "slow consumer"     // the client reads too slowly: see Options.MaxQueuedBytes
	PayloadTooLarge CloseReason = "payload too large" // a message over Options.MaxPayload
)

// Error makes a CloseReason usable as an error, such as the cause of a context.
func (r CloseReason) Error() string { return string(r) }

var (
	// ErrClosed is returned by what needs an open session.
	ErrClosed = errors.New("engineio: session closed")
	// ErrDropped is returned by [Session.Send] when the message was dropped: it was volatile and the session not
	// writable, or the slow-consumer policy dropped it.
	ErrDropped = errors.New("engineio: message dropped")

	errOverlap       = errors.New("overlap from client")
	errPollAborted   = errors.New("poll connection closed prematurely")
	errPostAborted   = errors.New("data request connection closed prematurely")
	errBadContent    = errors.New("invalid content")
	errQueueOverflow = errors.New("more than MaxQueuedBytes are waiting for the client")
)

// A Refusal is the error with which Options.AllowRequest refuses a request and tells the client why: its text is
// sent, while that of any other error is not.
type Refusal struct{ Message string }

func (r *Refusal) Error() string { return "engineio: request refused: " + r.Message }

// An errorCode is what the body of a refused request carries (the official server's Server.errors).
type errorCode int

const (
	codeUnknownTransport errorCode = iota
	codeUnknownSID
	codeBadHandshakeMethod
	codeBadRequest
	codeForbidden
	codeUnsupportedProtocol
)

var codeMessages = [...]string{
	codeUnknownTransport:    "Transport unknown",
	codeUnknownSID:          "Session ID unknown",
	codeBadHandshakeMethod:  "Bad handshake method",
	codeBadRequest:          "Bad request",
	codeForbidden:           "Forbidden",
	codeUnsupportedProtocol: "Unsupported protocol version",
}

// A requestError is why a request is refused.
type requestError struct {
	code    errorCode
	status  int    // HTTP status; 0: 403 for codeForbidden, else 400
	message string // sent instead of the code's own text
	context string // for the log
	header  http.Header
}

func (e *requestError) Error() string {
	return fmt.Sprintf("%s (%s)", codeMessages[e.code], e.context)
}

func refuse(code errorCode, context string) *requestError {
	return &requestError{code: code, context: context}
}
