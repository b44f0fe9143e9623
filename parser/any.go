package parser

import "strconv"

// anyValue decodes a value as the JSON package decodes it into an empty interface,
// with attachments in their places. Of members with the same name it keeps the last,
// as JSON.parse does. It recurses: a [Decoder] bounds the depth. It does not report
// ok if a number is out of range.
func (a Args) anyValue(start, end int) (v any, ok bool) {
	d := anyDecoder{Args: a, i: start, ok: true}
	v = d.value()
	return v, d.ok && d.i == end
}

// anyDecoder decodes text that is known to be valid.
type anyDecoder struct {
	Args
	i  int
	ok bool
}

// peek skips white space, colons and commas, and returns what follows.
func (d *anyDecoder) peek() byte {
	for {
		switch c := d.text[d.i]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			d.i++
		default:
			return c
		}
	}
}

func (d *anyDecoder) value() any {
	switch d.peek() {
	case '{':
		if b, ok := d.bin.at(d.i); ok {
			d.skipObject()
			return b
		}
		return d.object()
	case '[':
		return d.array()
	case '"':
		return d.string()
	case 't':
		d.i += len("true")
		return true
	case 'f':
		d.i += len("false")
		return false
	case 'n':
		d.i += len("null")
		return nil
	default:
		return d.number()
	}
}

func (d *anyDecoder) object() map[string]any {
	m := make(map[string]any)
	d.i++
	for d.peek() != '}' {
		name := d.string()
		m[name] = d.value()
	}
	d.i++
	return m
}

func (d *anyDecoder) array() []any {
	s := []any{}
	d.i++
	for d.peek() != ']' {
		s = append(s, d.value())
	}
	d.i++
	return s
}

func (d *anyDecoder) string() string {
	start := d.i
	d.i = stringEnd(d.text, start)
	return d.unquote(d.text[start:d.i])
}

func (d *anyDecoder) number() any {
	start := d.i
	for d.i < len(d.text) && !delimiter(d.text[d.i]) {
		d.i++
	}
	f, err := strconv.ParseFloat(d.text[start:d.i], 64)
	if err != nil {
		d.ok = false
	}
	return f
}

// skipObject skips a placeholder, which may hold anything besides its two members.
func (d *anyDecoder) skipObject() {
	depth := 0
	for {
		switch d.text[d.i] {
		case '"':
			d.i = stringEnd(d.text, d.i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		d.i++
		if depth == 0 {
			return
		}
	}
}
