package parser

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// What a [Decoder] refuses. The texts never hold any part of the input, so they
// are safe for logs. After any of them the connection should be closed: sender
// and receiver no longer agree on where a packet begins.
var (
	ErrType             = errors.New("parser: unknown packet type")
	ErrAttachments      = errors.New("parser: illegal number of attachments")
	ErrNamespace        = errors.New("parser: illegal namespace")
	ErrID               = errors.New("parser: illegal acknowledgement id")
	ErrPayload          = errors.New("parser: invalid payload")
	ErrDepth            = errors.New("parser: nested too deeply")
	ErrTooLarge         = errors.New("parser: packet too large")
	ErrPlaceholder      = errors.New("parser: placeholder without attachment")
	ErrUnexpectedText   = errors.New("parser: text where an attachment is due")
	ErrUnexpectedBinary = errors.New("parser: attachment without a packet")
)

// What cannot be encoded. [ErrReservedEvent] is also what a [Decoder] reports
// for an incoming event with such a name.
var (
	ErrReservedEvent      = errors.New("parser: reserved event name")
	ErrTooManyAttachments = errors.New("parser: too many attachments")
	ErrFunc               = errors.New("parser: a function cannot be sent; to receive an acknowledgement use EmitWithAck")
	ErrAmbiguous          = errors.New("parser: data that looks like a placeholder cannot be sent beside binary data")
	ErrBinaryPayload      = errors.New("parser: binary data where only JSON is allowed")
)

// errBinary is the cause of an [ArgError] for an attachment that met another type.
var errBinary = errors.New("an attachment needs a destination of bytes or an interface")

// ArgError reports that an argument does not fit the Go value it was scanned into.
// Its text names types and never quotes the argument, so it is safe for logs; the
// error that it wraps may quote it.
type ArgError struct {
	Index int // of the argument, from 0
	Err   error
}

func (e *ArgError) Error() string {
	what, into := "JSON", ""
	if sem, ok := errors.AsType[*json.SemanticError](e.Err); ok {
		switch {
		case errors.Is(sem.Err, errBinary):
			what = "an attachment"
		case sem.JSONKind == jsontext.KindBeginObject:
			what = "JSON object"
		case sem.JSONKind == jsontext.KindBeginArray:
			what = "JSON array"
		case sem.JSONKind != jsontext.KindInvalid:
			what = "JSON " + sem.JSONKind.String()
		}
		if sem.GoType != nil {
			into = " into Go " + sem.GoType.String()
		}
	}
	return fmt.Sprintf("parser: argument %d: cannot decode %s%s", e.Index, what, into)
}

// Unwrap returns the cause.
func (e *ArgError) Unwrap() error { return e.Err }
