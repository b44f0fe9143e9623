//go:build !js

package engineio

import (
	"context"
	"net/http"
	"net/http/cookiejar"
)

// newHTTPClient makes the HTTP client of a Client that was given none. own says that nobody else uses its connections.
func newHTTPClient() (client *http.Client, own bool) {
	jar, _ := cookiejar.New(nil) // it never fails
	transport := http.DefaultTransport
	t, own := transport.(*http.Transport)
	if own {
		transport = t.Clone()
	}
	return &http.Client{Transport: transport, Jar: jar}, own
}

// heedContext is for platforms where net/http forgets the context of a request.
func heedContext(context.Context, *http.Response) {}
