package engineio

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A poll is a GET request that waits for packets.
type poll struct {
	done chan struct{} // closed when the rest is set

	packets []Message
	size    int
	refused bool // the session has left polling: there is no answer
}

// answerPollLocked gives the queue to the waiting poll. The poll is over from here on, before its bytes are written:
// the client may have read them and poll again before the write returns.
func (s *Session) answerPollLocked() {
	p := s.poll
	s.poll = nil
	s.traceSentLocked(polling, s.queue...)
	p.packets, p.size = s.queue, s.queued
	s.inflight += s.queued
	s.queue, s.queued = nil, 0
	close(p.done)
}

// servePoll serves a GET request: it waits until packets are due (protocol, "HTTP long-polling"). initial is the session
// if the request has opened it, or nil.
func (s *Session) servePoll(w http.ResponseWriter, r *http.Request, initial *Session) *requestError {
	p := &poll{done: make(chan struct{})}
	s.mu.Lock()
	switch {
	case s.state == stateEnded || s.ws != nil:
		s.mu.Unlock()
		return refuse(CodeUnknownSID, "session ended")
	case s.state == stateLingering:
		s.sayFarewellLocked(p)
	case s.poll != nil:
		s.mu.Unlock()
		s.close(TransportError, errOverlap, discard)
		return refuse(CodeBadRequest, errOverlap.Error())
	default:
		s.poll = p
		s.flushLocked()
	}
	s.mu.Unlock()
	rc := http.NewResponseController(w)
	if r.ContentLength == 0 {
		// A server's ReadTimeout is meant for requests that arrive slowly, not for answers that take their time.
		_ = rc.SetReadDeadline(time.Time{}) // not all writers can; then the server's own timeouts hold
	}
	if !s.await(p, r) {
		return &requestError{code: CodeBadRequest, why: errPollAborted.Error(), gone: true}
	}
	if p.refused {
		return named("TRANSPORT_MISMATCH")
	}
	s.writePoll(w, rc, p, r, initial)
	return nil
}

// sayFarewellLocked answers a poll of a session that has been closed: with what is queued, if anything, and the next
// poll with the close packet. The official client ends the session as soon as it reads that, and loses messages of the
// same payload that it has not handed on.
func (s *Session) sayFarewellLocked(p *poll) {
	s.poll = p
	if len(s.queue) > 0 {
		s.answerPollLocked()
		return
	}
	s.queue = append(s.queue, noopPacket)
	if s.farewell == packetClose {
		s.queue = append(s.queue, closePacket)
	}
	s.answerPollLocked()
	s.endLocked(flush)
}

// await waits for the poll's answer. While the client probes another transport it gets a noop soon, since it has to
// finish its poll before it can upgrade. False: the client is gone.
func (s *Session) await(p *poll, r *http.Request) bool {
	for {
		var hurry <-chan time.Time
		s.mu.Lock()
		if s.probed {
			hurry = time.After(noopDelay)
		}
		s.mu.Unlock()
		select {
		case <-p.done:
			return true
		case <-hurry:
			s.mu.Lock()
			if s.poll == p && s.probed {
				s.sendControlLocked(noopPacket)
			}
			s.mu.Unlock()
		case <-r.Context().Done():
			s.mu.Lock()
			gone := s.poll == p
			if gone {
				s.poll = nil
			}
			s.mu.Unlock()
			if !gone {
				return true // it was answered at the same moment
			}
			s.close(TransportError, errPollAborted, discard)
			return false
		}
	}
}

func (s *Session) writePoll(
	w http.ResponseWriter, rc *http.ResponseController, p *poll, r *http.Request, initial *Session,
) {
	err := errNotAnswered // if a hook of the application panics, which net/http recovers
	defer func() { s.answered(p, err) }()
	h := w.Header()
	s.pollHeaders(h, r, initial)
	body := s.payload(h, p.packets, r)
	if compressible(p.packets) {
		body = s.server.compress(h, r, body)
	}
	p.packets = nil
	err = s.writeAnswer(w, rc, body)
}

