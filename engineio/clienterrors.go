package engineio

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio/internal/websocket"
)

var (
	// ErrTooLarge is returned by [Client.Send] for a message that is larger than the server takes.
	ErrTooLarge = errors.New("engineio: message larger than the server's maxPayload")
	// ErrQueueFull is returned by [Client.Send] when more than ClientOptions.MaxQueuedBytes would wait for the server.
	ErrQueueFull = errors.New("engineio: more than MaxQueuedBytes are waiting for the server")

	errClosedByServer = errors.New("closed by the server")
	errSecondOpen     = errors.New("second open packet")
	errSilence        = errors.New("the server was silent for longer than its pingInterval and pingTimeout")
	errAnswerTooLarge = errors.New("answer to a poll larger than MaxPayload")
	errNoOpen         = errors.New("the first packet is not an open packet")
	errProbe          = errors.New("another packet than the answer to the probe")
	errUpgradeTimeout = errors.New("not complete within UpgradeTimeout")
	errRequestTimeout = errors.New("no complete answer within RequestTimeout")
)

// CodeNone is the Code of an error of a [Client] for which the server has given none.
const CodeNone ErrorCode = -1

// A HandshakeError is why [Dial] has failed by one transport.
type HandshakeError struct {
	Transport string    // "polling" or "websocket"
	Status    int       // of the server's answer; 0: there was none
	Code      ErrorCode // and Message: from the body of a refusal, or CodeNone
	Message   string    // what the server says, cut to 200 bytes
	Err       error     // what was wrong
}

func (e *HandshakeError) Error() string {
	s := "engineio: handshake by " + e.Transport + " failed: " + e.Err.Error()
	if _, ok := errors.AsType[*ResponseError](e.Err); !ok && e.Message != "" {
		s += fmt.Sprintf(": %q", e.Message)
	}
	return s
}

// Unwrap returns Err.
func (e *HandshakeError) Unwrap() error { return e.Err }

// A ResponseError is what a server has answered instead of 200 to a request, be it a handshake, a poll or a POST: in
// the last two cases it is the cause of the session's end.
type ResponseError struct {
	Status  int
	Code    ErrorCode // and Message: from the body of a refusal, or CodeNone
	Message string    // what the server says, cut to 200 bytes
}

func (e *ResponseError) Error() string {
	s := fmt.Sprintf("answered with status %d", e.Status)
	if e.Message != "" {
		s += fmt.Sprintf(": %q", e.Message)
	}
	return s
}

// maxRefusal is how much of the body of a refusal is read, maxMessage how much of the text in it is kept.
const (
	maxRefusal = 1 << 10
	maxMessage = 200
)

// parseRefusal takes the body of a refusal apart.
func parseRefusal(body []byte) (ErrorCode, string) {
	refusal := struct {
		Code    ErrorCode `json:"code"`
		Message string    `json:"message"`
	}{Code: CodeNone}
	if json.Unmarshal(body, &refusal) != nil {
		return CodeNone, ""
	}
	m := refusal.Message
	if len(m) > maxMessage {
		m = strings.ToValidUTF8(m[:maxMessage], "")
	}
	return refusal.Code, m
}

func newHandshakeError(transport string, err error) *HandshakeError {
	e := &HandshakeError{Transport: transport, Code: CodeNone, Err: withoutURL(err)}
	if r, ok := errors.AsType[*ResponseError](err); ok {
		e.Status, e.Code, e.Message = r.Status, r.Code, r.Message
	}
	if d, ok := errors.AsType[*websocket.DialError](err); ok {
		e.Status = d.Status
		e.Code, e.Message = parseRefusal(d.Body)
	}
	return e
}

// withoutURL takes the URL out of an error of net/http: there are secrets in it.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
