package msgpack

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

// Decoder is the [parser.PacketDecoder] of a [Codec]. Each message is a packet, so it keeps nothing in between. It may
// be used concurrently. The zero value is ready to use.
type Decoder struct {
	limits *parser.Limits
}

var _ parser.PacketDecoder = (*Decoder)(nil)

// NewDecoder makes a decoder. The limits may be shared by many and must not change while in use; nil means the defaults.
func NewDecoder(limits *parser.Limits) *Decoder { return &Decoder{limits: limits} }

// Text returns [ErrText].
func (*Decoder) Text([]byte) (p parser.Packet, ok bool, err error) {
	return parser.Packet{}, false, ErrText
}

// Pending returns false.
func (*Decoder) Pending() bool { return false }

// Binary decodes a packet, which then owns its memory. b is only borrowed.
func (d *Decoder) Binary(b []byte) (p parser.Packet, ok bool, err error) {
	t := newTranscoder(b, d.limits)
	defer t.release()
	if int64(len(b)) > t.limits.MaxBytes {
		return parser.Packet{}, false, parser.ErrTooLarge
	}
	if err := t.packet(&p); err != nil {
		return parser.Packet{}, false, err
	}
	return p, true, nil
}

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

// The members of a packet, as bits.
const (
	hasType = 1 << iota
	hasNamespace
	hasID
	hasData
)

// packet decodes the message.
func (t *transcoder) packet(p *parser.Packet) error {
	m, err := t.next()
	if err != nil || m.kind != kindMap {
		return ErrSyntax
	}
	var seen byte
	later := 0 // where the data is, if it comes before the type
	for range m.n {
		key, err := t.next()
		if err != nil || key.kind != kindStr {
			return ErrSyntax
		}
		var member byte
		switch string(t.bytes(key)) {
		case keyType:
			member, err = hasType, t.packetType(p)
		case keyNamespace:
			member, err = hasNamespace, t.namespace(p)
		case keyID:
			member, err = hasID, t.id(p)
		case keyData:
			member = hasData
			if seen&hasType != 0 {
				err = t.data(p)
			} else {
				later = t.i
				err = t.skip()
			}
		default: // such as "options", which JavaScript clients send and nobody reads
			err = t.skip()
		}
		switch {
		case err != nil:
			return err
		case seen&member != 0:
			return ErrSyntax
		}
		seen |= member
	}
	switch {
	case t.i < len(t.b):
		return ErrSyntax
	case seen&hasType == 0:
		return parser.ErrType
	case seen&hasNamespace == 0:
		return parser.ErrNamespace
	case later > 0:
		t.i = later
		return t.data(p)
	case seen&hasData == 0 && (p.Type == parser.Event || p.Type == parser.Ack):
		return parser.ErrPayload
	}
	return nil
}

func (t *transcoder) packetType(p *parser.Packet) error {
	v, err := t.next()
	switch {
	case err != nil:
		return err
	case v.kind != kindUint || v.n > uint64(parser.ConnectError):
		return parser.ErrType
	}
	p.Type = parser.Type(v.n)
	return nil
}

func (t *transcoder) namespace(p *parser.Packet) error {
	v, err := t.next()
	switch {
	case err != nil:
		return err
	case v.kind != kindStr:
		return parser.ErrNamespace
	}
	name := t.bytes(v)
	if len(name) == 0 || name[0] != '/' || len(name) > t.limits.MaxNamespace || bytes.IndexByte(name, ',') >= 0 ||
		!utf8.Valid(name) {
		return parser.ErrNamespace
	}
	p.Namespace = "/"
	if len(name) > 1 {
		p.Namespace = string(name)
	}
	return nil
}

func (t *transcoder) id(p *parser.Packet) error {
	v, err := t.next()
	switch {
	case err != nil:
		return err
	case v.undefined():
	case v.kind != kindUint:
		return parser.ErrID
	default:
		p.ID, p.HasID = v.n, true
	}
	return nil
}

// data decodes the data of a packet whose type is known.
func (t *transcoder) data(p *parser.Packet) error {
	start := t.i
	v, err := t.next()
	if err != nil {
		return err
	}
	switch p.Type {
	case parser.Event, parser.Ack:
		if v.kind != kindArray {
			return parser.ErrPayload
		}
		return t.args(p, v.n)
	case parser.Connect, parser.ConnectError:
		if v.undefined() {
			return nil
		}
		if v.kind != kindMap && (v.kind != kindStr || p.Type == parser.Connect) {
			return parser.ErrPayload
		}
		t.i = start
		t.noBinary = true
		if err := t.value(t.limits.MaxDepth); err != nil {
			return err
		}
		p.Data = bytes.Clone(t.text)
		return nil
	case parser.Disconnect, parser.BinaryEvent, parser.BinaryAck:
	}
	if !v.undefined() {
		return parser.ErrPayload
	}
	return nil
}

// args decodes n arguments, and the name of an event before them.
func (t *transcoder) args(p *parser.Packet, n uint64) error {
	event := p.Type == parser.Event
	if event {
		if n == 0 {
			return parser.ErrPayload
		}
		if err := t.name(); err != nil {
			return err
		}
		n--
	}
	t.base = len(t.text)
	for i := range n {
		if event || i > 0 {
			t.text = append(t.text, ',')
		}
		if err := t.value(t.limits.MaxDepth - 1); err != nil {
			return err
		}
		t.ends = append(t.ends, len(t.text)-t.base)
	}
	s := string(t.text) // the name and the arguments share the one copy
	p.Event = s[:t.base]
	p.Args = parser.NewArgs(s[t.base:], t.ends, t.attachments)
	return nil
}

// name appends the name of an event, which is a string or a number that is an integer.
func (t *transcoder) name() error {
	const maxSafe = 1<<53 - 1
	v, err := t.next()
	if err != nil {
		return err
	}
	n := int64(v.n)
	switch v.kind {
	case kindStr:
		name := t.bytes(v)
		if parser.ReservedEvent(string(name)) {
			return parser.ErrReservedEvent
		}
		if !utf8.Valid(name) {
			return ErrSyntax
		}
		t.text = append(t.text, name...)
		return nil
	case kindFloat:
		f := math.Float64frombits(v.n)
		if f != math.Trunc(f) || math.Abs(f) > maxSafe {
			return parser.ErrPayload
		}
		n = int64(f)
	case kindUint, kindInt:
	default:
		return parser.ErrPayload
	}
	if n > maxSafe || n < -maxSafe || v.kind == kindUint && n < 0 {
		return parser.ErrPayload
	}
	t.text = strconv.AppendInt(t.text, n, 10)
	return nil
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

// plain reports whether s is ASCII that needs no escapes in JSON, testing eight bytes at a time. It may err about s that
// is not.
func plain(s []byte) bool {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for ; len(s) >= 8; s = s[8:] {
		w := be.Uint64(s)
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// Subtracting one from a byte that is zero sets its high bit, and so does a byte below it in doing so, at worst.
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
