package parser

import "encoding/binary"

// The functions of this file check the syntax of JSON (RFC 8259) and find where
// values end. They take invalid UTF-8 and lone surrogates inside of strings, as
// JSON.parse in Node does with what UTF-8 decoding left. They neither recurse
// nor, up to 64 levels of nesting, allocate. Each returns the position behind
// what it skipped, or -1 for a syntax error and tooDeep.

const (
	badSyntax = -1
	tooDeep   = -2
)

func syntaxError(code int) error {
	if code == tooDeep {
		return ErrDepth
	}
	return ErrPayload
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func isDigit(c byte) bool { return c-'0' <= 9 }

// skipValue skips the value that begins at i (no white space before it), in which
// arrays and objects may nest depth levels.
func skipValue(b []byte, i, depth int) int {
	if i < len(b) && (b[i] == '[' || b[i] == '{') {
		return skipNested(b, i, depth)
	}
	return skipScalar(b, i)
}

func skipScalar(b []byte, i int) int {
	if i >= len(b) {
		return badSyntax
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case 't':
		return skipLiteral(b, i, "true")
	case 'f':
		return skipLiteral(b, i, "false")
	case 'n':
		return skipLiteral(b, i, "null")
	default:
		return skipNumber(b, i)
	}
}

func skipLiteral(b []byte, i int, lit string) int {
	if len(b)-i < len(lit) || string(b[i:i+len(lit)]) != lit {
		return badSyntax
	}
	return i + len(lit)
}

func skipNumber(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i >= len(b) || !isDigit(b[i]):
		return badSyntax
	case b[i] == '0':
		i++
	default:
		i = skipDigits(b, i)
	}
	if i < len(b) && b[i] == '.' {
		start := i + 1
		if i = skipDigits(b, start); i == start {
			return badSyntax
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		start := i
		if i = skipDigits(b, start); i == start {
			return badSyntax
		}
	}
	return i
}

func skipDigits(b []byte, i int) int {
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	return i
}

// skipString skips the string whose quotation mark is at i.
func skipString(b []byte, i int) int {
	i++
	for {
		i = skipPlain(b, i)
		if i >= len(b) {
			return badSyntax
		}
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			if i = skipEscape(b, i+1); i < 0 {
				return i
			}
		default:
			return badSyntax // a control character
		}
	}
}

// skipPlain returns the position of the next quotation mark, backslash or control
// character, testing eight bytes at a time.
func skipPlain(b []byte, i int) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for ; len(b)-i >= 8; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		// A byte is zero if subtracting one borrows from its clear high bit. What
		// a borrow does to the bytes behind it does not matter: the loop below
		// finds the first.
		if ((quote-ones)&^quote|(slash-ones)&^slash|(w-ones*' ')&^w)&highs != 0 {
			break
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// skipEscape skips an escape sequence behind its backslash.
func skipEscape(b []byte, i int) int {
	if i >= len(b) {
		return badSyntax
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		if len(b)-i < 5 {
			return badSyntax
		}
		for _, c := range b[i+1 : i+5] {
			if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
				return badSyntax
			}
		}
		return i + 5
	}
	return badSyntax
}

// nesting is a stack of bits, set for objects and clear for arrays.
type nesting struct {
	top   uint64   // the innermost levels, the current one lowest
	n     int      // levels
	words []uint64 // full words below top
}

func (s *nesting) push(object bool) {
	if s.n > 0 && s.n%64 == 0 {
		s.words = append(s.words, s.top)
	}
	s.top <<= 1
	if object {
		s.top |= 1
	}
	s.n++
}

func (s *nesting) pop() {
	s.top >>= 1
	s.n--
	if s.n > 0 && s.n%64 == 0 {
		s.top = s.words[len(s.words)-1]
		s.words = s.words[:len(s.words)-1]
	}
}

func (s *nesting) inObject() bool { return s.top&1 != 0 }

// skipNested skips the array or object that begins at i.
func skipNested(b []byte, i, depth int) int {
	var stack nesting
	for {
		// At the beginning of a value.
		if i = skipSpace(b, i); i >= len(b) {
			return badSyntax
		}
		if c := b[i]; c == '[' || c == '{' {
			if stack.n >= depth {
				return tooDeep
			}
			stack.push(c == '{')
			i = skipSpace(b, i+1)
			if i < len(b) && b[i] == c+2 { // ']' and '}' are two behind '[' and '{'
				i++
				stack.pop()
			} else {
				if c == '{' {
					i = skipName(b, i)
				}
				if i < 0 {
					return i
				}
				continue
			}
		} else if i = skipScalar(b, i); i < 0 {
			return i
		}
		if i = skipClosing(b, i, &stack); i < 0 || stack.n == 0 {
			return i
		}
	}
}

// skipClosing skips what may follow a value, up to the next one: the ends of
// arrays and objects, and a comma with the name of the next member.
func skipClosing(b []byte, i int, stack *nesting) int {
	for stack.n > 0 {
		if i = skipSpace(b, i); i >= len(b) {
			return badSyntax
		}
		object := stack.inObject()
		switch c := b[i]; {
		case c == ',' && object:
			return skipName(b, skipSpace(b, i+1))
		case c == ',':
			return i + 1
		case c == '}' && object, c == ']' && !object:
			stack.pop()
			i++
		default:
			return badSyntax
		}
	}
	return i
}

// skipName skips the name of a member and the colon behind it.
func skipName(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return badSyntax
	}
	if i = skipString(b, i); i < 0 {
		return i
	}
	if i = skipSpace(b, i); i >= len(b) || b[i] != ':' {
		return badSyntax
	}
	return i + 1
}
