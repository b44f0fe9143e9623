package engineio

import (
	"context"
	"io"
	"net/http"
)

// newHTTPClient makes the HTTP client of a Client that was given none: the browser's, whose connections and cookies are
// not ours.
func newHTTPClient() (client *http.Client, own bool) { return new(http.Client), false }

// heedContext has the body of an answer end with the context of its request, as it does elsewhere: over fetch, net/http
// forgets the context once the header has arrived.
func heedContext(ctx context.Context, res *http.Response) {
	body := res.Body
	stop := context.AfterFunc(ctx, func() { _ = body.Close() })
	res.Body = &heedfulBody{body, ctx, stop}
}

type heedfulBody struct {
	io.ReadCloser
	ctx  context.Context
	stop func() bool
}

func (b *heedfulBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && b.ctx.Err() != nil {
		err = context.Cause(b.ctx) // a closed body ends as one that is complete
	}
	return n, err
}

func (b *heedfulBody) Close() error {
	b.stop()
	return b.ReadCloser.Close()
}
