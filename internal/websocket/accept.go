package websocket

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	defaultMaxMessage   = 1_000_000
	defaultMaxFragments = 16_384

	// handshakeTimeout bounds the write of the 101 response, which the empty
	// send buffer of a new connection takes at once.
	handshakeTimeout = 5 * time.Second

	// acceptGUID is appended to the key (RFC 6455 §4.2.2).
	acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
	keySize    = 16
)

// AcceptOptions are the settings of one connection. The zero value is that of
// the official server.
type AcceptOptions struct {
	// MaxMessage is the largest message accepted, in bytes, all of its
	// fragments together; 0: 1,000,000, as engine.io's maxHttpBufferSize.
	MaxMessage int64
	// MaxFragments is the largest number of frames of one message, empty ones
	// included; 0: 16,384, as ws 8.23.
	MaxFragments int
	// Deflate accepts compression (permessage-deflate, RFC 7692) of a client that
	// offers it, without context takeover in either direction; see Conn.Deflates.
	// false: no extension is accepted.
	Deflate bool
	// Header is added to the 101 response, except for the fields that the
	// handshake itself sets or that describe a body.
	Header http.Header
}

// HandshakeError is a request that is not a valid opening handshake. Nothing
// has been written: the caller answers with Status, Header and Message.
type HandshakeError struct {
	Status  int         // 400, 405, 426, 500 for a Header that cannot be sent, 501 when the server cannot hijack
	Message string      // for the peer; contains nothing of the request
	Header  http.Header // fields that the status demands; may be nil
}

// Error is for logs; it contains nothing of the request either.
func (e *HandshakeError) Error() string { return "websocket: bad handshake: " + e.Message }

func badRequest(message string) *HandshakeError {
	return &HandshakeError{Status: http.StatusBadRequest, Message: message}
}

// Accept answers the opening handshake (RFC 6455 §4.2) and takes the
// connection over from net/http: the handler should return soon, and start
// Serve in a goroutine of its own. Bytes that arrived with the request are
// processed by Serve. nil opts are the defaults. It does not look at Origin.
//
// The first subprotocol that the client offers is selected, as by ws. No
// extension is but the one of AcceptOptions.Deflate; an offer that cannot be
// accepted, even a malformed one, is declined and leaves a connection without.
//
// A *HandshakeError means that nothing has been written yet and the caller
// answers; after any other error the connection is closed.
func Accept(w http.ResponseWriter, r *http.Request, opts *AcceptOptions) (*Conn, error) {
	var o AcceptOptions
	if opts != nil {
		o = *opts
	}
	extension := ""
	if o.Deflate {
		extension = acceptDeflate(r.Header)
		o.Deflate = extension != ""
	}
	response, err := upgradeResponse(r, extension, o.Header)
	if err != nil {
		return nil, err
	}
	nc, brw, err := http.NewResponseController(w).Hijack()
	if errors.Is(err, http.ErrNotSupported) {
		return nil, &HandshakeError{Status: http.StatusNotImplemented, Message: "the server cannot upgrade this connection"}
	}
	if err != nil {
		return nil, fmt.Errorf("websocket: %w", err)
	}
	var early []byte
	if n := brw.Reader.Buffered(); n > 0 {
		b, _ := brw.Reader.Peek(n) // n are buffered: it cannot fail
		early = bytes.Clone(b)
	}
	if err := writeResponse(nc, response); err != nil {
		_ = nc.Close() // the error that matters is the first
		return nil, fmt.Errorf("websocket: writing the handshake: %w", err)
	}
	c := newConn(nc, early, &o)
	protocol, _ := subprotocol(r.Header)    // upgradeResponse has checked it
	c.subprotocol = strings.Clone(protocol) // not the whole header
	return c, nil
}

func writeResponse(nc net.Conn, response []byte) error {
	if err := nc.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return err
	}
	if _, err := nc.Write(response); err != nil {
		return err
	}
	return nc.SetDeadline(time.Time{})
}

