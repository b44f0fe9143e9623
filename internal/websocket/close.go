package websocket

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

// StatusCode says why a connection was closed (RFC 6455 §7.4).
type StatusCode uint16

// The codes of the IANA registry that a server of engine.io meets.
const (
	StatusNormalClosure   StatusCode = 1000
	StatusGoingAway       StatusCode = 1001
	StatusProtocolError   StatusCode = 1002
	StatusUnsupportedData StatusCode = 1003
	StatusNoStatus        StatusCode = 1005 // never on the wire: an empty close frame
	StatusAbnormalClosure StatusCode = 1006 // never on the wire
	StatusInvalidPayload  StatusCode = 1007
	StatusPolicyViolation StatusCode = 1008
	StatusMessageTooBig   StatusCode = 1009
	StatusInternalError   StatusCode = 1011
	StatusServiceRestart  StatusCode = 1012
	StatusTryAgainLater   StatusCode = 1013
	statusBadGateway      StatusCode = 1014
)

// maxReason is the room for a reason behind the code in a close frame.
const maxReason = maxControl - 2

// sendable says whether the code may appear in a close frame (RFC 6455 §7.4).
func (s StatusCode) sendable() bool {
	switch {
	case s >= StatusNormalClosure && s <= StatusUnsupportedData,
		s >= StatusInvalidPayload && s <= statusBadGateway,
		s >= 3000 && s <= 4999:
		return true
	}
	return false
}

// CloseError is the close frame that ended a connection: the peer's.
type CloseError struct {
	Code   StatusCode // StatusNoStatus when the frame was empty
	Reason string     // UTF-8, at most 123 bytes
}

// Error does not contain the reason as it stands: it is the peer's text.
func (e *CloseError) Error() string {
	return fmt.Sprintf("websocket: closed by the peer with code %d, reason %q", e.Code, e.Reason)
}

// parseClose reads the payload of a close frame (RFC 6455 §5.5.1).
func parseClose(payload []byte) error {
	switch {
	case len(payload) == 0:
		return &CloseError{Code: StatusNoStatus}
	case len(payload) == 1:
		return errCloseLength
	}
	code := StatusCode(binary.BigEndian.Uint16(payload))
	if !code.sendable() {
		return errCloseCode
	}
	if !utf8.Valid(payload[2:]) {
		return errCloseReasonUTF
	}
	return &CloseError{Code: code, Reason: string(payload[2:])}
}

// closeFrame builds a close frame. Code 0 and StatusNoStatus give an empty
// one; a code that may not be sent becomes StatusInternalError. The reason is
// made valid UTF-8 and cut to what a control frame can hold.
func closeFrame(code StatusCode, reason string) []byte {
	if code == 0 || code == StatusNoStatus {
		return AppendFrame(nil, OpClose, nil)
	}
	if !code.sendable() {
		code = StatusInternalError
	}
	reason = strings.ToValidUTF8(reason, "\uFFFD")
	if len(reason) > maxReason {
		end := maxReason
		for !utf8.RuneStart(reason[end]) {
			end--
		}
		reason = reason[:end]
	}
	payload := make([]byte, 2, maxControl)
	binary.BigEndian.PutUint16(payload, uint16(code))
	return AppendFrame(nil, OpClose, append(payload, reason...))
}
