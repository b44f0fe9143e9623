package msgpack

import (
	"bytes"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

// An encoder translates JSON, which package parser has made and which is therefore valid, in one pass.
type encoder struct {
	text        []byte
	attachments []parser.Attachment
	open        []container
}

// A container is an array or object that the encoder is in. How many values it holds is known at its end.
type container struct {
	at     int // of its header in the output
	values int // names included
	object bool
	wide   bool // the header has room for 32 bits
}

// maxNarrow is the depth up to which a container's header is first made for the usual few elements, and what is in it
// moved if there are more. Farther down it has the longest form, so that the time does not grow with the square of the
// depth.
const maxNarrow = 8

// append appends the values of the text.
func (e *encoder) append(dst []byte) []byte {
	attachments := e.attachments
	for i := 0; i < len(e.text); {
		c := e.text[i]
		switch c {
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
			continue
		case ']', '}':
			dst = e.pop(dst)
			i++
			continue
		}
		if len(e.open) > 0 {
			e.open[len(e.open)-1].values++
		}
		switch c {
		case '{', '[':
			if len(attachments) > 0 && attachments[0].Pos == i {
				dst = appendBin(dst, attachments[0].Data)
				attachments = attachments[1:]
				i += bytes.IndexByte(e.text[i:], '}') + 1
				continue
			}
			dst = e.push(dst, c == '{')
			i++
		case '"':
			dst, i = e.string(dst, i)
		case 't':
			dst = append(dst, codeTrue)
			i += len("true")
		case 'f':
			dst = append(dst, codeFalse)
			i += len("false")
		case 'n':
			dst = append(dst, codeNil)
			i += len("null")
		default:
			dst, i = e.number(dst, i)
		}
	}
	return dst
}

func (e *encoder) push(dst []byte, object bool) []byte {
	c := container{at: len(dst), object: object, wide: len(e.open) >= maxNarrow}
	e.open = append(e.open, c)
	if c.wide {
		dst = append(dst, 0, 0, 0, 0)
	}
	return append(dst, 0)
}

// pop writes the header of the current container.
func (e *encoder) pop(dst []byte) []byte {
	c := e.open[len(e.open)-1]
	e.open = e.open[:len(e.open)-1]
	n, fix, code16, code32 := c.values, byte(codeFixArray), byte(codeArray16), byte(codeArray32)
	if c.object {
		n, fix, code16, code32 = c.values/2, codeFixMap, codeMap16, codeMap32
	}
	const few = 16
	switch {
	case c.wide:
		dst[c.at] = code32
		be.PutUint32(dst[c.at+1:], uint32(n))
	case n < few:
		dst[c.at] = fix | byte(n)
	case n <= math.MaxUint16:
		dst = widen(dst, c.at+1, 2)
		dst[c.at] = code16
		be.PutUint16(dst[c.at+1:], uint16(n))
	default:
		dst = widen(dst, c.at+1, 4)
		dst[c.at] = code32
		be.PutUint32(dst[c.at+1:], uint32(n))
	}
	return dst
}

// widen makes room for n bytes, at most 4.
func widen(b []byte, at, n int) []byte {
	end := len(b)
	b = append(b, "\x00\x00\x00\x00"[:n]...)
	copy(b[at+n:], b[at:end])
	return b
}

// string appends the string at i, and returns the position behind it.
func (e *encoder) string(dst []byte, i int) ([]byte, int) {
	s := e.text[i+1:]
	s = s[:bytes.IndexByte(s, '"')]
	if bytes.IndexByte(s, '\\') < 0 {
		return appendString(dst, s), i + len(s) + 2
	}
	end := i + 1
	for e.text[end] != '"' {
		if e.text[end] == '\\' {
			end++
		}
		end++
	}
	end++
	// It does not get longer. Its length is known behind it.
	start := len(dst)
	const maxHeader = 5
	dst = append(dst, "\x00\x00\x00\x00\x00"[:maxHeader]...)
	dst, _ = jsontext.AppendUnquote(dst, e.text[i:end]) // reports only what it replaces
	n := len(dst) - start - maxHeader
	header := len(appendStringHeader(dst[:start], n)) - start
	copy(dst[start+header:], dst[start+maxHeader:])
	return dst[:start+header+n], end
}

// number appends the number at i, and returns the position behind it: as an integer if it is written as one that fits.
func (e *encoder) number(dst []byte, i int) ([]byte, int) {
	start := i
	integer := true
	var n uint64
	if e.text[i] == '-' {
		i++
	}
	digits := i
	for ; i < len(e.text); i++ {
		switch c := e.text[i]; c {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			n = 10*n + uint64(c-'0')
			continue
		case '.', 'e', 'E', '+', '-':
			integer = false
			continue
		}
		break
	}
	const exact = 19 // digits of any number below 2^64
	if integer && i-digits > exact {
		var err error
		n, err = strconv.ParseUint(string(e.text[digits:i]), 10, 64)
		integer = err == nil
	}
	if integer {
		switch {
		case start == digits:
			return appendUint(dst, n), i
		case n > 0 && n <= 1<<63: // there is no integer -0
			return appendInt(dst, -int64(n)), i
		}
	}
	f, _ := strconv.ParseFloat(string(e.text[start:i]), 64) // out of range: infinite, as in JavaScript
	return appendFloat(dst, f), i
}
