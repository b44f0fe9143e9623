package websocket

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

const (
	// deflateTail ends a compressed message, and is not sent (RFC 7692 §7.2.1): it
	// is an empty block without the bits that it begins with.
	deflateTail = "\x00\x00\xff\xff"

	// inflateTail is appended to what was received: what the sender cut off, and an
	// empty block that says it is the last. So the end of the data differs from a
	// lack of it.
	inflateTail = deflateTail + "\x01\x00\x00\xff\xff"
)

// inflater decompresses one message at a time. It holds some 40 KiB.
type inflater struct {
	src   bytes.Reader // flate reads no more of it than it needs
	flate flateReader
}

// flateReader is what flate.NewReader returns, as it promises.
type flateReader interface {
	io.Reader
	flate.Resetter
}

var inflaters sync.Pool

func getInflater() *inflater {
	if in, ok := inflaters.Get().(*inflater); ok {
		return in
	}
	in := new(inflater)
	in.flate = flate.NewReader(&in.src).(flateReader) //nolint:errcheck // documented
	return in
}

func putInflater(in *inflater) {
	in.src.Reset(nil)
	inflaters.Put(in)
}

// inflate decompresses msg, the payload of a whole message with inflateTail
// behind it, into out[:0], or into something larger that replaces it and grows
// with what there is. It stops with ErrMessageTooBig soon after limit bytes.
// A payload of no bytes is an empty message, as for ws.
func (in *inflater) inflate(out, msg []byte, limit uint64) ([]byte, error) {
	out = out[:0]
	if len(msg) == len(inflateTail) {
		return out, nil
	}
	in.src.Reset(msg)
	for {
		// With an empty window: nothing refers to what was decompressed before.
		err := in.flate.Reset(&in.src, nil)
		if err != nil {
			return nil, err
		}
		if out, err = in.stream(out, limit); err != nil {
			return nil, err
		}
		switch n := in.src.Len(); {
		case n == 0 || n == len(inflateTail): // the message itself may say that it ends
			return out, nil
		case n < len(inflateTail): // its last block does not end in it
			return nil, ErrInvalidDeflate
		}
		// Blocks may follow the one that says it is the last, from the next byte
		// on (RFC 7692 §7.2.1).
	}
}

// stream appends to out what it decompresses up to a block that says it is the
// last.
func (in *inflater) stream(out []byte, limit uint64) ([]byte, error) {
	for {
		if len(out) == cap(out) {
			room := min(2*uint64(cap(out)), limit+1)
			out = append(make([]byte, 0, room), out...)
		}
		n, err := in.flate.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		switch {
		case uint64(len(out)) > limit:
			return nil, ErrMessageTooBig
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, ErrInvalidDeflate
		}
	}
}
