package parser

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// Decoder turns the messages of one connection into packets. The zero value is
// ready to use. It must not be used concurrently; while no packet is incomplete
// it holds no memory.
type Decoder struct {
	// Limits may be shared by many decoders and must not change while in use;
	// nil means the defaults.
	Limits *Limits

	pending *pending
}

// pending is a packet whose attachments have not all arrived.
type pending struct {
	packet Packet
	want   int // attachments
	have   [][]byte
	size   int64
}

// NewDecoder returns a decoder with the given limits; nil means the defaults.
func NewDecoder(limits *Limits) *Decoder { return &Decoder{Limits: limits} }

// Pending reports whether a packet is incomplete: only attachments may follow.
func (d *Decoder) Pending() bool { return d.pending != nil }

// Reset forgets an incomplete packet. The decoder can go on with another text.
func (d *Decoder) Reset() { d.pending = nil }

// Text decodes a text message. It reports ok if that completes a packet, which
// then owns its memory; otherwise its attachments are due. b is only borrowed. An
// error resets the decoder.
func (d *Decoder) Text(b []byte) (p Packet, ok bool, err error) {
	if d.Pending() {
		d.Reset()
		return Packet{}, false, ErrUnexpectedText
	}
	limits := d.Limits.WithDefaults()
	if int64(len(b)) > limits.MaxBytes {
		return Packet{}, false, ErrTooLarge
	}
	attachments, rest, err := decodeHeader(&p, b, &limits)
	if err != nil {
		return Packet{}, false, err
	}
	if err := decodePayload(&p, rest, &limits); err != nil {
		return Packet{}, false, err
	}
	if attachments > 0 {
		d.pending = &pending{packet: p, want: attachments, size: int64(len(b))}
		return Packet{}, false, nil
	}
	return p, true, nil
}

// Binary decodes a binary message: the next attachment of the incomplete packet.
// It reports ok if that completes the packet. b is only borrowed. An error resets
// the decoder.
func (d *Decoder) Binary(b []byte) (p Packet, ok bool, err error) {
	q := d.pending
	if q == nil {
		return Packet{}, false, ErrUnexpectedBinary
	}
	limits := d.Limits.WithDefaults()
	if q.size += int64(len(b)); q.size > limits.MaxBytes {
		d.Reset()
		return Packet{}, false, ErrTooLarge
	}
	// Never nil: a nil slice would look like null to the receiver.
	q.have = append(q.have, append(make([]byte, 0, len(b)), b...))
	if len(q.have) < q.want {
		return Packet{}, false, nil
	}
	d.Reset()
	p = q.packet
	if p.Args.bin, err = newBinary(p.Args.text, q.have); err != nil {
		return Packet{}, false, err
	}
	return p, true, nil
}

// decodeHeader decodes what precedes the payload:
//
//	<type>[<attachments>-][<namespace>,][<id>]
func decodeHeader(p *Packet, b []byte, limits *Limits) (attachments int, rest []byte, err error) {
	if len(b) == 0 || b[0] < '0' || b[0] > '0'+byte(BinaryAck) {
		return 0, nil, ErrType
	}
	p.Type, b = Type(b[0]-'0'), b[1:]

	if p.Type == BinaryEvent || p.Type == BinaryAck {
		p.Type -= BinaryEvent - Event
		end := skipDigits(b, 0)
		n, err := strconv.Atoi(string(b[:end]))
		if err != nil || n < 1 || n > limits.MaxAttachments || end == len(b) || b[end] != '-' {
			return 0, nil, ErrAttachments
		}
		attachments, b = n, b[end+1:]
	}

	p.Namespace = "/"
	if len(b) > 0 && b[0] == '/' {
		end, next := len(b), len(b)
		if i := bytes.IndexByte(b, ','); i >= 0 {
			end, next = i, i+1
		}
		if end > limits.MaxNamespace {
			return 0, nil, ErrNamespace
		}
		if end > 1 {
			p.Namespace = strings.ToValidUTF8(string(b[:end]), "\uFFFD")
		}
		if len(p.Namespace) > limits.MaxNamespace { // three bytes for one
			return 0, nil, ErrNamespace
		}
		b = b[next:]
	}

	if end := skipDigits(b, 0); end > 0 {
		const maxDigits = 20 // of a uint64; more could only be leading zeros
		if end > maxDigits {
			return 0, nil, ErrID
		}
		if p.ID, err = strconv.ParseUint(string(b[:end]), 10, 64); err != nil {
			return 0, nil, ErrID
		}
		p.HasID, b = true, b[end:]
	}
	return attachments, b, nil
}

// decodePayload checks the payload against the type and sets what the packet takes
// from it.
func decodePayload(p *Packet, b []byte, limits *Limits) (err error) {
	if len(b) == 0 {
		p.Empty = p.Type == Event
		return nil
	}
	switch p.Type {
	case Event:
		return decodeEvent(p, b, limits)
	case Ack:
		if b[0] != '[' {
			return ErrPayload
		}
		p.Args.ends, err = splitArgs(b, 1, false, limits.MaxDepth)
		if err == nil {
			p.Args.text = string(b[1:])
		}
		return err
	case Connect, ConnectError:
		if b[0] != '{' && (b[0] != '"' || p.Type == Connect) {
			return ErrPayload
		}
		end := skipValue(b, 0, limits.MaxDepth)
		if end < 0 {
			return syntaxError(end)
		}
		if skipSpace(b, end) != len(b) {
			return ErrPayload
		}
		p.Data = bytes.Clone(b[:end])
		return nil
	case Disconnect, BinaryEvent, BinaryAck: // a DISCONNECT has no payload; binary types are Event and Ack by now
	}
	return ErrPayload
}

func decodeEvent(p *Packet, b []byte, limits *Limits) error {
	if b[0] != '[' {
		return ErrPayload
	}
	start := skipSpace(b, 1)
	end := skipScalar(b, start) // neither an array nor an object is a name
	if end < 0 || b[start] != '"' && b[start] != '-' && !isDigit(b[start]) {
		return ErrPayload
	}
	ends, err := splitArgs(b, end, true, limits.MaxDepth)
	if err != nil {
		return err
	}
	// The name and the arguments share the one copy.
	s := string(b[start:])
	p.Event, err = eventName(s[:end-start])
	p.Args = Args{text: s[end-start:], ends: ends}
	return err
}

// eventName returns the event's name, given as JSON.
func eventName(s string) (string, error) {
	if s[0] == '"' {
		name := unquote(s)
		if ReservedEvent(name) {
			return "", ErrReservedEvent
		}
		return name, nil
	}
	// A number. JavaScript writes integers without fraction or exponent.
	const maxSafe = 1<<53 - 1
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > maxSafe {
		return "", ErrPayload
	}
	return strconv.FormatInt(int64(f), 10), nil
}
