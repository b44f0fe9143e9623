package msgpack

import "math"

type kind byte

const (
	kindNil kind = iota
	kindBool
	kindUint
	kindInt // negative
	kindFloat
	kindStr
	kindBin
	kindArray
	kindMap
	kindExt
)

// A token is a scalar, or the beginning of an array or map. It is small, to travel in registers.
type token struct {
	kind kind
	ext  int8   // type of the extension
	code byte   // of an extension
	n    uint64 // the bool, integer, bits of the float64, length of the body, or number of elements
}

// A reader reads tokens.
type reader struct {
	b []byte
	i int
}

// next reads a token. It compares every announced length with what is left, in which each element of an array or map
// takes at least a byte.
func (r *reader) next() (t token, err error) {
	if r.i >= len(r.b) {
		return token{}, ErrSyntax
	}
	c := r.b[r.i]
	r.i++
	switch {
	case c < codeFixMap:
		return token{kind: kindUint, n: uint64(c)}, nil
	case c < codeFixArray:
		return r.container(kindMap, uint64(c&0x0f))
	case c < codeFixStr:
		return r.container(kindArray, uint64(c&0x0f))
	case c < codeNil:
		return r.body(token{kind: kindStr}, uint64(c&0x1f))
	case c >= codeNegative:
		return token{kind: kindInt, n: uint64(int64(int8(c)))}, nil
	}
	switch c {
	case codeNil:
		return token{kind: kindNil}, nil
	case codeFalse, codeTrue:
		return token{kind: kindBool, n: uint64(c - codeFalse)}, nil
	case codeBin8, codeBin8 + 1, codeBin8 + 2:
		return r.sized(token{kind: kindBin}, 1<<(c-codeBin8))
	case codeExt8, codeExt8 + 1, codeExt8 + 2:
		return r.sized(token{kind: kindExt, code: c}, 1<<(c-codeExt8))
	case codeStr8, codeStr16, codeStr32:
		return r.sized(token{kind: kindStr}, 1<<(c-codeStr8))
	case codeArray16, codeArray32:
		n, err := r.uint(2 << (c - codeArray16))
		if err != nil {
			return token{}, err
		}
		return r.container(kindArray, n)
	case codeMap16, codeMap32:
		n, err := r.uint(2 << (c - codeMap16))
		if err != nil {
			return token{}, err
		}
		return r.container(kindMap, n)
	}
	if c >= codeFixExt1 && c <= codeFixExt16 {
		return r.body(token{kind: kindExt, code: c}, 1<<(c-codeFixExt1))
	}
	return r.number(c)
}

// number reads what follows the code of an integer or float.
func (r *reader) number(c byte) (t token, err error) {
	t.kind = kindUint
	switch c {
	case codeFloat32:
		t.kind = kindFloat
		t.n, err = r.uint(4)
		t.n = math.Float64bits(float64(math.Float32frombits(uint32(t.n))))
	case codeFloat64:
		t.kind = kindFloat
		t.n, err = r.uint(8)
	case codeUint8, codeUint16, codeUint32, codeUint64:
		t.n, err = r.uint(1 << (c - codeUint8))
	case codeInt8, codeInt16, codeInt32, codeInt64:
		size := 1 << (c - codeInt8)
		t.n, err = r.uint(size)
		unused := 64 - 8*size
		n := int64(t.n<<unused) >> unused // with its sign
		if n < 0 {
			t.kind = kindInt
		}
		t.n = uint64(n)
	default: // 0xc1, which is no value
		return token{}, ErrSyntax
	}
	return t, err
}

// uint reads an integer of that many bytes.
func (r *reader) uint(size int) (n uint64, err error) {
	if len(r.b)-r.i < size {
		return 0, ErrSyntax
	}
	for _, c := range r.b[r.i : r.i+size] {
		n = n<<8 | uint64(c)
	}
	r.i += size
	return n, nil
}

func (r *reader) container(k kind, n uint64) (token, error) {
	left := uint64(len(r.b) - r.i)
	if n > left || k == kindMap && 2*n > left {
		return token{}, ErrSyntax
	}
	return token{kind: k, n: n}, nil
}

// sized reads a body behind its length of that many bytes.
func (r *reader) sized(t token, size int) (token, error) {
	n, err := r.uint(size)
	if err != nil {
		return token{}, err
	}
	return r.body(t, n)
}

// body reads a body, behind the type if it is that of an extension.
func (r *reader) body(t token, n uint64) (token, error) {
	if t.kind == kindExt {
		c, err := r.uint(1)
		if err != nil {
			return token{}, err
		}
		t.ext = int8(c)
	}
	if n > uint64(len(r.b)-r.i) {
		return token{}, ErrSyntax
	}
	t.n = n
	r.i += int(n)
	return t, nil
}

// bytes is the body of the str, bin or ext that has just been read. It aliases the input.
func (r *reader) bytes(t token) []byte { return r.b[r.i-int(t.n) : r.i] }

// skip skips a value without looking at strings and extensions.
func (r *reader) skip() error {
	for left := uint64(1); left > 0; left-- {
		t, err := r.next()
		switch {
		case err != nil:
			return err
		case t.kind == kindArray:
			left += t.n
		case t.kind == kindMap:
			left += 2 * t.n
		}
	}
	return nil
}

// undefined reports whether the token is what JavaScript sends for undefined.
func (t token) undefined() bool {
	return t.kind == kindExt && t.ext == extJS && t.code == codeFixExt1
}
