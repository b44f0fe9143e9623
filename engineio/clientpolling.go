package engineio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// endpoint is the URL of a request.
func (c *Client) endpoint(transport string) string {
	u := c.base + "&transport=" + transport
	if c.opts.ForceBase64 && (c.id == "" || transport == webSocket) {
		u += "&b64=1"
	}
	if c.id != "" {
		u += "&sid=" + url.QueryEscape(c.id)
	}
	if transport == polling {
		u += "&t=" + strconv.FormatUint(rand.Uint64(), 36) // nothing between may answer from a cache
	}
	return u
}

// do makes a request. finished is called when its answer is read or given up, and must be.
func (c *Client) do(ctx context.Context, method string, body []byte) (res *http.Response, finished func(), err error) {
	finished = func() {}
	if d := c.opts.RequestTimeout; d > 0 {
		ctx, finished = context.WithTimeoutCause(ctx, d, errRequestTimeout)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.endpoint(polling), bytes.NewReader(body))
	if err != nil {
		return nil, finished, withoutURL(err)
	}
	for name, values := range c.opts.Header {
		r.Header[name] = values[:len(values):len(values)]
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host // net/http does not look for it in the header
	}
	if body != nil {
		r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	res, err = c.http.Do(r)
	if err != nil {
		return nil, finished, causeOf(ctx, err)
	}
	heedContext(ctx, res)
	if res.StatusCode != http.StatusOK {
		refusal, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal)) // what there is of it
		_ = res.Body.Close()                                           // it was only read
		code, message := parseRefusal(refusal)
		return nil, finished, &ResponseError{res.StatusCode, code, message}
	}
	return res, finished, nil
}

// causeOf is the error of a request, or why it was given up.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return withoutURL(err)
}

// get polls once.
func (c *Client) get(ctx context.Context) ([]byte, error) {
	ctx, cancel := once(ctx)
	defer cancel(nil)
	res, finished, err := c.do(ctx, http.MethodGet, nil)
	defer finished()
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := c.readAnswer(res)
	if ctx.Err() != nil { // an answer that nobody should have asked for may have come as well
		return nil, context.Cause(ctx)
	}
	return body, err
}

// readAnswer reads the body of an answer, of at most MaxPayload bytes, in memory that grows with what arrives.
func (c *Client) readAnswer(res *http.Response) ([]byte, error) {
	limit := c.opts.MaxPayload
	if res.ContentLength > int64(limit) {
		return nil, errAnswerTooLarge
	}
	body := make([]byte, 0, min(max(int(res.ContentLength)+1, 512), 32<<10))
	for {
		n, err := res.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		c.polled.Add(int64(n))
		switch {
		case len(body) > limit:
			return nil, errAnswerTooLarge
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, withoutURL(err)
		case len(body) == cap(body):
			body = append(body, 0)[:len(body)]
		}
	}
}

// newClientPayload takes the answer to a poll apart.
func newClientPayload(body []byte) (payloadReader, error) {
	if bytes.Count(body, []byte{separator}) >= maxReceivedPackets { // before any is handled
		return payloadReader{}, errTooManyPackets
	}
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD")) // much as Node.js decodes it
	}
	if body == nil {
		body = []byte{} // an empty packet, which is none
	}
	return payloadReader{rest: body}, nil
}

// poll polls until the session has ended or moves to a WebSocket. It begins with the rest of a payload, if any.
func (c *Client) poll(r *payloadReader) {
	defer c.leave()
	if r != nil {
		c.receivePayload(r)
	}
	for c.mayPoll() {
		body, err := c.get(c.ctx)
		var payload payloadReader
		if err == nil {
			payload, err = newClientPayload(body)
		}
		if err != nil {
			c.failed(err)
			break
		}
		c.receivePayload(&payload)
	}
	c.mu.Lock()
	c.polling = false
	c.mu.Unlock()
	c.finishUpgrade()
}

// mayPoll reports whether there is another poll.
func (c *Client) mayPoll() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state == stateOpen && !c.pausedLocked()
}

// failed ends the session after an answer that is none.
func (c *Client) failed(err error) {
	switch {
	case errors.Is(err, errAnswerTooLarge):
		c.end(PayloadTooLarge, err, discard)
	case errors.Is(err, errTooManyPackets):
		c.end(ParseError, err, discard)
	default:
		c.end(TransportError, err, abort)
	}
}

// receivePayload handles the packets of a payload.
func (c *Client) receivePayload(r *payloadReader) {
	if r.rest == nil || c.closed.Load() {
		return
	}
	defer c.batchDone()
	for r.rest != nil {
		p, err := r.next()
		if err != nil {
			c.end(ParseError, err, discard)
			return
		}
		if !c.receive(p, polling) {
			return // the session has ended, and what is left of the payload is ignored
		}
	}
}

// post sends the queue, until it is empty, the session has ended or moves to a WebSocket.
func (c *Client) post() {
	defer c.leave()
	for {
		batch := c.nextBatch()
		if batch == nil {
			break
		}
		if err := c.postBatch(batch); err != nil {
			c.mu.Lock()
			c.posting, c.inflight = false, 0
			c.mu.Unlock()
			c.end(TransportError, err, abort)
			c.over()
			return
		}
	}
	c.finishUpgrade()
}

// nextBatch takes out of the queue what the next POST carries. nil: there is none.
func (c *Client) nextBatch() []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inflight = 0
	if len(c.queue) == 0 || c.state == stateEnded || c.pausedLocked() {
		c.posting = false
		if c.state == stateLingering {
			c.endLocked() // all is said
		}
		c.traceDrainedLocked()
		return nil
	}
	n, size, held := 0, 0, 0
	for _, m := range c.queue {
		size += c.wireSizeLocked(m)
		if n > 0 && c.maxPayload > 0 && size > c.maxPayload || n == maxSentPackets {
			break
		}
		size++ // the separator
		held += m.size()
		n++
	}
	batch := c.dequeueLocked(n)
	c.inflight = held
	c.traceSentLocked(polling, batch...)
	return batch
}

// postBatch makes the POST. Nothing is expected of the answer but its status.
func (c *Client) postBatch(batch []Message) error {
	res, finished, err := c.do(c.ctx, http.MethodPost, appendPayload(make([]byte, 0, payloadSize(batch)), batch))
	defer finished()
	if err != nil {
		return err
	}
	const most = 4 << 10
	_, _ = io.CopyN(io.Discard, res.Body, most) // so that the connection can be used again
	_ = res.Body.Close()                        // it was only read
	return nil
}