// answered says that a poll's packets are written, or lost.
func (s *Session) answered(p *poll, err error) {
	s.mu.Lock()
	s.inflight -= p.size
	s.broken = s.broken || err != nil
	s.countQueueLocked()
	s.mu.Unlock()
	if err != nil {
		s.close(TransportError, err, discard)
	}
}

// payload encodes the answer to a poll, and says in the header what it is.
func (s *Session) payload(h http.Header, packets []Message, r *http.Request) []byte {
	body, binary := make([]byte, 0, payloadSize(packets)), false
	callback := s.callback(r)
	if s.eio3 {
		body, binary = appendPayload3(body, packets, s.base64 || callback != "") // a script is text
	} else {
		body = appendPayload(body, packets)
	}
	contentType := "text/plain; charset=UTF-8"
	if callback != "" {
		body = appendJSONP(make([]byte, 0, len(body)+len(body)/8+32), callback, body)
		contentType = "text/javascript; charset=UTF-8"
		h.Set("X-Content-Type-Options", "nosniff")
	} else if binary {
		contentType = "application/octet-stream"
	}
	h.Set("Content-Type", contentType)
	return body
}

// writeAnswer writes the answer to a request that may have taken longer than the server's WriteTimeout, which began
// with the request.
func (s *Session) writeAnswer(w http.ResponseWriter, rc *http.ResponseController, body []byte) error {
	opts := &s.server.opts
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_ = rc.SetWriteDeadline(time.Now().Add(opts.PingInterval + opts.PingTimeout)) // if it can
	_, err := w.Write(body)
	if err == nil {
		err = rc.Flush()
	}
	_ = rc.SetWriteDeadline(time.Time{})
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// pollHeaders are those that the official server sets on every answer, and those of the options.
func (s *Session) pollHeaders(h http.Header, r *http.Request, initial *Session) {
	h.Set("Cache-Control", "no-store")
	if ua := r.UserAgent(); strings.Contains(ua, ";MSIE") || strings.Contains(ua, "Trident/") {
		h.Set("X-XSS-Protection", "0")
	}
	s.server.responseHeaders(h, r, initial)
}

// servePost serves a POST request: the client's packets.
func (s *Session) servePost(w http.ResponseWriter, r *http.Request) *requestError {
	if isBinary(r) && (!s.eio3 || s.callback(r) != "") {
		s.close(TransportError, errBadContent, discard) // binary payloads are protocol 3's
		return refuse(CodeBadRequest, errBadContent.Error())
	}
	if ce := r.Header.Get("Content-Encoding"); ce != "" && !strings.EqualFold(ce, "identity") {
		return &requestError{code: CodeBadRequest, status: http.StatusUnsupportedMediaType, why: "Content-Encoding"}
	}
	rc := http.NewResponseController(w)
	if err := s.startPost(rc); err != nil {
		return err
	}
	rejected, err := s.takePost(rc, r)
	switch {
	case errors.Is(err, errTooLarge):
		// As in the official server, the session goes on; the client learns why its request failed.
		w.Header().Set("Connection", "close")
		return &requestError{code: CodeBadRequest, status: http.StatusRequestEntityTooLarge, why: err.Error()}
	case err != nil:
		w.Header().Set("Connection", "close") // it may have been hurt
		s.close(TransportError, errPostAborted, discard)
		return refuse(CodeBadRequest, errPostAborted.Error())
	case rejected != nil:
		return rejected
	}
	h := w.Header()
	s.pollHeaders(h, r, nil)
	h.Set("Content-Type", "text/html") // not text/plain: some browsers would offer a download

	_ = s.writeAnswer(w, rc, []byte("ok")) // a client that is gone is noticed by its poll
	return nil
}

// isBinary reports whether the body of a request is a binary payload.
func isBinary(r *http.Request) bool {
	ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.TrimSpace(ct) == "application/octet-stream"
}

func (s *Session) startPost(rc *http.ResponseController) *requestError {
	s.mu.Lock()
	switch {
	case s.state != stateOpen || s.ws != nil:
		s.mu.Unlock()
		return refuse(CodeUnknownSID, "session ended")
	case s.posting:
		s.mu.Unlock()
		s.close(TransportError, errOverlap, discard)
		return refuse(CodeBadRequest, errOverlap.Error())
	}
	s.posting, s.body = true, rc
	s.mu.Unlock()
	return nil
}

// takePost reads the body and hands its packets over. The POST is over before its answer is written: the client may
// post again as soon as it has read that.
func (s *Session) takePost(rc *http.ResponseController, r *http.Request) (rejected *requestError, err error) {
	defer s.endPost() // also if the handler panics, which net/http recovers
	body, err := s.readBody(rc, r)
	if err == nil {
		rejected = s.receivePayload(body, r)
	}
	return rejected, err
}

// bodyRead keeps Session.close from ending the read, and reports whether it may have done so.
func (s *Session) bodyRead() (closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body = nil
	return s.closed.Load()
}

func (s *Session) endPost() {
	s.mu.Lock()
	s.posting, s.body = false, nil
	s.mu.Unlock()
}

var errTooLarge = errors.New("payload too large")

// readBody reads a POST body of at most MaxPayload bytes, in memory that grows with what arrives, and gives up on one
// that trickles.
func (s *Session) readBody(rc *http.ResponseController, r *http.Request) ([]byte, error) {
	limit := s.server.opts.MaxPayload
	if rc.SetReadDeadline(time.Now().Add(postBase)) == nil {
		// The body has a deadline of its own, so the heartbeat may wait for it: see heartbeats.endDue.
		s.reading.Add(1)
		defer s.reading.Add(-1)
	}
	if r.ContentLength > int64(limit) {
		return nil, errTooLarge
	}
	start := time.Now()
	body := make([]byte, 0, min(max(int(r.ContentLength)+1, 512), 32<<10))
	for {
		_ = rc.SetReadDeadline(start.Add(postBase + time.Duration(len(body))*time.Second/postRate)) // if it can
		if s.closed.Load() {
			return nil, ErrClosed // from here on, Session.close ends the read
		}
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		s.posted.Add(int64(n))
		switch {
		case len(body) > limit:
			return nil, errTooLarge
		case errors.Is(err, io.EOF):
			if s.bodyRead() {
				return nil, ErrClosed
			}
			_ = rc.SetReadDeadline(time.Time{})
			return body, nil
		case err != nil:
			return nil, err
		case len(body) == cap(body):
			body = append(body, 0)[:len(body)]
		}
	}
}

// receivePayload hands the packets of a body to the session. An empty body is one without packets.
func (s *Session) receivePayload(body []byte, r *http.Request) *requestError {
	if s.callback(r) != "" {
		var err error
		if body, err = decodeJSONP(body); err != nil {
			s.close(ParseError, err, discard)
			return refuse(CodeBadRequest, err.Error())
		}
	}
	if len(body) == 0 {
		return nil
	}
	binary := isBinary(r)
	if !binary && !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD")) // much as Node.js decodes it
	}
	defer s.handler.BatchDone()
	if !s.eio3 && bytes.Count(body, []byte{separator}) >= s.server.opts.MaxPackets { // before any is handled
		s.close(ParseError, errTooManyPackets, discard)
		return refuse(CodeBadRequest, errTooManyPackets.Error())
	}
	payload := payloadReader{rest: body, eio3: s.eio3, binary: binary}
	for n := 0; payload.rest != nil; n++ {
		p, err := payload.next()
		if n >= s.server.opts.MaxPackets {
			err = errTooManyPackets
		}
		if err != nil {
			s.close(ParseError, err, discard)
			return refuse(CodeBadRequest, err.Error())
		}
		s.traceReceived(p, polling)
		if s.receive(p) {
			continue
		}
		if s.misdirected(p.typ) {
			return refuse(CodeBadRequest, errBadDirection.Error())
		}
		return nil // the session has ended, and what is left of the payload is ignored
	}
	return nil
}
