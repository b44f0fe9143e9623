package engineio

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/socketio-go/socketio/metrics"
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
	errNotAnswered   = errors.New("poll not answered")
	errPostAborted   = errors.New("data request connection closed prematurely")
	errBadContent    = errors.New("invalid content")
	errQueueOverflow = errors.New("more than MaxQueuedBytes are waiting for the client")
)

// A Refusal is the error with which Options.AllowRequest refuses a request and tells the client why: its text is
// sent, while that of any other error is not.
type Refusal struct{ Message string }

func (r *Refusal) Error() string { return "engineio: request refused: " + r.Message }

// An ErrorCode is what the body of a refused request carries (the official server's Server.errors).
type ErrorCode int

// The codes of the protocol.
const (
	CodeUnknownTransport ErrorCode = iota
	CodeUnknownSID
	CodeBadHandshakeMethod
	CodeBadRequest
	CodeForbidden
	CodeUnsupportedProtocol
)

// String returns the text that the official server sends with the code.
func (c ErrorCode) String() string {
	if c < 0 || int(c) >= len(codeMessages) {
		return "Unknown"
	}
	return codeMessages[c]
}

var codeMessages = [...]string{
	CodeUnknownTransport:    "Transport unknown",
	CodeUnknownSID:          "Session ID unknown",
	CodeBadHandshakeMethod:  "Bad handshake method",
	CodeBadRequest:          "Bad request",
	CodeForbidden:           "Forbidden",
	CodeUnsupportedProtocol: "Unsupported protocol version",
}

// A ConnectionError tells Options.OnConnectionError of a request that was refused.
type ConnectionError struct {
	Request *http.Request // valid until the hook returns
	Code    ErrorCode
	Message string // that of the code
	// Context says more, by the names that the official server uses: "transport", "sid", "method", "protocol",
	// "message", or "name" (TRANSPORT_HANDSHAKE_ERROR, INVALID_ORIGIN, TRANSPORT_MISMATCH, PROTOCOL_MISMATCH,
	// ID_GENERATION_ERROR) beside others. Values come from the client.
	Context map[string]string
	Err     error // of AllowRequest or GenerateID; nil otherwise
}

func (e *ConnectionError) Error() string { return "engineio: request refused: " + e.Message }

// Unwrap returns Err.
func (e *ConnectionError) Unwrap() error { return e.Err }

// A requestError is why a request is refused.
type requestError struct {
	code     ErrorCode
	status   int    // HTTP status; 0: 403 for CodeForbidden, else 400
	message  string // sent instead of the code's own text
	why      string // for the log: nothing that the client sent
	header   http.Header
	context  []string     // for ConnectionError: names and values in turn
	err      error        // of the application
	warnOnce *atomic.Bool // not nil: it deserves a warning if that is not set
	session  bool         // it concerns a session in use, whose end is told otherwise
	gone     bool         // the client does not wait for the answer: it was not refused

	hijacked bool // and there is nothing to write an answer to
}

func (e *requestError) Error() string {
	return fmt.Sprintf("%s (%s)", e.code, e.why)
}

// text is what the client is told.
func (e *requestError) text() string {
	if e.message != "" {
		return e.message
	}
	return e.code.String()
}

func refuse(code ErrorCode, why string, context ...string) *requestError {
	return &requestError{code: code, why: why, context: context}
}

// named is a bad request that has a name in the official server.
func named(name string, context ...string) *requestError {
	return refuse(CodeBadRequest, name, append(context, "name", name)...)
}

// series is what counts the refusal.
func (e *requestError) series() metrics.Series {
	if e.status == http.StatusServiceUnavailable {
		return metrics.RefusedShutdown
	}
	return metrics.RefusedWith(int(e.code))
}

// forHook gives the error the form of the hook.
func (e *requestError) forHook(r *http.Request) *ConnectionError {
	c := &ConnectionError{Request: r, Code: e.code, Message: e.code.String(), Err: e.err, Context: map[string]string{}}
	for i := 0; i+1 < len(e.context); i += 2 {
		c.Context[e.context[i]] = e.context[i+1]
	}
	return c
}
