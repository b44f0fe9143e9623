package parser

import (
	"math"
	"slices"
	"strings"
)

// Args is an immutable list of undecoded arguments: JSON, and the attachments that
// its placeholders stand for. The zero value is the empty list. Args may be used
// from several goroutines.
//
// Attachments are not copied: every []byte scanned from the same Args shares the
// memory of its attachment, so it must not be modified.
type Args struct {
	text string // the list behind its first bracket or its first element: commas lead
	ends ends
	bin  *binaryArgs // nil without attachments
}

// ends holds where each argument ends, in its text.
type ends struct {
	n     int32
	first [3]int32 // in place, as most events have few arguments
	more  []int32
}

func (e *ends) add(end int) {
	if int(e.n) < len(e.first) {
		e.first[e.n] = int32(end)
	} else {
		e.more = append(e.more, int32(end))
	}
	e.n++
}

func (e *ends) at(i int) int {
	if i < len(e.first) {
		return int(e.first[i])
	}
	return int(e.more[i-len(e.first)])
}

// ParseArgs returns the arguments in the JSON array, whose placeholders stand for
// the attachments. It checks both as a [Decoder] does, but for the number of
// attachments and their size. It copies the array and keeps the attachments.
func ParseArgs(array []byte, attachments [][]byte) (Args, error) {
	start := skipSpace(array, 0)
	switch {
	case len(array) > math.MaxInt32:
		return Args{}, ErrTooLarge
	case start == len(array) || array[start] != '[':
		return Args{}, ErrPayload
	}
	array = array[start:]
	ends, err := splitArgs(array, 1, false, maxDepth)
	if err != nil {
		return Args{}, err
	}
	a := Args{text: string(array[1:]), ends: ends}
	if len(attachments) > 0 {
		if a.bin, err = newBinary(a.text, attachments); err != nil {
			return Args{}, err
		}
	}
	return a, nil
}

// splitArgs checks a JSON array from i on, which is behind its opening bracket or, if
// comma, behind its first element. It returns where the elements from there on end,
// counted from i. Nothing but white space may follow the array.
func splitArgs(b []byte, i int, comma bool, depth int) (e ends, err error) {
	for base := i; ; comma = true {
		i = skipSpace(b, i)
		switch {
		case i < len(b) && b[i] == ']':
			if skipSpace(b, i+1) != len(b) {
				return ends{}, ErrPayload
			}
			return e, nil
		case comma && (i >= len(b) || b[i] != ','):
			return ends{}, ErrPayload
		case comma:
			i = skipSpace(b, i+1)
		}
		if i = skipValue(b, i, depth-1); i < 0 {
			return ends{}, syntaxError(i)
		}
		e.add(i - base)
	}
}

// Len returns the number of arguments.
func (a Args) Len() int { return int(a.ends.n) }

// Raw returns a copy of the JSON text of argument i, placeholders included. It
// panics if there is no such argument, as indexing a slice does.
func (a Args) Raw(i int) []byte {
	start, end := a.span(i)
	return []byte(a.text[start:end])
}

func (a Args) span(i int) (start, end int) {
	if uint(i) >= uint(a.ends.n) {
		panic("parser: argument index out of range") //nolint:forbidigo // a mistake of the caller, as with a slice
	}
	if i > 0 {
		start = a.ends.at(i - 1)
	}
	end = a.ends.at(i)
	for isSpace(a.text[start]) {
		start++
	}
	if a.text[start] == ',' {
		start++
		for isSpace(a.text[start]) {
			start++
		}
	}
	return start, end
}

// Scan decodes argument i into dest[i], for all of dest. Like undefined in
// JavaScript, a missing argument leaves its destination as it is; arguments beyond
// dest are ignored, and so are those whose destination is nil.
//
// A destination is a non-nil pointer. JSON null sets it to its zero value. A []byte
// at any depth receives its attachment, or the bytes of a base64 string, as in
// encoding/json; an array of bytes receives an attachment of its length. An
// interface{} receives an attachment as []byte, otherwise a float64, string, bool,
// nil, map[string]any or []any. An attachment that meets another type is an error,
// except that a type with JSON methods of its own gets the placeholder.
//
// The error is an [*ArgError] for the first argument that does not fit. The
// destinations before it have been set.
func (a Args) Scan(dest ...any) error {
	for i, d := range dest[:min(len(dest), a.Len())] {
		if d == nil {
			continue
		}
		if err := a.Decode(i, d); err != nil {
			return err
		}
	}
	return nil
}

// Decode decodes argument i into dest, as Scan does. A missing argument leaves dest
// as it is.
func (a Args) Decode(i int, dest any) error {
	if i < 0 || i >= a.Len() || dest == nil {
		return nil
	}
	start, end := a.span(i)
	if a.scanFast(start, end, dest) {
		return nil
	}
	if err := a.scanJSON(start, end, dest); err != nil {
		return &ArgError{Index: i, Err: err}
	}
	return nil
}

// own returns a part of the text that may be kept. A small part is copied so that
// keeping it does not keep a large packet alive.
func (a Args) own(s string) string {
	const small = 256
	if len(a.text) <= small || len(a.text)/4 <= len(s) {
		return s
	}
	return strings.Clone(s)
}

// binaryArgs is what Args of a packet with attachments hold in addition.
type binaryArgs struct {
	attachments [][]byte
	places      []place // in order of pos
}

// place is a placeholder.
type place struct {
	pos int32 // of its opening brace in the text of the Args
	num int32 // index of its attachment
}

// at returns the attachment whose placeholder begins at pos.
func (b *binaryArgs) at(pos int) (attachment []byte, ok bool) {
	if b == nil {
		return nil, false
	}
	i, ok := b.search(pos)
	if !ok {
		return nil, false
	}
	return b.attachments[b.places[i].num], true
}

// within reports whether a placeholder begins in a part of the text.
func (b *binaryArgs) within(start, end int) bool {
	if b == nil {
		return false
	}
	i, _ := b.search(start)
	return i < len(b.places) && int(b.places[i].pos) < end
}

func (b *binaryArgs) search(pos int) (int, bool) {
	return slices.BinarySearchFunc(b.places, pos, func(p place, pos int) int { return int(p.pos) - pos })
}
