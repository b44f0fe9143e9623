package engineio_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/socketio-go/socketio/engineio"
)

// fuzzServer is an http.RoundTripper: it answers polls in turn, and POSTs with "ok".
type fuzzServer struct {
	answers [][]byte
	idle    chan struct{} // closed when they have all been given, and there is another poll
}

func (s *fuzzServer) RoundTrip(r *http.Request) (*http.Response, error) {
	res := &http.Response{StatusCode: http.StatusOK, Request: r, ContentLength: -1}
	if r.Method == post {
		res.Body = io.NopCloser(strings.NewReader("ok"))
		return res, nil
	}
	if len(s.answers) == 0 {
		close(s.idle)
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	res.Body = io.NopCloser(bytes.NewReader(s.answers[0]))
	s.answers = s.answers[1:]
	return res, nil
}

// fuzzDial opens a session with it. The POSTs run beside the polls, but do not touch what those do.
func fuzzDial(t *testing.T, u *user, answers ...[]byte) (*fuzzServer, error) {
	s := &fuzzServer{answers, make(chan struct{})}
	o := &engineio.ClientOptions{HTTPClient: &http.Client{Transport: s}, NoUpgrade: true, MaxPayload: 1 << 20}
	return s, u.dial(t.Context(), o)
}

// FuzzClientOpen: whatever a server answers to the handshake, Dial fails with a *HandshakeError or the session has an
// id, and it can be closed.
func FuzzClientOpen(f *testing.F) {
	for _, s := range []string{
		openText, openText + sep + "4a", "", "4", "0", "0{}", `0{"sid":"a","pingInterval":1,"pingTimeout":1}`,
		`0{"sid":"a","sid":"b","pingInterval":1,"pingTimeout":1}`, `0{"sid":"a","pingInterval":1e400,"pingTimeout":1}`,
		`0{"sid":"\ud800","pingInterval":1.5,"pingTimeout":2147483647,"maxPayload":1e308,"upgrades":null}`,
		`0{"sid":"a","pingInterval":1,"pingTimeout":1,"upgrades":[1]}`, `0{"sid":null}`, "b",
		"0" + strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		u := &user{t: t}
		s, err := fuzzDial(t, u, bytes.Clone(body))
		if err != nil {
			var h *engineio.HandshakeError
			if !errors.As(err, &h) || len(err.Error()) > 200 {
				t.Fatalf("error %v", err)
			}
			return
		}
		if id := u.ID(); id == "" || len(id) > 1024 || u.LogID() == id || u.MaxPayload() < 0 {
			t.Fatalf("sid %q, MaxPayload %d", id, u.MaxPayload())
		}
		select {
		case <-s.idle:
		case <-u.gone:
		}
		u.Client.Close()
		<-u.Done()
	})
}

// FuzzClientPoll: a client reads of the answer to a poll what a plain reading of the protocol finds in it.
func FuzzClientPoll(f *testing.F) {
	for _, s := range []string{
		"4a", "4a" + sep + "4b", "", sep, "4" + sep, "bAA==", "bAA", "b", "b=", "b\n", "b@", "4a" + sep + "b@" + sep + "4b",
		"6", "2", "2probe", "3", "5", "7", "1" + sep + "4a", openText, "4\xff", "4\xf0\x9f" + sep + "\x98\x80", "4é",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		u := &user{t: t}
		s, err := fuzzDial(t, u, []byte(openText), bytes.Clone(body))
		if err != nil {
			t.Fatal(err)
		}
		want, reason := readPoll(body)
		select {
		case <-s.idle:
			if reason != "" {
				t.Errorf("open, want closed with %q", reason)
			}
			u.Client.Close()
		case <-u.gone:
			if u.reason != reason {
				t.Errorf("closed with %q, want %q", u.reason, reason)
			}
		}
		<-u.Done()
		if strings.Join(u.got, sep) != strings.Join(want, sep) || len(u.got) != len(want) {
			t.Errorf("received %q, want %q", u.got, want)
		}
	})
}

// readPoll reads a payload. reason is why the session ends, if it does.
func readPoll(body []byte) (messages []string, reason engineio.CloseReason) {
	text := string(body)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	for _, p := range strings.Split(text, sep) {
		if p == "" {
			return messages, engineio.ParseError
		}
		switch p[0] {
		case '4':
			messages = append(messages, p[1:])
		case 'b':
			data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(p[1:], "="))
			if err != nil || strings.ContainsAny(p, "\r\n") {
				return messages, engineio.ParseError
			}
			messages = append(messages, "b:"+string(data))
		case '0':
			return messages, engineio.TransportError
		case '1':
			return messages, engineio.TransportClose
		case '2', '3', '5', '6':
		default:
			return messages, engineio.ParseError
		}
	}
	return messages, ""
}
