package msgpack

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// The first bytes of values, by which MessagePack (github.com/msgpack/msgpack, spec.md) tells them apart. Where lengths
// have 8 bits, the next codes are those of 16 and 32.
const (
	codeFixMap   = 0x80 // to 0x8f
	codeFixArray = 0x90 // to 0x9f
	codeFixStr   = 0xa0 // to 0xbf
	codeNil      = 0xc0
	codeFalse    = 0xc2
	codeTrue     = 0xc3
	codeBin8     = 0xc4
	codeExt8     = 0xc7
	codeFloat32  = 0xca
	codeFloat64  = 0xcb
	codeUint8    = 0xcc
	codeUint16   = 0xcd
	codeUint32   = 0xce
	codeUint64   = 0xcf
	codeInt8     = 0xd0
	codeInt16    = 0xd1
	codeInt32    = 0xd2
	codeInt64    = 0xd3
	codeFixExt1  = 0xd4 // to fixext 16, 0xd8
	codeFixExt16 = 0xd8
	codeStr8     = 0xd9
	codeStr16    = 0xda
	codeStr32    = 0xdb
	codeArray16  = 0xdc
	codeArray32  = 0xdd
	codeMap16    = 0xde
	codeMap32    = 0xdf
	codeNegative = 0xe0 // to 0xff, -32 to -1
)

// The extensions. extJS is that of notepack.io, the encoder of JavaScript clients, for three types, which the length
// tells apart: undefined (fixext 1), Date (fixext 8), and ArrayBuffer (ext 8, 16 and 32).
const (
	extJS        = 0
	extTimestamp = -1
)

var be = binary.BigEndian

func appendUint(dst []byte, n uint64) []byte {
	switch {
	case n < codeFixMap:
		return append(dst, byte(n))
	case n <= math.MaxUint8:
		return append(dst, codeUint8, byte(n))
	case n <= math.MaxUint16:
		return be.AppendUint16(append(dst, codeUint16), uint16(n))
	case n <= math.MaxUint32:
		return be.AppendUint32(append(dst, codeUint32), uint32(n))
	default:
		return be.AppendUint64(append(dst, codeUint64), n)
	}
}

func appendInt(dst []byte, n int64) []byte {
	switch {
	case n >= 0:
		return appendUint(dst, uint64(n))
	case n >= codeNegative-0x100:
		return append(dst, byte(n))
	case n >= math.MinInt8:
		return append(dst, codeInt8, byte(n))
	case n >= math.MinInt16:
		return be.AppendUint16(append(dst, codeInt16), uint16(n))
	case n >= math.MinInt32:
		return be.AppendUint32(append(dst, codeInt32), uint32(n))
	default:
		return be.AppendUint64(append(dst, codeInt64), uint64(n))
	}
}

func appendFloat(dst []byte, f float64) []byte {
	return be.AppendUint64(append(dst, codeFloat64), math.Float64bits(f))
}

// appendString appends valid UTF-8.
func appendString[S ~string | ~[]byte](dst []byte, s S) []byte {
	return append(appendStringHeader(dst, len(s)), s...)
}

func appendStringHeader(dst []byte, n int) []byte {
	switch {
	case n < codeNil-codeFixStr:
		return append(dst, codeFixStr|byte(n))
	case n <= math.MaxUint8:
		return append(dst, codeStr8, byte(n))
	case n <= math.MaxUint16:
		return be.AppendUint16(append(dst, codeStr16), uint16(n))
	default:
		return be.AppendUint32(append(dst, codeStr32), uint32(n))
	}
}

// appendValidString appends s, in which U+FFFD replaces invalid UTF-8.
func appendValidString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	return appendString(dst, s)
}

func appendArray(dst []byte, n int) []byte {
	switch {
	case n < codeFixStr-codeFixArray:
		return append(dst, codeFixArray|byte(n))
	case n <= math.MaxUint16:
		return be.AppendUint16(append(dst, codeArray16), uint16(n))
	default:
		return be.AppendUint32(append(dst, codeArray32), uint32(n))
	}
}

func appendBin(dst, b []byte) []byte {
	switch n := len(b); {
	case n <= math.MaxUint8:
		dst = append(dst, codeBin8, byte(n))
	case n <= math.MaxUint16:
		dst = be.AppendUint16(append(dst, codeBin8+1), uint16(n))
	default:
		dst = be.AppendUint32(append(dst, codeBin8+2), uint32(n))
	}
	return append(dst, b...)
}
