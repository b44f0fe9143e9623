//go:build !js

package websocket

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ClientConn is the client's end of a WebSocket connection, made by Dial.
type ClientConn = Conn

// Dial makes the opening handshake (RFC 6455 §4.1) with the server at a URL, whose scheme is ws, wss, http or https.
// Bytes that arrive with the response are processed by Serve. nil opts are the defaults.
//
// ctx bounds the handshake, redirects included, and has no influence on the connection. The error is a *DialError;
// it wraps the cause of ctx if that ended the handshake.
func Dial(ctx context.Context, rawURL string, opts *DialOptions) (*ClientConn, error) {
	var o DialOptions
	if opts != nil {
		o = *opts
	}
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	if client.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, client.Timeout)
		defer cancel()
		client.Timeout = 0
	}
	d := newDialing(ctx)
	c, err := d.dial(&client, rawURL, &o)
	if ended := !d.detach(); ended && err == nil {
		c.CloseNow()
		err = &DialError{Message: "the request failed"}
	}
	if err == nil {
		return c, nil
	}
	d.cancel(nil)
	if failed, ok := errors.AsType[*DialError](err); ok && ctx.Err() != nil {
		failed.Err = context.Cause(ctx)
	}
	return nil, err
}

// dialing is the context of a request, which ends with that of the caller until it is detached. A body may live no
// longer than the context of its request, and the connection is the body of this one.
type dialing struct {
	context.Context
	cancel   context.CancelCauseFunc
	detach   func() bool // false: too late, the caller's has ended
	deadline time.Time   // zero: none

	conn net.Conn // what net/http used for the last request
}

func newDialing(ctx context.Context) *dialing {
	d := new(dialing)
	d.Context, d.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	d.detach = context.AfterFunc(ctx, func() { d.cancel(context.Cause(ctx)) })
	d.deadline, _ = ctx.Deadline()
	return d
}

// Deadline tells a dialer how to share its time between the addresses of a host.
func (d *dialing) Deadline() (time.Time, bool) { return d.deadline, !d.deadline.IsZero() }

// dial makes the request. The client has no Timeout.
func (d *dialing) dial(client *http.Client, rawURL string, o *DialOptions) (*Conn, error) {
	var ctx context.Context = d
	_, std := client.Transport.(*http.Transport)
	if client.Transport == nil {
		_, std = http.DefaultTransport.(*http.Transport)
	}
	if std {
		// Of any other RoundTripper nothing is known: it may make requests of its own, and change the body.
		ctx = httptrace.WithClientTrace(d, &httptrace.ClientTrace{
			GotConn: func(info httptrace.GotConnInfo) { d.conn = info.Conn },
		})
	}
	req, key, err := upgradeRequest(ctx, rawURL, o)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, requestError(resp, err)
	}
	answer, message := checkAnswer(resp, key, o)
	body, writable := resp.Body.(io.ReadWriteCloser)
	if message == "" && !writable {
		message = "the connection cannot be written to"
	}
	if message != "" {
		return nil, refusal(resp, message)
	}
	nc, early, err := takeOver(body, d.conn)
	if err != nil {
		_ = body.Close() // the error that matters is the first
		return nil, &DialError{Message: "the connection failed", Err: err}
	}
	limits := AcceptOptions{MaxMessage: o.MaxMessage, MaxFragments: o.MaxFragments, Deflate: answer.deflate}
	if limits.MaxMessage <= 0 {
		limits.MaxMessage = defaultClientMaxMessage
	}
	c := newConn(nc, early, &limits)
	c.client, c.parser.client, c.subprotocol = true, true, answer.subprotocol
	return c, nil
}

// upgradeRequest returns the request and the key that its response must prove to have seen.
func upgradeRequest(ctx context.Context, rawURL string, o *DialOptions) (*http.Request, string, error) {
	if err := checkSubprotocols(o.Subprotocols); err != nil {
		return nil, "", err
	}
	u, err := parseURL(rawURL, "http", "https")
	if err != nil {
		return nil, "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", &DialError{Message: "invalid URL"}
	}
	for name, values := range o.Header {
		if name = http.CanonicalHeaderKey(name); !requestFields[name] {
			req.Header[name] = append(req.Header[name], values...)
		}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host // net/http does not look for it in the header
		req.Header.Del("Host")
	}
	nonce := make([]byte, keySize)
	_, _ = rand.Read(nonce) // it does not fail
	key := base64.StdEncoding.EncodeToString(nonce)
	// net/http sees from these that the connection must be one of HTTP/1.1.
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "websocket")
	req.Header.Set("Sec-WebSocket-Version", "13")
	req.Header.Set("Sec-WebSocket-Key", key)
	if len(o.Subprotocols) > 0 {
		req.Header.Set("Sec-WebSocket-Protocol", strings.Join(o.Subprotocols, ", "))
	}
	if o.Deflate {
		req.Header.Set("Sec-WebSocket-Extensions", deflateOffer)
	}
	return req, key, nil
}

