package websocket

import (
	"crypto/rand"
	"encoding/binary"
	"math/bits"
)

// unmask XORs b in place with the masking key (RFC 6455 §5.3), whose first
// byte is the lowest one of key, and returns the key turned so that it fits
// the byte behind b.
func unmask(b []byte, key uint32) uint32 {
	next := bits.RotateLeft32(key, -8*(len(b)&3))
	k := uint64(key)<<32 | uint64(key)
	le := binary.LittleEndian
	for len(b) >= 32 {
		le.PutUint64(b, le.Uint64(b)^k)
		le.PutUint64(b[8:], le.Uint64(b[8:])^k)
		le.PutUint64(b[16:], le.Uint64(b[16:])^k)
		le.PutUint64(b[24:], le.Uint64(b[24:])^k)
		b = b[32:]
	}
	for len(b) >= 8 {
		le.PutUint64(b, le.Uint64(b)^k)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(k >> (8 * i))
	}
	return next
}

// appendMasked appends copies of whole unmasked frames to dst, each masked with
// a key that nobody can foresee (RFC 6455 §10.3).
func appendMasked(dst []byte, frames ...[]byte) []byte {
	for _, f := range frames {
		if len(f) < 2 {
			continue // there is no such frame
		}
		header := headerSize(f)
		start := len(dst)
		dst = append(dst, f[:header]...)
		dst[start+1] |= maskBit
		dst = append(dst, 0, 0, 0, 0)
		key := dst[len(dst)-maskSize:]
		_, _ = rand.Read(key) // it does not fail
		dst = append(dst, f[header:]...)
		unmask(dst[start+header+maskSize:], binary.LittleEndian.Uint32(key))
	}
	return dst
}
