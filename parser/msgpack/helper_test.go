package msgpack

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/socketio-go/socketio/parser"
)

// raw is a value that is encoded already.
type raw string

// mp encodes a value in the simplest way there is.
func mp(v any) raw {
	switch v := v.(type) {
	case raw:
		return v
	case int:
		return raw(appendInt(nil, int64(v)))
	case parser.Type:
		return raw([]byte{byte(v)})
	case string:
		return raw(appendString(nil, v))
	case []byte:
		return raw(appendBin(nil, v))
	}
	panic(fmt.Sprintf("mp: %T", v))
}

func arr(elements ...any) raw {
	b := raw(appendArray(nil, len(elements)))
	for _, v := range elements {
		b += mp(v)
	}
	return b
}

// obj makes a map of names and values.
func obj(members ...any) raw {
	b := raw([]byte{codeFixMap | byte(len(members)/2)})
	for _, v := range members {
		b += mp(v)
	}
	return b
}

// event is an event with one argument.
func event(arg any) raw { return obj("type", parser.Event, "nsp", "/", "data", arr("e", arg)) }

// hexed is a value given in hexadecimal digits, with spaces.
func hexed(s string) raw {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return raw(b)
}

func decode(message raw) (parser.Packet, error) {
	p, ok, err := NewDecoder(nil).Binary([]byte(message))
	if ok != (err == nil) {
		panic("ok beside an error, or neither")
	}
	return p, err
}

// values scans arguments.
func values(t *testing.T, a parser.Args) (list []any) {
	t.Helper()
	for i := range a.Len() {
		var v any
		if err := a.Decode(i, &v); err != nil {
			t.Fatalf("argument %d: %v", i, err)
		}
		list = append(list, v)
	}
	return list
}
