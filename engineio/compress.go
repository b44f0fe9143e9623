package engineio

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/socketio-go/socketio/internal/accept"
)

// A compressor is the state of a content coding. It takes a megabyte, so a few are shared by all sessions.
type compressor interface {
	io.WriteCloser
	Reset(w io.Writer)
}

var compressors = map[string]*sync.Pool{
	"gzip":    {New: func() any { w, _ := gzip.NewWriterLevel(nil, flate.DefaultCompression); return w }},
	"deflate": {New: func() any { w, _ := zlib.NewWriterLevel(nil, flate.DefaultCompression); return w }},
}

// compressible reports whether any of the messages may be compressed.
func compressible(messages []Message) bool {
	for _, m := range messages {
		if m.flags&(Uncompressed|control) == 0 {
			return true
		}
	}
	return false
}

// compress compresses the answer to a poll if that is worth it and the client takes it, and says so in the header.
func (s *Server) compress(h http.Header, r *http.Request, body []byte) []byte {
	threshold := s.opts.HTTPCompressionThreshold
	if threshold < 0 {
		return body
	}
	h.Add("Vary", "Accept-Encoding")
	if len(body) < threshold || h.Get("Content-Encoding") != "" {
		return body
	}
	coding := acceptedCoding(r.Header)
	if coding == "" {
		return body
	}
	c, _ := compressors[coding].Get().(compressor)
	defer compressors[coding].Put(c)
	var b bytes.Buffer
	b.Grow(len(body)/2 + 64)
	c.Reset(&b)
	_, _ = c.Write(body) // a bytes.Buffer does not fail
	_ = c.Close()
	c.Reset(io.Discard) // what is pooled does not hold the body
	h.Set("Content-Encoding", coding)
	return b.Bytes()
}

// acceptedCoding chooses between gzip and deflate, by the client's preference and then in that order; "" is neither.
func acceptedCoding(h http.Header) string {
	best, weight := "", 0.0
	for _, coding := range [...]string{"gzip", "deflate"} {
		if q := accept.Encoding(h, coding); q > weight {
			best, weight = coding, q
		}
	}
	return best
}
