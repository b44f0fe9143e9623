package engineio

import "net/http"

// newHTTPClient makes the HTTP client of a Client that was given none: the browser's, whose connections and cookies are
// not ours.
func newHTTPClient() (client *http.Client, own bool) { return new(http.Client), false }
