package websocket

// maxPongs is how many pongs wait for a peer that does not read. Only the last
// matters to a peer that asked often (RFC 6455 §5.5.3).
const maxPongs = 60

// sendQueue is what has been accepted for writing and is not yet written.
type sendQueue struct {
	begun  []byte   // the rest of a frame of which a part has been written: goes first
	pongs  pongList // may overtake whole frames
	frames [][]byte // neither they nor the bytes in them are shared with the reader
	size   int      // bytes of begun and frames
}

func (q *sendQueue) empty() bool {
	return len(q.begun) == 0 && q.pongs.n == 0 && len(q.frames) == 0
}

// push keeps the frames, not the slice of them.
func (q *sendQueue) push(frames [][]byte) {
	for _, f := range frames {
		if len(f) > 0 {
			q.frames = append(q.frames, f)
			q.size += len(f)
		}
	}
}

// gather returns what to write next: several frames joined in buf, or a single
// one as it is. It is empty only if the queue is.
func (q *sendQueue) gather(buf []byte) []byte {
	n := 0
	if len(q.begun) > 0 {
		if len(q.begun) > len(buf) || q.pongs.n == 0 && len(q.frames) == 0 {
			return q.begun
		}
		n = copy(buf, q.begun)
	}
	if p := q.pongs.bytes(); n+len(p) <= len(buf) {
		n += copy(buf[n:], p)
	} else {
		return buf[:n]
	}
	if n == 0 && len(q.frames) > 0 {
		if len(q.frames) == 1 || len(q.frames[0])+len(q.frames[1]) > len(buf) {
			return q.frames[0]
		}
	}
	for _, f := range q.frames {
		if n+len(f) > len(buf) {
			break
		}
		n += copy(buf[n:], f)
	}
	return buf[:n]
}

// advance removes the first n bytes of what gather returned.
func (q *sendQueue) advance(n int) {
	k := min(n, len(q.begun))
	n -= k
	q.size -= k
	if q.begun = q.begun[k:]; len(q.begun) == 0 {
		q.begun = nil
	}
	if n == 0 {
		return
	}
	k = min(n, len(q.pongs.bytes()))
	n -= k
	if rest := q.pongs.advance(k); len(rest) > 0 {
		q.begun = rest
		q.size += len(rest)
	}
	for n > 0 {
		f := q.frames[0]
		q.frames[0] = nil
		q.frames = q.frames[1:]
		k = min(n, len(f))
		n -= k
		q.size -= k
		if k < len(f) {
			q.begun = f[k:]
		}
	}
	if len(q.frames) == 0 {
		q.frames = nil
	}
}

// reset forgets everything.
func (q *sendQueue) reset() {
	q.pongs.keep(0)
	*q = sendQueue{}
}

// pongList holds pong frames in a pooled buffer, which it has only while it is
// not empty.
type pongList struct {
	buf        *buffer
	start, end int // the frames are buf.data[start:end]
	n          int // how many they are
}

func (l *pongList) bytes() []byte {
	if l.n == 0 {
		return nil
	}
	return l.buf.data[l.start:l.end]
}

// add appends a pong that copies payload, masked or not; false: there is no
// room. There always is with maxPongs of them.
func (l *pongList) add(payload []byte, masked bool) bool {
	if l.buf == nil {
		l.buf = getBuffer()
	}
	size := 2 + len(payload)
	if masked {
		size += maskSize
	}
	if l.end+size > bufSize {
		l.end = copy(l.buf.data, l.buf.data[l.start:l.end])
		l.start = 0
		if l.end+size > bufSize {
			return false
		}
	}
	if masked {
		var frame [2 + maxControl]byte
		appendMasked(l.buf.data[:l.end], AppendFrame(frame[:0], OpPong, payload))
	} else {
		AppendFrame(l.buf.data[:l.end], OpPong, payload)
	}
	l.end += size
	l.n++
	return true
}

// first returns the first frame.
func (l *pongList) first() []byte {
	b := l.buf.data[l.start:l.end]
	n := 2 + int(b[1]&lengthBits)
	if b[1]&maskBit != 0 {
		n += maskSize
	}
	return b[:n]
}

// keep forgets all but the last n.
func (l *pongList) keep(n int) {
	for l.n > n {
		l.start += len(l.first())
		l.n--
	}
	if l.n == 0 && l.buf != nil {
		putBuffer(l.buf)
		*l = pongList{}
	}
}

// advance removes n bytes. If that ends within a frame, it returns a copy of
// the rest of it.
func (l *pongList) advance(n int) (rest []byte) {
	for n > 0 {
		frame := l.first()
		if n < len(frame) {
			rest = append(rest, frame[n:]...)
		}
		n -= min(n, len(frame))
		l.keep(l.n - 1)
	}
	return rest
}
