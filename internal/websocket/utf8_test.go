package websocket

import (
	"testing"
	"unicode/utf8"
)

// TestUTF8Checker splits short strings of all interesting bytes in all ways
// and compares with unicode/utf8, which sees them whole.
func TestUTF8Checker(t *testing.T) {
	alphabet := []byte("a\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xed\xef\xf0\xf1\xf4\xf5\xff")
	var grow func(b []byte, n int)
	grow = func(b []byte, n int) {
		checkSplits(t, b)
		if n > 0 {
			for _, c := range alphabet {
				grow(append(b[:len(b):len(b)], c), n-1)
			}
		}
	}
	grow(nil, 4)
}

func checkSplits(t *testing.T, b []byte) {
	t.Helper()
	want := utf8.Valid(b)
	for cut := range len(b) + 1 {
		var u utf8Checker
		if got := u.write(b[:cut]) && u.write(b[cut:]) && u.complete(); got != want {
			t.Fatalf("%x cut at %d: got %v", b, cut, got)
		}
	}
	// It fails at the first byte after which no text is valid.
	var u utf8Checker
	for i := range b {
		ok := u.write(b[i : i+1])
		if possible := viable(b[:i+1]); ok != possible {
			t.Fatalf("%x after byte %d: got %v", b, i, ok)
		}
		if !ok {
			return
		}
	}
}

// viable says whether b can be continued to valid UTF-8.
func viable(b []byte) bool {
	for len(b) > 0 && utf8.FullRune(b) {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return false
		}
		b = b[size:]
	}
	return true
}
