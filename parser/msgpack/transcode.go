package msgpack

import (
	"encoding/base64"
	"math"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

// A transcoder is the reusable state of decoding: it translates to JSON.
type transcoder struct {
	reader
	limits parser.Limits

	text        []byte
	attachments []parser.Attachment
	ends        []int // of the arguments, in the text behind base
	base        int   // where the arguments begin, behind the name of the event
	noBinary    bool  // binary data becomes base64
	open        []level
}

// A level is an array or map that the transcoder is in.
type level struct {
	left   uint32 // elements to come
	object bool
}

var transcoders = sync.Pool{New: func() any { return &transcoder{} }}

func newTranscoder(b []byte, limits *parser.Limits) *transcoder {
	t, _ := transcoders.Get().(*transcoder)
	t.reader = reader{b: b}
	t.limits = limits.WithDefaults()
	if limits == nil || limits.MaxAttachments <= 0 {
		t.limits.MaxAttachments = MaxAttachments
	}
	return t
}

func (t *transcoder) release() {
	clear(t.attachments)
	*t = transcoder{text: t.text[:0], attachments: t.attachments[:0], ends: t.ends[:0], open: t.open[:0]}
	if max(cap(t.text), cap(t.attachments), cap(t.ends)) <= maxPooled {
		transcoders.Put(t)
	}
}

// value translates a value, in which arrays and maps may nest depth levels.
func (t *transcoder) value(depth int) error {
	for {
		v, err := t.next()
		if err != nil {
			return err
		}
		switch v.kind {
		case kindArray, kindMap:
			if len(t.open) >= depth {
				return parser.ErrDepth
			}
			l := level{left: uint32(v.n), object: v.kind == kindMap}
			t.text = append(t.text, l.opening())
			t.open = append(t.open, l)
		default:
			if err := t.scalar(v); err != nil {
				return err
			}
			t.done()
		}
		for len(t.open) > 0 && t.open[len(t.open)-1].left == 0 {
			t.text = append(t.text, t.open[len(t.open)-1].opening()+2) // ']' and '}' are two behind '[' and '{'
			t.open = t.open[:len(t.open)-1]
			t.done()
		}
		switch {
		case len(t.text) > math.MaxInt32:
			return parser.ErrTooLarge
		case len(t.open) == 0:
			return nil
		}
		if err := t.separate(); err != nil {
			return err
		}
	}
}

func (l level) opening() byte {
	if l.object {
		return '{'
	}
	return '['
}

// done counts an element of the current level.
func (t *transcoder) done() {
	if len(t.open) > 0 {
		t.open[len(t.open)-1].left--
	}
}

// separate appends what precedes an element of the current level: a comma, and the name of a member.
func (t *transcoder) separate() error {
	if c := t.text[len(t.text)-1]; c != '[' && c != '{' {
		t.text = append(t.text, ',')
	}
	if !t.open[len(t.open)-1].object {
		return nil
	}
	name, err := t.next()
	switch {
	case err != nil:
		return err
	case name.kind != kindStr:
		return ErrSyntax
	}
	err = t.str(t.bytes(name))
	t.text = append(t.text, ':')
	return err
}

func (t *transcoder) scalar(v token) error {
	switch v.kind {
	case kindNil:
		t.text = append(t.text, "null"...)
	case kindBool:
		t.text = strconv.AppendBool(t.text, v.n != 0)
	case kindUint:
		t.text = strconv.AppendUint(t.text, v.n, 10)
	case kindInt:
		t.text = strconv.AppendInt(t.text, int64(v.n), 10)
	case kindFloat:
		f := math.Float64frombits(v.n)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			t.text = append(t.text, "null"...)
		} else {
			t.text = jsontext.AppendFloat(t.text, f, 64)
		}
	case kindStr:
		return t.str(t.bytes(v))
	case kindBin:
		return t.binary(t.bytes(v))
	case kindExt:
		if v.ext == extJS && v.code >= codeExt8 && v.code <= codeExt8+2 {
			return t.binary(t.bytes(v))
		}
		var ok bool
		if t.text, ok = appendExt(t.text, v, t.bytes(v)); !ok {
			return ErrSyntax
		}
	case kindArray, kindMap: // no scalars
	}
	return nil
}

// str appends a string of JSON.
func (t *transcoder) str(s []byte) (err error) {
	if plain(s) {
		t.text = append(append(append(t.text, '"'), s...), '"')
		return nil
	}
	if t.text, err = jsontext.AppendQuote(t.text, s); err != nil { // invalid UTF-8
		return ErrSyntax
	}
	return nil
}

// plain reports whether s is ASCII that needs no escapes in JSON, testing eight bytes at a time.
func plain(s []byte) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for ; len(s) >= 8; s = s[8:] {
		w := be.Uint64(s)
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// Subtracting one from a byte that is zero sets its high bit. It borrows from others only where that has
		// decided already.
		if (w|(quote-ones)|(slash-ones)|(w-ones*' '))&highs != 0 {
			return false
		}
	}
	for _, c := range s {
		if c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// binary appends a placeholder for a copy of b.
func (t *transcoder) binary(b []byte) error {
	if t.noBinary {
		t.text = append(base64.StdEncoding.AppendEncode(append(t.text, '"'), b), '"')
		return nil
	}
	n := len(t.attachments)
	if n >= t.limits.MaxAttachments {
		return parser.ErrAttachments
	}
	// Never nil: a nil slice would look like null to the receiver.
	data := append(make([]byte, 0, len(b)), b...)
	t.attachments = append(t.attachments, parser.Attachment{Pos: len(t.text) - t.base, Data: data})
	t.text = append(t.text, `{"_placeholder":true,"num":`...)
	t.text = append(strconv.AppendInt(t.text, int64(n), 10), '}')
	return nil
}
