package parser

import (
	jsonv1 "encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// scanFast sets the destinations of the commonest types, in the cases where no
// error is possible. What it sets is what scanJSON would set.
func (a Args) scanFast(start, end int, dest any) bool {
	s := a.text[start:end]
	switch d := dest.(type) {
	case *string:
		if d == nil || s[0] != '"' {
			return false
		}
		*d = a.unquote(s)
	case *int:
		n, err := strconv.Atoi(s)
		if d == nil || err != nil {
			return false
		}
		*d = n
	case *int64:
		n, err := strconv.ParseInt(s, 10, 64)
		if d == nil || err != nil {
			return false
		}
		*d = n
	case *float64:
		if d == nil || s[0] != '-' && !isDigit(s[0]) {
			return false
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return false
		}
		*d = f
	case *bool:
		if d == nil || s != "true" && s != "false" {
			return false
		}
		*d = s == "true"
	case *[]byte:
		b, ok := a.bin.at(start)
		if d == nil || !ok {
			return false
		}
		*d = b
	case *any:
		// A destination that is not empty may hold a pointer to decode into.
		if d == nil || *d != nil {
			return false
		}
		v, ok := a.anyValue(start, end)
		if !ok {
			return false
		}
		*d = v
	default:
		return false
	}
	return true
}

// unquote returns the value of a JSON string as a string that may be kept.
func (a Args) unquote(s string) string {
	u := unquote(s)
	if len(u) == len(s)-2 {
		return a.own(u)
	}
	return u
}

// unquote returns the value of a JSON string known to be valid. If it needs no
// copy, it is a part of s.
func unquote(s string) string {
	inner := s[1 : len(s)-1]
	if strings.IndexByte(inner, '\\') < 0 && utf8.ValidString(inner) {
		return inner
	}
	b, _ := jsontext.AppendUnquote(nil, s) // reports only the invalid UTF-8, which it replaces
	return string(b)
}

// stringEnd returns the end of the valid JSON string that begins at i.
func stringEnd(s string, i int) int {
	for i++; ; i++ {
		i += strings.IndexByte(s[i:], '"')
		// It ends the string unless an odd number of backslashes precede it. The
		// opening quotation mark stops the count.
		n := 0
		for s[i-1-n] == '\\' {
			n++
		}
		if n%2 == 0 {
			return i + 1
		}
	}
}

// scanner is the reusable state of scanning with the JSON package.
type scanner struct {
	types plainTypes
	plain json.Options
	// hooked is plain with a function that sees each destination first. The cache of the
	// JSON package in it, by type, is why this is kept.
	hooked json.Options

	// Of the current call.
	buf  []byte // the argument
	base int    // its position in the text
	bin  *binaryArgs
}

var scanners = sync.Pool{New: func() any {
	s := &scanner{types: newPlainTypes(plainToUnmarshal)}
	s.plain = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	s.hooked = json.JoinOptions(s.plain, json.WithUnmarshalers(json.UnmarshalFromFunc(s.hook)))
	return s
}}

// maxPooled is the size up to which a buffer is kept for reuse.
const maxPooled = 64 << 10

func (a Args) scanJSON(start, end int, dest any) error {
	s, _ := scanners.Get().(*scanner)
	defer s.release()
	// A copy, because methods of the user's types get to see it.
	s.buf = append(s.buf[:0], a.text[start:end]...)
	opts := s.plain
	if a.bin.within(start, end) {
		opts, s.base, s.bin = s.hooked, start, a.bin
	} else if !s.types.plain(reflect.TypeOf(dest)) {
		opts = s.hooked
	}
	return json.Unmarshal(s.buf, dest, opts)
}

func (s *scanner) release() {
	s.bin = nil
	if cap(s.buf) > maxPooled {
		s.buf = nil
	}
	scanners.Put(s)
}

// hook is called before each value is unmarshaled, with a pointer to its destination.
func (s *scanner) hook(dec *jsontext.Decoder, dest any) error {
	if n, ok := dest.(*jsonv1.Number); ok && dec.PeekKind() == jsontext.KindNumber {
		return unmarshalNumber(dec, n)
	}
	if s.bin != nil && dec.PeekKind() == jsontext.KindBeginObject {
		i := int(dec.InputOffset()) // the end of the token before
		for s.buf[i] != '{' {
			i++
		}
		if b, ok := s.bin.at(s.base + i); ok {
			return unmarshalAttachment(dec, dest, b)
		}
	}
	return errors.ErrUnsupported
}

// unmarshalNumber keeps the number as it is written. Until Go 1.27 the JSON package
// does not know the type.
func unmarshalNumber(dec *jsontext.Decoder, dest *jsonv1.Number) error {
	v, err := dec.ReadValue()
	*dest = jsonv1.Number(v)
	return err
}

// unmarshalAttachment replaces a placeholder.
func unmarshalAttachment(dec *jsontext.Decoder, dest any, b []byte) error {
	switch d := dest.(type) {
	case *[]byte:
		*d = b
		return dec.SkipValue()
	case *any:
		if *d != nil && reflect.TypeOf(*d).Kind() == reflect.Pointer {
			return errors.ErrUnsupported // decode into what it points to
		}
		*d = b
		return dec.SkipValue()
	}
	v := reflect.ValueOf(dest).Elem()
	switch t := v.Type(); {
	case hasUnmarshaler(t):
		return errors.ErrUnsupported // gets the placeholder
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface && !v.IsNil():
		return errors.ErrUnsupported // comes here again with what is in it
	case isBytes(t):
		v.SetBytes(b)
	case t.Kind() == reflect.Array && t.Elem() == reflect.TypeFor[byte]() && t.Len() == len(b):
		reflect.Copy(v, reflect.ValueOf(b))
	default:
		return &json.SemanticError{GoType: t, Err: errBinary}
	}
	return dec.SkipValue()
}
