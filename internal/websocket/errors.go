package websocket

import (
	"errors"
	"fmt"
)

// Why a connection was failed; Handler.Closed receives them, possibly wrapped.
var (
	// ErrProtocol is a violation of RFC 6455 by the peer; close code 1002.
	ErrProtocol = errors.New("websocket: protocol error")
	// ErrInvalidUTF8 is a text message or close reason that is not UTF-8; close code 1007.
	ErrInvalidUTF8 = errors.New("websocket: text is not valid UTF-8")
	// ErrInvalidDeflate is a compressed message that cannot be decompressed; close code 1007, as ws.
	ErrInvalidDeflate = errors.New("websocket: compressed message is corrupt")
	// ErrTooManyFragments is a message of more than MaxFragments frames; close code 1008.
	ErrTooManyFragments = errors.New("websocket: message has too many fragments")
	// ErrMessageTooBig is a message of more than MaxMessage bytes, compressed or not; close code 1009.
	ErrMessageTooBig = errors.New("websocket: message too big")
	// ErrCloseTimeout is a peer that did not answer our close frame, or did not
	// read what was queued before it, in time.
	ErrCloseTimeout = errors.New("websocket: close handshake timed out")
)

// What exactly the peer did wrong, for logs.
var (
	errReservedBits   = fmt.Errorf("%w: reserved bit set that no extension defines here", ErrProtocol)
	errOpcode         = fmt.Errorf("%w: unknown opcode", ErrProtocol)
	errControlFrag    = fmt.Errorf("%w: fragmented control frame", ErrProtocol)
	errControlLength  = fmt.Errorf("%w: control frame of more than 125 bytes", ErrProtocol)
	errContinuation   = fmt.Errorf("%w: continuation without a message to continue", ErrProtocol)
	errInterleaved    = fmt.Errorf("%w: new message before the end of the last", ErrProtocol)
	errUnmasked       = fmt.Errorf("%w: unmasked frame", ErrProtocol)
	errMasked         = fmt.Errorf("%w: masked frame of a server", ErrProtocol)
	errLength         = fmt.Errorf("%w: frame length of more than 63 bits", ErrProtocol)
	errCloseLength    = fmt.Errorf("%w: close frame of one byte", ErrProtocol)
	errCloseCode      = fmt.Errorf("%w: invalid close code", ErrProtocol)
	errCloseReasonUTF = fmt.Errorf("%w: close reason", ErrInvalidUTF8)
)

// failureStatus is the close code to send for an error of the parser; 0 when
// err is none of them and no close frame can or should be sent.
func failureStatus(err error) StatusCode {
	switch {
	case errors.Is(err, ErrProtocol):
		return StatusProtocolError
	case errors.Is(err, ErrInvalidUTF8), errors.Is(err, ErrInvalidDeflate):
		return StatusInvalidPayload
	case errors.Is(err, ErrTooManyFragments):
		return StatusPolicyViolation
	case errors.Is(err, ErrMessageTooBig):
		return StatusMessageTooBig
	}
	return 0
}