// requestFields are not taken from DialOptions.Header.
var requestFields = map[string]bool{
	"Connection":               true,
	"Content-Length":           true,
	"Sec-Websocket-Extensions": true,
	"Sec-Websocket-Key":        true,
	"Sec-Websocket-Protocol":   true,
	"Sec-Websocket-Version":    true,
	"Transfer-Encoding":        true,
	"Upgrade":                  true,
}

// negotiated is what a response chose of that which was offered.
type negotiated struct {
	subprotocol string
	deflate     bool
}

// checkAnswer returns what is wrong with the response (RFC 6455 §4.1), if anything.
func checkAnswer(resp *http.Response, key string, o *DialOptions) (n negotiated, wrong string) {
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return n, "the server does not upgrade the connection"
	}
	if v := resp.Header["Upgrade"]; len(v) != 1 || !strings.EqualFold(v[0], "websocket") {
		return n, "missing or invalid Upgrade header"
	}
	if !hasToken(resp.Header["Connection"], "upgrade") {
		return n, "missing or invalid Connection header"
	}
	if v := resp.Header["Sec-Websocket-Accept"]; len(v) != 1 || v[0] != acceptKey(key) {
		return n, "missing or invalid Sec-WebSocket-Accept header"
	}
	switch v := resp.Header["Sec-Websocket-Protocol"]; {
	case len(v) == 0 && len(o.Subprotocols) == 0:
	case len(v) == 0:
		return n, "the server chose no subprotocol"
	case len(v) > 1 || !slices.Contains(o.Subprotocols, v[0]):
		return n, "the server chose a subprotocol that was not offered"
	default:
		n.subprotocol = strings.Clone(v[0]) // not the whole header
	}
	if len(resp.Header["Sec-Websocket-Extensions"]) > 0 {
		if n.deflate = o.Deflate && agreesDeflate(resp.Header); !n.deflate {
			return n, "the server chose an extension, or a setting of it, that was not offered"
		}
	}
	return n, ""
}

// requestError is the error of http.Client.Do, without the URL: it may hold secrets.
func requestError(resp *http.Response, err error) *DialError {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	e := &DialError{Message: "the request failed", Err: err}
	if resp != nil { // of a redirect that was not followed
		e.Status, e.Header = resp.StatusCode, resp.Header
	}
	return e
}

// refusal is the error for a response that is not the one hoped for. It closes the body.
func refusal(resp *http.Response, message string) *DialError {
	e := &DialError{Status: resp.StatusCode, Header: resp.Header, Message: message}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		e.Body, _ = io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what there is of it
	}
	_ = resp.Body.Close() // it was only read
	return e
}

// takeOver takes the connection from net/http. If conn, which may be nil, is a socket or TLS on one, that is used
// from now on, and early is what net/http has read of it; otherwise the body is.
func takeOver(body io.ReadWriteCloser, conn net.Conn) (nc net.Conn, early []byte, err error) {
	if !onSocket(conn) {
		return &bodyConn{body, conn}, nil, nil
	}
	// The body gives first what is buffered. Without time to wait, it gives nothing else.
	if err := conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
		return nil, nil, err
	}
	early, err = io.ReadAll(body)
	if ne, ok := errors.AsType[net.Error](err); err == nil || ok && ne.Timeout() {
		err = conn.SetReadDeadline(time.Time{})
	}
	if len(early) == 0 {
		early = nil
	}
	return conn, early, err
}

// onSocket says whether conn is known to keep deadlines, and its Read and Write to be what net/http used.
func onSocket(conn net.Conn) bool {
	switch c := conn.(type) {
	case *net.TCPConn, *net.UnixConn:
		return true
	case *tls.Conn:
		return onSocket(c.NetConn())
	}
	return false
}

// bodyConn is a connection of which only the body of the response is known.
type bodyConn struct {
	body io.ReadWriteCloser
	conn net.Conn // for its addresses; may be nil
}

func (b *bodyConn) Read(p []byte) (int, error)  { return b.body.Read(p) }
func (b *bodyConn) Write(p []byte) (int, error) { return b.body.Write(p) }
func (b *bodyConn) Close() error                { return b.body.Close() }

// CloseWrite fails if the body has no such method.
func (b *bodyConn) CloseWrite() error {
	if w, ok := b.body.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return errors.ErrUnsupported
}

func (b *bodyConn) LocalAddr() net.Addr {
	if b.conn == nil {
		return unknownAddr{}
	}
	return b.conn.LocalAddr()
}

func (b *bodyConn) RemoteAddr() net.Addr {
	if b.conn == nil {
		return unknownAddr{}
	}
	return b.conn.RemoteAddr()
}

func (*bodyConn) SetDeadline(time.Time) error      { return errors.ErrUnsupported }
func (*bodyConn) SetReadDeadline(time.Time) error  { return errors.ErrUnsupported }
func (*bodyConn) SetWriteDeadline(time.Time) error { return errors.ErrUnsupported }

type unknownAddr struct{}

func (unknownAddr) Network() string { return "unknown" }
func (unknownAddr) String() string  { return "unknown" }
