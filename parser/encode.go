package parser

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendEvent appends an EVENT, or a BINARY_EVENT if the arguments hold binary
// data, to dst and returns the extended buffer and the attachments, which follow
// the text as binary messages in this order. They are the caller's own slices, not
// copies, and must not be modified until they are sent. hasID asks for an
// acknowledgement with that id. An empty namespace is the main one.
//
// If the name is reserved, if an argument cannot be marshaled (such as a function, or
// data that refers to itself), or if there are more than [MaxAttachments]
// attachments, or if data that looks like a placeholder stands beside binary data
// ([ErrAmbiguous]), the error says so and dst is returned as it was.
func AppendEvent(
	dst []byte, namespace string, id uint64, hasID bool, event string, args []any,
) (text []byte, attachments [][]byte, err error) {
	if ReservedEvent(event) {
		return dst, nil, fmt.Errorf("%w: %q", ErrReservedEvent, event)
	}
	text = appendHeader(dst, Event, namespace)
	if hasID {
		text = strconv.AppendUint(text, id, 10)
	}
	text = appendString(append(text, '['), event)
	if len(args) > 0 {
		text = append(text, ',')
	}
	return appendArgs(dst, text, args)
}

// AppendAck appends an ACK, or a BINARY_ACK, in answer to the event with that id. It
// does so as [AppendEvent].
func AppendAck(
	dst []byte, namespace string, id uint64, args []any,
) (text []byte, attachments [][]byte, err error) {
	text = appendHeader(dst, Ack, namespace)
	text = append(strconv.AppendUint(text, id, 10), '[')
	return appendArgs(dst, text, args)
}

// AppendConnect appends a CONNECT to dst. A nil payload is left out; any other has to
// be encoded as a JSON object without binary data.
func AppendConnect(dst []byte, namespace string, payload any) ([]byte, error) {
	return appendPayload(dst, Connect, namespace, payload)
}

// AppendConnectError appends a CONNECT_ERROR to dst. The payload has to be encoded as
// a JSON object, or as a string for revision 4, without binary data.
func AppendConnectError(dst []byte, namespace string, payload any) ([]byte, error) {
	return appendPayload(dst, ConnectError, namespace, payload)
}

// AppendDisconnect appends a DISCONNECT to dst.
func AppendDisconnect(dst []byte, namespace string) []byte {
	return appendHeader(dst, Disconnect, namespace)
}

func appendHeader(dst []byte, t Type, namespace string) []byte {
	dst = append(dst, '0'+byte(t))
	if namespace != "" && namespace != "/" {
		dst = append(append(dst, namespace...), ',')
	}
	return dst
}

// appendArgs appends the arguments and the closing bracket to text, which is dst with
// the beginning of an event or an acknowledgement.
func appendArgs(dst, text []byte, args []any) ([]byte, [][]byte, error) {
	m := newMarshaler(MaxAttachments)
	defer m.release()
	start := len(text)
	text, err := m.appendArgs(text, args)
	if err != nil {
		return dst, nil, err
	}
	text = append(text, ']')
	attachments := m.attachments
	if n := len(attachments); n > 0 {
		at := len(dst)
		if ambiguous(text[start:], n) {
			return dst, nil, ErrAmbiguous
		}
		text[at] += byte(BinaryEvent - Event)
		var count [4]byte
		text = slices.Insert(text, at+1, append(strconv.AppendInt(count[:0], int64(n), 10), '-')...)
	}
	return text, attachments, nil
}

// ambiguous reports whether arguments with n attachments have data that a decoder would take for a placeholder. The
// official one refuses a packet in which such data stand for no attachment, and closes the connection: a client could
// have others disconnected by what is passed on for it.
func ambiguous(text []byte, n int) bool {
	// Only text that was marshaled elsewhere has the name in other characters.
	if bytes.Count(text, []byte(`_placeholder"`)) == n && !bytes.Contains(text, []byte(`\u00`)) {
		return false
	}
	f := finder{text: string(text), count: n}
	f.find()
	return f.found != n
}

func appendPayload(dst []byte, t Type, namespace string, payload any) ([]byte, error) {
	text := appendHeader(dst, t, namespace)
	if payload == nil {
		return text, nil
	}
	text, err := AppendPayload(text, payload)
	if err != nil {
		return dst, err
	}
	return text, nil
}

// appendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD: the text
// has to be valid.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // reports only what it replaced
	return dst
}

func encodeError(err error, what string) error {
	if errors.Is(err, ErrFunc) || errors.Is(err, ErrTooManyAttachments) || errors.Is(err, ErrBinaryPayload) {
		return fmt.Errorf("%w (%s)", err, what)
	}
	return fmt.Errorf("parser: %s: %w", what, err)
}