// upgradeResponse checks the request and returns the 101 response to it, which
// accepts the extension unless that is "". The error is a *HandshakeError.
func upgradeResponse(r *http.Request, extension string, extra http.Header) ([]byte, error) {
	if err := checkRequest(r); err != nil {
		return nil, err
	}
	key, err := requestKey(r.Header)
	if err != nil {
		return nil, err
	}
	protocol, err := subprotocol(r.Header)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
	b.WriteString(acceptKey(key))
	b.WriteString("\r\n")
	if protocol != "" {
		b.WriteString("Sec-WebSocket-Protocol: " + protocol + "\r\n")
	}
	if extension != "" {
		b.WriteString("Sec-WebSocket-Extensions: " + extension + "\r\n")
	}
	if err := writeExtra(&b, extra); err != nil {
		return nil, err
	}
	b.WriteString("\r\n")
	return b.Bytes(), nil
}

// checkRequest checks all but the fields whose values are needed.
func checkRequest(r *http.Request) error {
	if r.ProtoMajor != 1 || r.ProtoMinor < 1 {
		return badRequest("HTTP/1.1 is required")
	}
	if r.Method != http.MethodGet {
		return &HandshakeError{
			Status:  http.StatusMethodNotAllowed,
			Message: "the method must be GET",
			Header:  http.Header{"Allow": {http.MethodGet}},
		}
	}
	if !hasToken(r.Header["Upgrade"], "websocket") {
		return badRequest("invalid Upgrade header")
	}
	if !hasToken(r.Header["Connection"], "upgrade") {
		return badRequest("invalid Connection header")
	}
	// What follows the request are frames; a body would be taken for them.
	if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
		return badRequest("a handshake has no body")
	}
	if v := r.Header["Sec-Websocket-Version"]; len(v) != 1 || v[0] != "13" {
		e := badRequest("missing or invalid Sec-WebSocket-Version header")
		if len(v) == 1 {
			e.Status = http.StatusUpgradeRequired
		}
		e.Header = http.Header{"Sec-Websocket-Version": {"13"}}
		return e
	}
	return nil
}

func requestKey(h http.Header) (string, error) {
	v := h["Sec-Websocket-Key"]
	if len(v) != 1 || len(v[0]) != base64.StdEncoding.EncodedLen(keySize) {
		return "", badRequest("missing or invalid Sec-WebSocket-Key header")
	}
	if key, err := base64.StdEncoding.DecodeString(v[0]); err != nil || len(key) != keySize {
		return "", badRequest("missing or invalid Sec-WebSocket-Key header")
	}
	return v[0], nil
}

// acceptKey proves to the client that its handshake was understood.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + acceptGUID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// subprotocol returns the first one offered, "" without an offer. The list
// must be well-formed, each of it once.
func subprotocol(h http.Header) (string, error) {
	lines := h["Sec-Websocket-Protocol"]
	if len(lines) == 0 {
		return "", nil
	}
	first, seen := "", map[string]bool{}
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.Trim(name, " \t")
			if !isToken(name) || seen[name] {
				return "", badRequest("invalid Sec-WebSocket-Protocol header")
			}
			if first == "" {
				first = name
			}
			seen[name] = true
		}
	}
	return first, nil
}

// ownFields are not taken from AcceptOptions.Header.
var ownFields = map[string]bool{
	"Connection":               true,
	"Content-Length":           true,
	"Sec-Websocket-Accept":     true,
	"Sec-Websocket-Extensions": true,
	"Sec-Websocket-Protocol":   true,
	"Transfer-Encoding":        true,
	"Upgrade":                  true,
}

// writeExtra writes the caller's header, whose values may come from a request:
// a line break in one must not begin a new field.
func writeExtra(b *bytes.Buffer, extra http.Header) error {
	control := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	bad := func(v string) bool { return strings.ContainsFunc(v, control) }
	for name, values := range extra {
		if !isToken(name) || slices.ContainsFunc(values, bad) {
			return &HandshakeError{Status: http.StatusInternalServerError, Message: "invalid response header"}
		}
	}
	return extra.WriteSubset(b, ownFields) // a bytes.Buffer does not fail
}

// IsUpgrade says whether the request asks for a WebSocket, well or badly: Accept
// looks at the rest.
func IsUpgrade(r *http.Request) bool {
	return hasToken(r.Header["Connection"], "upgrade") && hasToken(r.Header["Upgrade"], "websocket")
}

// hasToken says whether one of the comma-separated lists contains token.
func hasToken(lists []string, token string) bool {
	for _, list := range lists {
		for item := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.Trim(item, " \t"), token) {
				return true
			}
		}
	}
	return false
}

// isToken says whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
