package websocket

import (
	"net/http"
	"strings"
)

const (
	// deflateAnswer accepts permessage-deflate (RFC 7692 §7.1) without a window
	// that outlives a message, which both sides must agree to (§7.1.1.1, §7.1.1.2:
	// a server may demand it unasked): connections hold no state for compression,
	// and a compressed frame may go to any number of them.
	deflateAnswer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

	// windowAnswer repeats the only limit of our window that is accepted, because
	// it is none (§7.1.2.1).
	windowAnswer = "; server_max_window_bits=15"

	// deflateOffer is what a client offers: the same as a server answers.
	deflateOffer = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"
)

// acceptDeflate chooses the first acceptable offer of permessage-deflate and
// returns the answer to it: the value of the response's
// Sec-WebSocket-Extensions; "" if there is none. Other extensions are passed
// over. If the field is malformed (RFC 6455 §9.1) nothing of it is accepted.
//
// The time it takes is linear in the length of the field, and nothing is
// allocated for what is in it.
func acceptDeflate(h http.Header) string {
	answer := ""
	for _, line := range h["Sec-Websocket-Extensions"] {
		r := fieldReader{rest: line}
		for more := true; more; more = r.take(',') {
			offer, ok := r.offer()
			if !ok {
				return ""
			}
			if answer == "" {
				answer = offer
			}
		}
		if r.rest != "" {
			return ""
		}
	}
	return answer
}

// agreesDeflate says whether the server's answer to deflateOffer, which is not
// empty, is one that we keep to. Nothing else may be in it (RFC 6455 §9.1).
//
// server_no_context_takeover must be repeated (RFC 7692 §7.1.1.1): we do not
// keep what later messages could refer to. client_no_context_takeover need not
// be: it is true anyway. A server may limit its own window, which makes no
// difference to us, but not ours, which was not offered (§7.1.2).
func agreesDeflate(h http.Header) bool {
	lines := h["Sec-Websocket-Extensions"]
	if len(lines) != 1 {
		return false
	}
	r := fieldReader{rest: lines[0]}
	name, p, ok := r.extension()
	return ok && r.rest == "" && name == "permessage-deflate" && !p.invalid &&
		p.seen&serverNoContextTakeover != 0 && p.seen&clientMaxWindowBits == 0
}

// fieldReader reads a field's value from the left.
type fieldReader struct{ rest string }

// offer reads an extension and its parameters and returns our answer, "" if it
// is declined; false: malformed.
func (r *fieldReader) offer() (answer string, ok bool) {
	name, p, ok := r.extension()
	switch {
	case !ok || name != "permessage-deflate" || p.invalid:
		return "", ok
	case p.narrow:
		// A window of less than 32 KiB could be obeyed, but a frame is compressed
		// once for all connections, whatever they asked for. Browsers and ws never
		// ask; who does is served uncompressed.
		return "", true
	case p.seen&serverMaxWindowBits != 0:
		return deflateAnswer + windowAnswer, true
	}
	return deflateAnswer, true
}

// extension reads an extension and its parameters, which are judged as those of
// permessage-deflate; false: malformed.
func (r *fieldReader) extension() (name string, p deflateParams, ok bool) {
	name = r.token()
	for r.take(';') {
		param, value := r.token(), ""
		hasValue := r.take('=')
		if hasValue {
			value, ok = r.value()
			if !ok {
				return "", p, false
			}
		}
		if param == "" {
			return "", p, false
		}
		p.add(param, value, hasValue)
	}
	return name, p, name != ""
}

// deflateParam is a parameter of permessage-deflate (RFC 7692 §7.1).
type deflateParam byte

const (
	serverNoContextTakeover deflateParam = 1 << iota
	clientNoContextTakeover
	serverMaxWindowBits
	clientMaxWindowBits
)

// deflateParams are those of one offer or answer.
type deflateParams struct {
	seen    deflateParam // a set
	narrow  bool         // server_max_window_bits of less than 15
	invalid bool
}

// add judges a parameter. RFC 7692 §7 has an offer declined, and an answer fail
// the connection, if it has one that is unknown, one twice, or one with an
// invalid value.
func (p *deflateParams) add(name, value string, hasValue bool) {
	var param deflateParam
	valid := false
	switch name {
	case "server_no_context_takeover":
		param, valid = serverNoContextTakeover, !hasValue
	case "client_no_context_takeover":
		param, valid = clientNoContextTakeover, !hasValue
	case "server_max_window_bits":
		param, valid = serverMaxWindowBits, windowBits(value)
		p.narrow = p.narrow || value != "15"
	case "client_max_window_bits":
		// Says that the client would obey a limit. We have no need for one: to
		// inflate takes the same memory for every window.
		param, valid = clientMaxWindowBits, !hasValue || windowBits(value)
	}
	if !valid || p.seen&param != 0 {
		p.invalid = true
	}
	p.seen |= param
}

// windowBits says whether s is an integer from 8 to 15 without leading zeros.
func windowBits(s string) bool {
	return s == "8" || s == "9" || len(s) == 2 && s[0] == '1' && s[1] >= '0' && s[1] <= '5'
}

// token reads a token and the blanks around it; "" if there is none.
func (r *fieldReader) token() string {
	r.skipBlanks()
	n := 0
	for n < len(r.rest) && isTokenByte(r.rest[n]) {
		n++
	}
	token := r.rest[:n]
	r.rest = r.rest[n:]
	r.skipBlanks()
	return token
}

// value reads a token, which may be quoted (RFC 6455 §9.1), and the blanks
// around it.
func (r *fieldReader) value() (string, bool) {
	r.skipBlanks()
	if !r.take('"') {
		s := r.token()
		return s, s != ""
	}
	end := strings.IndexByte(r.rest, '"')
	if end <= 0 || !isToken(r.rest[:end]) {
		// What could be escaped in a token needs no escape: \ is malformed here.
		return "", false
	}
	s := r.rest[:end]
	r.rest = r.rest[end+1:]
	r.skipBlanks()
	return s, true
}

// take reads the byte c if it is the next.
func (r *fieldReader) take(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *fieldReader) skipBlanks() { r.rest = strings.TrimLeft(r.rest, " \t") }
