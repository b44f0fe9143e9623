package socketio

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/engineio"
)

// A Handshake is what a client said when it connected. Its JSON is that of the official server.
type Handshake struct {
	Headers http.Header
	Time    time.Time // of the connection to the namespace
	Address string    // the IP address that the request came from, see ServerOptions.TrustedProxies
	XDomain bool      // the request had an Origin header
	Secure  bool      // the connection has TLS, see ServerOptions.TrustedProxies
	URL     string
	Query   url.Values
	Auth    jsontext.Value // the JSON object that the client gave as auth; "{}" without one
}

// Handshake returns what the client said when it connected.
func (s *Socket) Handshake() Handshake { return newHandshake(s.conn.session, s.auth, s.issued) }

func newHandshake(session *engineio.Session, auth jsontext.Value, issued time.Time) Handshake {
	r := session.Request()
	if auth == nil {
		auth = jsontext.Value("{}")
	}
	return Handshake{
		Headers: r.Header,
		Time:    issued,
		Address: session.Address(),
		XDomain: r.Header.Get("Origin") != "",
		Secure:  session.Secure(),
		URL:     r.URL.RequestURI(),
		Query:   r.URL.Query(),
		Auth:    auth.Clone(),
	}
}

// ScanAuth decodes the auth object into a variable.
func (h Handshake) ScanAuth(dest any) error {
	return scanAuth(h.Auth, dest)
}

func scanAuth(auth []byte, dest any) error {
	return json.Unmarshal(auth, dest, laxJSON)
}

// laxJSON reads what the JSON of JavaScript reads, too: names that occur twice and broken UTF-8.
var laxJSON = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// MarshalJSONTo writes the handshake as the official server does: of a query parameter that is given several times
// the last value, header names in lower case.
func (h Handshake) MarshalJSONTo(e *jsontext.Encoder) error {
	query := map[string]string{}
	for k, v := range h.Query {
		query[k] = v[len(v)-1]
	}
	headers := map[string]string{}
	for k, v := range h.Headers {
		headers[strings.ToLower(k)] = strings.Join(v, ", ")
	}
	return json.MarshalEncode(e, struct {
		Headers map[string]string `json:"headers"`
		Time    string            `json:"time"`
		Address string            `json:"address"`
		XDomain bool              `json:"xdomain"`
		Secure  bool              `json:"secure"`
		Issued  int64             `json:"issued"`
		URL     string            `json:"url"`
		Query   map[string]string `json:"query"`
		Auth    jsontext.Value    `json:"auth"`
	}{
		headers, h.Time.Format("Mon Jan 02 2006 15:04:05 GMT-0700"), h.Address, h.XDomain, h.Secure,
		h.Time.UnixMilli(), h.URL, query, h.Auth,
	})
}
