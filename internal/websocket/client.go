package websocket

import (
	"fmt"
	"net/http"
	"net/url"
)

// defaultClientMaxMessage is what ws has in its clients: a client chooses whom it listens to.
const defaultClientMaxMessage = 100 << 20

// maxErrorBody is how much of the body of a refusal a DialError holds.
const maxErrorBody = 1 << 10

// DialOptions are the settings of one connection. The zero value is that of the official client.
type DialOptions struct {
	// Client makes the request: proxy, TLS, cookies, redirects and the dialer are its own. Its Timeout bounds the
	// handshake only. nil: http.DefaultClient. Ignored in a browser.
	Client *http.Client
	// Header is added to the request, except for the fields that the handshake itself sets or that describe a body.
	// Host replaces the one of the URL. Ignored in a browser, which sends no others than its own.
	Header http.Header
	// Subprotocols are offered in this order, each once. The server must choose one of them, as for ws and browsers.
	Subprotocols []string
	// MaxMessage is the largest message accepted, in bytes, all of its fragments together; 0: 100 MiB, as ws in its
	// clients.
	MaxMessage int64
	// MaxFragments is the largest number of frames of one message, empty ones included; 0: 16,384, as ws 8.23. In a
	// browser it is not known.
	MaxFragments int
	// Deflate offers compression (permessage-deflate, RFC 7692) without context takeover in either direction; see
	// Conn.Deflates. false: no extension is offered. A browser decides by itself.
	Deflate bool
}

// DialError is a handshake that failed.
type DialError struct {
	Status  int         // of the response; 0: there was none
	Header  http.Header // of the response
	Body    []byte      // of the response, the first 1 KiB; none of a response that switched the protocol
	Message string      // what is wrong; contains nothing of the response or the URL
	Err     error       // why there was no response; may be nil
}

// Error contains of the response no more than its status.
func (e *DialError) Error() string {
	s := "websocket: dial: " + e.Message
	if e.Status != 0 {
		s = fmt.Sprintf("%s (status %d)", s, e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns Err.
func (e *DialError) Unwrap() error { return e.Err }

// checkSubprotocols returns an error if they cannot be offered: names are tokens, each of them once (RFC 6455 §4.1).
func checkSubprotocols(names []string) error {
	seen := map[string]bool{}
	for _, name := range names {
		if !isToken(name) || seen[name] {
			return &DialError{Message: "invalid subprotocol"}
		}
		seen[name] = true
	}
	return nil
}

// parseURL reads the URL to dial and gives it the scheme plain or secure.
func parseURL(raw, plain, secure string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, &DialError{Message: "invalid URL"} // the error quotes it
	}
	switch u.Scheme {
	case "ws", "http":
		u.Scheme = plain
	case "wss", "https":
		u.Scheme = secure
	default:
		return nil, &DialError{Message: "the scheme of the URL must be ws, wss, http or https"}
	}
	if u.Host == "" {
		return nil, &DialError{Message: "the URL has no host"}
	}
	return u, nil
}
