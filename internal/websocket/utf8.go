package websocket

import "unicode/utf8"

// utf8Checker checks a text message as its bytes arrive, so that a bad one
// fails the connection at once and not at the end of the message. The zero
// value is at the start of a message.
type utf8Checker struct {
	tail [utf8.UTFMax]byte // the beginning of a code point that is not complete
	n    uint8             // bytes of tail in use
}

// write says whether b continues a text that was valid so far.
func (u *utf8Checker) write(b []byte) bool {
	for u.n > 0 && len(b) > 0 {
		u.tail[u.n] = b[0]
		u.n++
		b = b[1:]
		if seq := u.tail[:u.n]; utf8.FullRune(seq) { // complete, or already wrong
			if _, size := utf8.DecodeRune(seq); size != len(seq) {
				return false
			}
			u.n = 0
		}
	}
	if len(b) == 0 {
		return true
	}
	end := len(b)
	for i := end - 1; i >= 0 && i > end-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				end = i
			}
			break
		}
	}
	u.n = uint8(copy(u.tail[:], b[end:]))
	return utf8.Valid(b[:end])
}

// complete says whether the text may end here.
func (u *utf8Checker) complete() bool { return u.n == 0 }
