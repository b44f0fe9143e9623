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
	p.packets, p.size = s.queue, s.queued
	s.inflight += s.queued
	s.queue, s.queued = nil, 0
	close(p.done)
}

// servePoll serves a GET request: it waits until packets are due (protocol, "HTTP long-polling").
func (s *Session) servePoll(w http.ResponseWriter, r *http.Request) *requestError {
	p := &poll{done: make(chan struct{})}
	s.mu.Lock()
	switch {
	case s.state == stateEnded || s.ws != nil:
		s.mu.Unlock()
		return refuse(codeUnknownSID, "session ended")
	case s.state == stateLingering:
		s.sayFarewellLocked(p)
	case s.poll != nil:
		s.mu.Unlock()
		s.close(TransportError, errOverlap, discard)
		return refuse(codeBadRequest, errOverlap.Error())
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
		return refuse(codeBadRequest, "poll abandoned")
	}
	if p.refused {
		return refuse(codeBadRequest, "TRANSPORT_MISMATCH")
	}
	s.writePoll(w, rc, p, r)
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

func (s *Session) writePoll(w http.ResponseWriter, rc *http.ResponseController, p *poll, r *http.Request) {
	body := appendPayload(make([]byte, 0, payloadSize(p.packets)), p.packets)
	p.packets = nil
	h := w.Header()
	pollHeaders(h, r)
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	err := s.writeAnswer(w, rc, body)
	s.mu.Lock()
	s.inflight -= p.size
	s.mu.Unlock()
	if err != nil {
		s.close(TransportError, err, discard) // the packets are lost
	}
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

// pollHeaders are those that the official server sets on every answer.
func pollHeaders(h http.Header, r *http.Request) {
	h.Set("Cache-Control", "no-store")
	if ua := r.UserAgent(); strings.Contains(ua, ";MSIE") || strings.Contains(ua, "Trident/") {
		h.Set("X-XSS-Protection", "0")
	}
}

// servePost serves a POST request: the client's packets.
func (s *Session) servePost(w http.ResponseWriter, r *http.Request) *requestError {
	if ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(ct) == "application/octet-stream" {
		s.close(TransportError, errBadContent, discard) // binary payloads are protocol 3's
		return refuse(codeBadRequest, errBadContent.Error())
	}
	if ce := r.Header.Get("Content-Encoding"); ce != "" && !strings.EqualFold(ce, "identity") {
		return &requestError{code: codeBadRequest, status: http.StatusUnsupportedMediaType, context: "Content-Encoding"}
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
		return &requestError{code: codeBadRequest, status: http.StatusRequestEntityTooLarge, context: err.Error()}
	case err != nil:
		w.Header().Set("Connection", "close") // it may have been hurt
		s.close(TransportError, errPostAborted, discard)
		return refuse(codeBadRequest, errPostAborted.Error())
	case rejected != nil:
		return rejected
	}
	h := w.Header()
	pollHeaders(h, r)
	h.Set("Content-Type", "text/html") // not text/plain: some browsers would offer a download

	_ = s.writeAnswer(w, rc, []byte("ok")) // a client that is gone is noticed by its poll
	return nil
}

func (s *Session) startPost(rc *http.ResponseController) *requestError {
	s.mu.Lock()
	switch {
	case s.state != stateOpen || s.ws != nil:
		s.mu.Unlock()
		return refuse(codeUnknownSID, "session ended")
	case s.posting:
		s.mu.Unlock()
		s.close(TransportError, errOverlap, discard)
		return refuse(codeBadRequest, errOverlap.Error())
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
		rejected = s.receivePayload(body)
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
		// The body has a deadline of its own, so the heartbeat may wait for it: see heartbeats.pongDue.
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
func (s *Session) receivePayload(body []byte) *requestError {
	if len(body) == 0 {
		return nil
	}
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD")) // as a TextDecoder does
	}
	defer s.handler.BatchDone()
	if bytes.Count(body, []byte{separator}) >= s.server.opts.MaxPackets {
		s.close(ParseError, errTooManyPackets, discard)
		return refuse(codeBadRequest, errTooManyPackets.Error())
	}
	for more := true; more; {
		var part []byte
		part, body, more = bytes.Cut(body, []byte{separator})
		p, err := decodePayloadPacket(part)
		if err != nil {
			s.close(ParseError, err, discard)
			return refuse(codeBadRequest, err.Error())
		}
		if s.receive(p) {
			continue
		}
		if p.typ == packetPing {
			return refuse(codeBadRequest, errBadDirection.Error())
		}
		return nil // the session has ended, and what is left of the payload is ignored
	}
	return nil
}
