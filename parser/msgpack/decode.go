package msgpack

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/socketio-go/socketio/parser"
)

// Decoder is the [parser.PacketDecoder] of a [Codec]. Each message is a packet, so it keeps nothing in between, and it
// may be used concurrently. The zero value is ready to use.
type Decoder struct {
	limits *parser.Limits
}

var _ parser.PacketDecoder = (*Decoder)(nil)

// NewDecoder makes a decoder. The limits may be shared by many and must not change while in use; nil means the
// defaults.
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
