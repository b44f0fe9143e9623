package engineio

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
)

// A snapshot keeps what matters of a handshake request in one string, because sessions live long and an *http.Request
// keeps kilobytes alive: its maps, the buffers of its connection, the server's goroutine stack through its context.
type snapshot struct {
	text string // lines: method, URI, protocol, host, remote address, client's address, then header name and value in turn
	ctx  context.Context
	tls  *tls.ConnectionState

	secure bool // the client has TLS, which may end at a proxy
}

func newSnapshot(r *http.Request, trusted proxies) snapshot {
	address, secure := trusted.origin(r)
	var b strings.Builder
	line := func(s string) { b.WriteString(s); b.WriteByte('\n') }
	line(r.Method)
	line(r.URL.RequestURI())
	line(r.Proto)
	line(r.Host)
	line(r.RemoteAddr)
	line(address)
	for name, values := range r.Header {
		for _, v := range values {
			line(name)
			line(strings.ReplaceAll(v, "\n", " ")) // net/http lets none through; other callers might
		}
	}
	return snapshot{text: b.String(), ctx: context.WithoutCancel(r.Context()), tls: r.TLS, secure: secure}
}

func (s snapshot) next() (line string, rest snapshot) {
	line, s.text, _ = strings.Cut(s.text, "\n")
	return line, s
}

// request makes the request anew. It has no body, and its context is never cancelled but has the values that
// middlewares gave it.
func (s snapshot) request() *http.Request {
	r := &http.Request{Header: http.Header{}, Body: http.NoBody, TLS: s.tls}
	r.Method, s = s.next()
	r.RequestURI, s = s.next()
	r.Proto, s = s.next()
	r.Host, s = s.next()
	r.RemoteAddr, s = s.next()
	_, s = s.next()
	for s.text != "" {
		var name, value string
		name, s = s.next()
		value, s = s.next()
		r.Header[name] = append(r.Header[name], value)
	}
	r.ProtoMajor, r.ProtoMinor, _ = http.ParseHTTPVersion(r.Proto)
	u, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		u = &url.URL{Path: "/"} // cannot be: it was made from a URL
	}
	r.URL = u
	return r.WithContext(s.ctx)
}

// remoteAddr is the address of the connection's other end.
func (s snapshot) remoteAddr() string { return s.line(4) }

// address is that of the client.
func (s snapshot) address() string { return s.line(5) }

func (s snapshot) line(n int) string {
	for range n {
		_, s = s.next()
	}
	line, _ := s.next()
	return line
}
