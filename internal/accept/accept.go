// Package accept reads the Accept-Encoding field of HTTP requests.
package accept

import (
	"net/http"
	"strconv"
	"strings"
)

// Encoding returns the weight, from 0 to 1, that a request gives to a content coding such as "gzip" (RFC 9110 §12.5.3);
// 0: it does not accept it. A request without the field accepts none: that is the safe answer for old clients.
func Encoding(h http.Header, coding string) float64 {
	star := 0.0
	for _, line := range h.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			q := 1.0
			if key, value, ok := strings.Cut(params, "="); ok && strings.EqualFold(strings.TrimSpace(key), "q") {
				q, _ = strconv.ParseFloat(strings.TrimSpace(value), 64) // 0 if it is no number
			}
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, coding):
				return q
			case name == "*":
				star = q
			}
		}
	}
	return star
}
