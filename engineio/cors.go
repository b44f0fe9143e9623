package engineio

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// CORS holds what the server tells browsers about cross-origin polling requests, beside the allowed origins. The zero
// value fits most uses.
type CORS struct {
	Methods        []string      // nil: GET, HEAD, PUT, PATCH, POST, DELETE
	AllowedHeaders []string      // nil: those the browser asks for
	ExposedHeaders []string      // nil: none
	Credentials    bool          // cookies and HTTP authentication; not together with the origin "*"
	MaxAge         time.Duration // how long a browser may remember a preflight's answer; 0: its own default
	PreflightCode  int           // status of a preflight's answer, 200 to 299; 0: 204
}

// origins decides which pages may use the server.
type origins struct {
	any      bool
	exact    map[string]bool // canonical: scheme://host[:port], or null
	suffixes []originPattern
}

type originPattern struct{ scheme, suffix string } // scheme "" is http or https; suffix begins with a dot

// newOrigins checks and compiles Options.Origins. It panics with a sentence on what cannot be an origin.
func newOrigins(list []string) origins {
	o := origins{exact: map[string]bool{}}
	for _, s := range list {
		scheme, host, hasScheme := strings.Cut(s, "://")
		if !hasScheme {
			scheme, host = "", s
		}
		switch {
		case s == "*":
			o.any = true
		case s == "null":
			o.exact[s] = true
		case strings.HasPrefix(host, "*.") && len(host) > 2 && !strings.ContainsAny(host[1:], "*/?# "):
			o.suffixes = append(o.suffixes, originPattern{scheme, strings.ToLower(host[1:])})
		default:
			c, ok := canonicalOrigin(s)
			if !ok || strings.Contains(host, "*") {
				mistake("%q in Origins is not an origin: write %q, %q or %q",
					s, "https://app.example", "https://*.app.example", "*")
			}
			o.exact[c] = true
		}
	}
	return o
}

// canonicalOrigin lowers case and drops the default port. ok is false for what is not scheme://host[:port].
func canonicalOrigin(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	return u.Scheme + "://" + canonicalHost(u.Host, u.Scheme), true
}

func canonicalHost(host, scheme string) string {
	host = strings.ToLower(host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return host
}

// allows reports whether a request with the given Origin header may be served, and whether its page is of another
// origin than the server, so that its browser wants CORS headers.
//
// A page of the same origin has the request's host and port. Its scheme must be the connection's, as far as it is
// known: https is fine on a connection without TLS, which a proxy may have ended that is not among the trusted ones.
func (o *origins) allows(origin, requestHost string, secure bool) (ok, cross bool) {
	if origin == "null" {
		return o.any || o.exact[origin], true
	}
	c, valid := canonicalOrigin(origin)
	if !valid {
		return false, true
	}
	scheme, host, _ := strings.Cut(c, "://")
	if host == canonicalHost(requestHost, scheme) && (scheme == "https" || scheme == "http" && !secure) {
		return true, false
	}
	if o.any || o.exact[c] {
		return true, true
	}
	for _, p := range o.suffixes {
		if strings.HasSuffix(host, p.suffix) && len(host) > len(p.suffix) &&
			(p.scheme == scheme || p.scheme == "" && (scheme == "http" || scheme == "https")) {
			return true, true
		}
	}
	return false, true
}

// checkOrigin refuses requests from pages that may not use the server, whatever the transport, and gives the others
// the headers that their browser wants. Requests without an Origin header do not come from a page of another origin.
func (s *Server) checkOrigin(w http.ResponseWriter, r *http.Request) *requestError {
	w.Header().Add("Vary", "Origin")
	values := r.Header.Values("Origin")
	if len(values) == 0 {
		return nil
	}
	if len(values) > 1 {
		return refuse(CodeForbidden, "several Origin headers", "origin", strings.Join(values, ", "))
	}
	if strings.ContainsFunc(values[0], func(c rune) bool { return c < ' ' || c >= 0x7f }) {
		return named("INVALID_ORIGIN", "origin", values[0])
	}
	_, secure := s.proxies.origin(r)
	ok, cross := s.origins.allows(values[0], r.Host, secure)
	if !ok {
		err := refuse(CodeForbidden, "origin not in Origins", "origin", values[0])
		err.warnOnce = &s.originWarned
		return err
	}
	if cross {
		s.corsHeaders(w.Header(), values[0])
	}
	return nil
}

// SetCORS is for what is served beside the sessions, to any page: it gives the answer the CORS headers with which the
// browser of a page that may use the server lets it read the answer. Other pages' answers get none.
func (s *Server) SetCORS(w http.ResponseWriter, r *http.Request) {
	_ = s.checkOrigin(w, r) // the browser refuses
}

func (s *Server) corsHeaders(h http.Header, origin string) {
	cors := &s.opts.CORS
	if s.origins.any && !cors.Credentials {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if cors.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if len(cors.ExposedHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(cors.ExposedHeaders, ","))
	}
}

// preflight answers the question that a browser asks before a cross-origin request. The origin has been checked.
func (s *Server) preflight(w http.ResponseWriter, r *http.Request) {
	h, cors := w.Header(), &s.opts.CORS
	methods := cors.Methods
	if methods == nil {
		methods = []string{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"}
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(methods, ","))
	allowed := strings.Join(cors.AllowedHeaders, ",")
	if cors.AllowedHeaders == nil {
		allowed = strings.Join(r.Header.Values("Access-Control-Request-Headers"), ",")
		h.Add("Vary", "Access-Control-Request-Headers")
	}
	if allowed != "" {
		h.Set("Access-Control-Allow-Headers", allowed)
	}
	if cors.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(cors.MaxAge.Seconds())))
	}
	w.WriteHeader(cors.PreflightCode)
}
