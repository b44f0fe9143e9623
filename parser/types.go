package parser

import (
	"encoding"
	jsonv1 "encoding/json"
	"reflect"

	"github.com/go-json-experiment/json"
)

// isBytes reports whether values of the type are slices of bytes.
func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem() == reflect.TypeFor[byte]()
}

// hasMarshaler reports whether the JSON package marshals values of the type by
// calling a method of theirs.
func hasMarshaler(t reflect.Type) bool {
	return implements[json.MarshalerTo](t) || implements[json.Marshaler](t) ||
		implements[encoding.TextAppender](t) || implements[encoding.TextMarshaler](t)
}

// hasUnmarshaler is the same for unmarshaling.
func hasUnmarshaler(t reflect.Type) bool {
	return implements[json.UnmarshalerFrom](t) || implements[json.Unmarshaler](t) ||
		implements[encoding.TextUnmarshaler](t)
}

func implements[I any](t reflect.Type) bool {
	i := reflect.TypeFor[I]()
	return t.Implements(i) || t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(i)
}

// plainTypes caches which types are plain: the JSON package handles their values without
// a hook of ours, which would cost most of the time.
type plainTypes struct {
	// inspect tells of a single type whether it is plain. If it is not final, that
	// depends on the types it is made of, too.
	inspect func(t reflect.Type) (plain, final bool)
	known   map[reflect.Type]bool
}

func newPlainTypes(inspect func(reflect.Type) (plain, final bool)) plainTypes {
	return plainTypes{inspect: inspect, known: make(map[reflect.Type]bool)}
}

func (p plainTypes) plain(t reflect.Type) bool {
	plain, ok := p.known[t]
	if !ok {
		plain = p.walk(t, make(map[reflect.Type]bool))
		p.known[t] = plain
	}
	return plain
}

// walk takes a type already seen as plain: if it is not, the call that saw it first
// says so.
func (p plainTypes) walk(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	if plain, final := p.inspect(t); final || !plain {
		return plain
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Array:
		return p.walk(t.Elem(), seen)
	case reflect.Map:
		return p.walk(t.Key(), seen) && p.walk(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if !p.walk(t.Field(i).Type, seen) {
				return false
			}
		}
	default: // made of no further types
	}
	return true
}

// plainToMarshal inspects a type for a [marshaler]: a value of a plain one has no
// attachments and no numbers that the JSON package does not know.
func plainToMarshal(t reflect.Type) (plain, final bool) {
	switch {
	case t.Kind() == reflect.Interface || implements[json.MarshalerTo](t):
		return false, true // could write anything
	case t == reflect.TypeFor[jsonv1.Number]():
		return false, true
	case hasMarshaler(t):
		return true, true
	}
	return !isBytes(t), false
}

// plainToUnmarshal inspects a type for a [scanner]. It is about values without
// attachments: only numbers matter.
func plainToUnmarshal(t reflect.Type) (plain, final bool) {
	switch {
	case implements[json.UnmarshalerFrom](t):
		return false, true // could read into anything
	case t == reflect.TypeFor[jsonv1.Number]():
		return false, true
	}
	return true, hasUnmarshaler(t)
}
