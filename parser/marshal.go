package parser

import (
	"cmp"
	jsonv1 "encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// marshaler is the reusable state of marshaling arguments.
type marshaler struct {
	types plainTypes
	plain json.Options
	// hooked is plain with a function that sees each value first. The cache of the JSON
	// package in it, by type, is why this is kept.
	hooked json.Options

	// Of the current call.
	max         int // attachments
	attachments [][]byte
	places      []int  // where in the text their placeholders begin, or somewhat before
	out         []byte // what Write appends to
	base        int    // length of out when the JSON package began
}

var marshalers = sync.Pool{New: func() any {
	m := &marshaler{types: newPlainTypes(plainToMarshal)}
	// Names are unique or the user's business; checking costs.
	m.plain = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	m.hooked = json.JoinOptions(m.plain, json.WithMarshalers(json.MarshalToFunc(m.hook)))
	return m
}}

func newMarshaler(maxAttachments int) *marshaler {
	m, _ := marshalers.Get().(*marshaler)
	m.max = maxAttachments
	return m
}

func (m *marshaler) release() {
	m.attachments, m.places, m.out = nil, m.places[:0], nil
	marshalers.Put(m)
}

// maxOwnDepth is the depth from which on the JSON package marshals, because it finds
// data that refers to itself.
const maxOwnDepth = 100

// append appends v as JSON: the common dynamic types by itself, the others by the JSON
// package. The output does not depend on who does it.
func (m *marshaler) append(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return appendString(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case int32:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case uint64:
		return strconv.AppendUint(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v), nil
	case []byte:
		return m.appendAttachment(dst, v, len(dst))
	case []any:
		if depth < maxOwnDepth {
			return m.appendArray(dst, v, depth+1)
		}
	case map[string]any:
		if depth < maxOwnDepth {
			return m.appendObject(dst, v, depth+1)
		}
	}
	return m.appendJSON(dst, v)
}

func (m *marshaler) appendArray(dst []byte, array []any, depth int) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, v := range array {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = m.append(dst, v, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func (m *marshaler) appendObject(dst []byte, object map[string]any, depth int) (_ []byte, err error) {
	dst = append(dst, '{')
	comma := false
	for name, v := range object {
		if comma {
			dst = append(dst, ',')
		}
		comma = true
		dst = append(appendString(dst, name), ':')
		if dst, err = m.append(dst, v, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return jsontext.AppendFloat(dst, f, 64)
}

// appendAttachment appends a placeholder for b, which begins at pos of the text or behind
// punctuation there. A nil slice is null, so that nothing and empty stay different things.
func (m *marshaler) appendAttachment(dst, b []byte, pos int) ([]byte, error) {
	if b == nil {
		return append(dst, "null"...), nil
	}
	n := len(m.attachments)
	if n >= m.max {
		return dst, ErrTooManyAttachments
	}
	m.attachments, m.places = append(m.attachments, b), append(m.places, pos)
	dst = append(dst, `{"_placeholder":true,"num":`...)
	return append(strconv.AppendInt(dst, int64(n), 10), '}'), nil
}

// appendJSON appends v as the JSON package marshals it.
func (m *marshaler) appendJSON(dst []byte, v any) ([]byte, error) {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Func {
		return dst, ErrFunc
	}
	attached := len(m.attachments)
	m.out, m.base = dst, len(dst)
	opts := m.hooked
	if m.types.plain(t) {
		opts = m.plain
	}
	err := json.MarshalWrite(m, v, opts)
	if err != nil && opts == m.plain {
		// The hook also takes floats that are no JSON numbers.
		m.out, m.attachments, m.places = m.out[:m.base], m.attachments[:attached], m.places[:attached]
		err = json.MarshalWrite(m, v, m.hooked)
	}
	if errors.Is(err, ErrTooManyAttachments) {
		err = ErrTooManyAttachments // says it all
	}
	dst, m.out = m.out, nil
	return dst, err
}

// Write appends what the JSON package has marshaled.
func (m *marshaler) Write(b []byte) (int, error) {
	m.out = append(m.out, b...)
	return len(b), nil
}

// hook is called before a value is marshaled, with a pointer to it.
func (m *marshaler) hook(enc *jsontext.Encoder, ptr any) error {
	if kind, n := enc.StackIndex(enc.StackDepth()); kind == '{' && n%2 == 0 {
		return errors.ErrUnsupported // the name of a member
	}
	switch p := ptr.(type) {
	case *[]byte:
		return m.writeAttachment(enc, *p)
	case *string, *any:
		return errors.ErrUnsupported
	case *jsonv1.Number:
		// Until Go 1.27 the JSON package takes it for a string.
		return enc.WriteValue(jsontext.Value(cmp.Or(*p, "0")))
	}
	v := reflect.ValueOf(ptr).Elem()
	switch t := v.Type(); v.Kind() {
	case reflect.Slice:
		if isBytes(t) && !hasMarshaler(t) {
			return m.writeAttachment(enc, v.Bytes())
		}
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); (math.IsNaN(f) || math.IsInf(f, 0)) && !hasMarshaler(t) {
			return enc.WriteToken(jsontext.Null)
		}
	default:
	}
	return errors.ErrUnsupported
}

func (m *marshaler) writeAttachment(enc *jsontext.Encoder, b []byte) error {
	placeholder, err := m.appendAttachment(enc.AvailableBuffer(), b, m.base+int(enc.OutputOffset()))
	if err != nil {
		return err
	}
	return enc.WriteValue(placeholder)
}
