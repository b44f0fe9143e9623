package engineio

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

var errBadForm = errors.New("malformed JSONP form")

// checkJSONP refuses what asks for JSONP and may not, or in a way that could make a page run what it should not.
func (s *Server) checkJSONP(q query) *requestError {
	if _, ok := q["j"]; !ok {
		return nil
	}
	const maxDigits = 20
	j := q.get("j")
	if !s.opts.AllowJSONP || q.get("EIO") != "3" || j == "" || len(j) > maxDigits || strings.Trim(j, "0123456789") != "" {
		return refuse(CodeBadRequest, "JSONP")
	}
	return nil
}

// callback returns the number of the function that a JSONP request wants called; otherwise it is empty.
func (s *Session) callback(r *http.Request) string {
	if !s.eio3 || !s.server.opts.AllowJSONP {
		return ""
	}
	return query(r.URL.Query()).get("j")
}

// appendJSONP appends a script that hands a payload to the client: valid JavaScript, also in a page in another encoding.
func appendJSONP(dst []byte, callback string, payload []byte) []byte {
	dst = append(dst, "___eio["...)
	dst = append(dst, callback...)
	dst = append(dst, "]("...)
	at := len(dst)
	dst = appendQuote(dst, string(payload))
	for _, c := range [...]rune{'\u2028', '\u2029'} { // line ends in JavaScript, not in JSON
		if quoted := dst[at:]; bytes.ContainsRune(quoted, c) {
			dst = append(dst[:at], bytes.ReplaceAll(quoted, []byte(string(c)), []byte(escapes[c]))...)
		}
	}
	return append(dst, ");"...)
}

var escapes = map[rune]string{'\u2028': `\u2028`, '\u2029': `\u2029`}

// decodeJSONP returns the payload in the form that a JSONP client posts.
func decodeJSONP(form []byte) ([]byte, error) {
	if bytes.Count(form, []byte{'&'}) >= maxQueryPairs {
		return nil, errBadForm
	}
	values, err := url.ParseQuery(string(form))
	if err != nil || !values.Has("d") {
		return nil, errBadForm
	}
	// Browsers change line ends in forms, so clients write \n for a line end and \\n for \n.
	return []byte(lineEnds.Replace(values.Get("d"))), nil
}

var lineEnds = strings.NewReplacer(`\\n`, `\n`, `\n`, "\n")
