package websocket

import "sync"

const (
	// bufSize is what one read takes at most, and one write joins at most.
	bufSize = 16 << 10

	// maxScratch is how large a list of frames may be to be kept in the pool.
	maxScratch = 1024
)

// buffer is what a read or a write needs while it lasts. Connections do not
// hold one while they are idle.
type buffer struct {
	data   []byte   // of bufSize
	frames [][]byte // room for a list of frames

	// One attempt to write chunk, the arguments and results of tryWrite: the
	// callback is allocated with the buffer and not for each write.
	chunk    []byte
	n        int
	err      error
	callback func(fd uintptr) bool
}

var buffers sync.Pool

func getBuffer() *buffer {
	if b, ok := buffers.Get().(*buffer); ok {
		return b
	}
	b := &buffer{data: make([]byte, bufSize)}
	b.callback = b.tryWrite
	return b
}

func putBuffer(b *buffer) {
	b.chunk, b.err = nil, nil
	buffers.Put(b)
}

// tryWrite is a callback for RawConn.Write that does not wait.
func (b *buffer) tryWrite(fd uintptr) bool {
	b.n, b.err = writeFD(fd, b.chunk)
	return true
}
