//go:build !js

package websocket

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// unmasked is what a server sends when a client sends b, whose last frame may
// be incomplete; nil if a frame is not masked.
func unmasked(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		start := len(out)
		if len(b) < 2 {
			return append(out, b...)
		}
		if b[1]&maskBit == 0 {
			return nil
		}
		n := uint64(b[1] & lengthBits)
		head := headerSize([]byte{b[0], byte(n)})
		if len(b) < head+maskSize {
			out = append(out, b[:min(head, len(b))]...)
			out[start+1] &^= maskBit
			return out
		}
		switch n {
		case length16:
			n = uint64(binary.BigEndian.Uint16(b[2:]))
		case length64:
			n = binary.BigEndian.Uint64(b[2:])
		}
		out = append(out, b[:head]...)
		out[start+1] &^= maskBit
		key := [4]byte(b[head:])
		b = b[head+maskSize:]
		n = min(n, uint64(len(b)))
		payload := slices.Clone(b[:n])
		unmaskNaive(payload, key)
		out = append(out, payload...)
		b = b[n:]
	}
	return out
}

func newClientParser(maxMessage, maxFragments int) *parser {
	p := newParser(maxMessage, maxFragments)
	p.client = true
	return p
}

// TestClientConformanceFed feeds a client what the cases have a server read.
func TestClientConformanceFed(t *testing.T) {
	for _, tt := range conformanceCases() {
		t.Run(tt.name, func(t *testing.T) {
			in := unmasked(tt.in)
			if in == nil {
				t.Skip("about a frame that is not masked")
			}
			for _, n := range []int{1, 2, 3, 5, 9, 10, 64, 1 << 20} {
				r := new(recorder)
				_, _ = feedChunks(newClientParser(defaultMaxMessage, defaultMaxFragments), r, in, fixed(n))
				if !slices.Equal(r.events, tt.want) {
					t.Fatalf("in pieces of %d: got %q, want %q", n, r.events, tt.want)
				}
			}
		})
	}
}

// TestClientFails: what a server must not send, to a client that takes
// messages of 100 bytes in 3 fragments.
func TestClientFails(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want error
		code string
	}{
		{"masked", text("masked"), errMasked, failed},
		{"masked and empty", text(""), errMasked, failed},
		{"masked ping", frame(0x89, "x"), errMasked, failed},
		{"reserved bit 1", []byte("\xc1\x00"), errReservedBits, failed},
		{"reserved bit 3", []byte("\x91\x00"), errReservedBits, failed},
		{"opcode", []byte("\x83\x00"), errOpcode, failed},
		{"continuation", []byte("\x80\x01x"), errContinuation, failed},
		{"interleaved", []byte("\x01\x01x\x81\x01y"), errInterleaved, failed},
		{"fragmented ping", []byte("\x09\x00"), errControlFrag, failed},
		{"long ping", []byte("\x89\x7e\x00\x7e"), errControlLength, failed},
		{"too big", plainFrame(OpBinary, sized(101)), ErrMessageTooBig, "close 1009"},
		{"too big when put together", join([]byte("\x01\x63"), []byte(sized(99)), []byte("\x80\x02")), ErrMessageTooBig, "close 1009"},
		{"announced too big", []byte("\x82\x7f\x00\x00\x00\x01\x00\x00\x00\x00"), ErrMessageTooBig, "close 1009"},
		{"length of 64 bits", []byte("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x01"), errLength, failed},
		{"too many fragments", []byte("\x01\x00\x00\x00\x00\x00\x80\x00"), ErrTooManyFragments, "close 1008"},
		{"not UTF-8", plainFrame(OpText, "a\xff"), ErrInvalidUTF8, badText},
		{"close of one byte", []byte("\x88\x01x"), errCloseLength, failed},
		{"close code", plainFrame(OpClose, closePayload(1006, "")), errCloseCode, failed},
	}
	for _, kind := range []string{"tcp", "memnet"} {
		for _, tt := range tests {
			t.Run(kind+" "+tt.name, func(t *testing.T) {
				r, p := connectRawOpts(t, listen(t, kind), string(plainFrame(OpText, "first")), &DialOptions{MaxMessage: 100, MaxFragments: 3})
				r.expect(t, "text first")
				if _, err := p.Write(join(tt.in, plainFrame(OpText, "ignored"))); err != nil {
					t.Fatal(err)
				}
				first, _, payload := p.readMasked(t)
				if got := describe(Opcode(first&opcodeBits), payload); got != tt.code {
					t.Errorf("got %q, want %q", got, tt.code)
				}
				if err := <-r.closed; !errors.Is(err, tt.want) {
					t.Errorf("Closed(%v)", err)
				}
				_ = p.Close()
				<-r.done
				if len(r.events) > 0 {
					t.Errorf("event after the failure: %s", <-r.events)
				}
			})
		}
	}
}

// TestEarlyFrames: what comes in one piece with the response, however much of
// it net/http has read already.
func TestEarlyFrames(t *testing.T) {
	for _, kind := range []string{"tcp", "unix", "memnet"} {
		for _, size := range []int{0, 1, 127, 128, 129, 3800, 4096, 5000, 100_000} {
			t.Run(fmt.Sprint(kind, " ", size), func(t *testing.T) {
				early := join(plainFrame(OpText, sized(size)), plainFrame(OpText, "second"))
				r, p := connectRaw(t, listen(t, kind), string(early))
				r.expect(t, describe(OpText, []byte(sized(size))))
				r.expect(t, "text second")
				_, _ = p.Write(plainFrame(OpText, "late"))
				r.expect(t, "text late")
				if got, want := r.Received(), int64(len(early)+6); got != want {
					t.Errorf("%d bytes received, want %d", got, want)
				}
			})
		}
	}
}

// TestEarlyEnd: the whole conversation comes with the response.
func TestEarlyEnd(t *testing.T) {
	for _, kind := range []string{"tcp", "memnet"} {
		t.Run(kind, func(t *testing.T) {
			r, p := connectRaw(t, listen(t, kind), string(join(plainFrame(OpText, "all"), plainFrame(OpClose, closePayload(1001, "x")))))
			r.expect(t, "text all")
			if first, _, payload := p.readMasked(t); first != fin|byte(OpClose) || string(payload) != closePayload(1001, "x") {
				t.Errorf("got %x %q", first, payload)
			}
			if peer, ok := errors.AsType[*CloseError](<-r.closed); !ok || *peer != (CloseError{1001, "x"}) {
				t.Errorf("Closed(%v)", peer)
			}
			_ = p.Close()
			<-r.done
			noGoroutines(t)
		})
	}
}

// TestClientWaitsForEnd: after both close frames the server should end the
// connection (RFC 6455 §7.1.1). It has a second, also if it began.
func TestClientWaitsForEnd(t *testing.T) {
	for _, begins := range []string{"client", "server"} {
		for _, ends := range []bool{true, false} {
			t.Run(fmt.Sprint(begins, " begins, server ends: ", ends), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r, p := connectRaw(t, listen(t, "memnet"), "")
					if begins == "client" {
						r.Close(StatusNormalClosure, "")
						p.readMasked(t)
						_, _ = p.Write(plainFrame(OpClose, closePayload(1000, "")))
					} else {
						_, _ = p.Write(plainFrame(OpClose, closePayload(1000, "")))
						p.readMasked(t)
					}
					<-r.closed // it is not what is waited for
					begin := time.Now()
					if ends {
						time.Sleep(endTimeout - 1) // fake time
						synctest.Wait()
						_ = p.Close()
						<-r.done
						return
					}
					if n, err := p.r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || time.Since(begin) != endTimeout {
						t.Errorf("read %d bytes, %v after %v", n, err, time.Since(begin))
					}
					<-r.done
				})
			})
		}
	}
}

// TestClientCloseTimeout: a server that does not answer a close frame.
func TestClientCloseTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := connectRaw(t, listen(t, "memnet"), "")
		begin := time.Now()
		r.Close(StatusNormalClosure, "")
		if err := <-r.closed; !errors.Is(err, ErrCloseTimeout) || time.Since(begin) != closeTimeout {
			t.Errorf("Closed(%v) after %v", err, time.Since(begin))
		}
		<-r.done
	})
}

// TestClientWritesToSlow: what a server does not read is kept as it was
// masked, in order, and the connection is not held up.
func TestClientWritesToSlow(t *testing.T) {
	for _, kind := range []string{"tcp", "tls", "memnet"} {
		t.Run(kind, func(t *testing.T) {
			release := make(chan struct{})
			got := make(chan string, 1000)
			s := serve(t, kind, nil, func(c *Conn) Handler { return &slow{silent{c}, release, got} })
			r := s.dialClient(t, nil)
			const frames = 400
			undrained := 0
			for i := range frames {
				f := plainFrame(OpText, fmt.Sprint(i, " ", sized([]int{10, 5000, 60_000}[i%3])))
				drained, err := r.Write([][]byte{f[:len(f):len(f)]})
				if err != nil {
					t.Fatal(err)
				}
				if drained {
					clear(f) // it is ours again
				} else {
					undrained++
				}
			}
			if undrained == 0 || r.Buffered() == 0 {
				t.Errorf("%d writes not drained, %d bytes buffered", undrained, r.Buffered())
			}
			close(release)
			for i := range frames {
				want := describe(OpText, []byte(fmt.Sprint(i, " ", sized([]int{10, 5000, 60_000}[i%3]))))
				if m := <-got; m != want {
					t.Fatalf("message %d: got %q, want %q", i, m, want)
				}
			}
			<-r.drains
			if n := r.Buffered(); n != 0 {
				t.Errorf("%d bytes are buffered", n)
			}
		})
	}
}

// slow is a Handler that reads nothing until it is released.
type slow struct {
	silent
	release chan struct{}
	got     chan string
}

func (s *slow) Message(op Opcode, data []byte) {
	<-s.release
	s.got <- describe(op, data)
}

// TestClientDeflates: both ends send compressed frames if both want it.
func TestClientDeflates(t *testing.T) {
	for _, kind := range []string{"tcp", "tls", "memnet"} {
		for _, server := range []bool{true, false} {
			for _, client := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s server=%v client=%v", kind, server, client), func(t *testing.T) {
					s, echoes := echoServer(t, kind, &AcceptOptions{Deflate: server})
					r := s.dialClient(t, &DialOptions{Deflate: client})
					e := <-echoes
					if want := server && client; r.Deflates() != want || e.conn.Deflates() != want {
						t.Fatalf("client %v, server %v, want %v", r.Deflates(), e.conn.Deflates(), want)
					}
					if !r.Deflates() {
						return
					}
					for _, n := range []int{300, 5000, 100_000} {
						payload := sampleJSON(n)
						f := DeflateFrame(AppendFrame(nil, OpText, payload))
						r.write(t, f)
						r.expect(t, describe(OpText, payload))
						if _, err := e.conn.Write([][]byte{f}); err != nil {
							t.Fatal(err)
						}
						r.expect(t, describe(OpText, payload))
					}
				})
			}
		}
	}
}

// TestAgreesDeflate: answers to our offer of compression.
func TestAgreesDeflate(t *testing.T) {
	const good = "permessage-deflate; server_no_context_takeover"
	tests := []struct {
		answer string
		want   bool
	}{
		{deflateOffer, true},
		{deflateAnswer, true},
		{good, true},
		{good + "; server_max_window_bits=15", true},
		{good + "; server_max_window_bits=10", true},
		{good + `; server_max_window_bits="9"`, true},
		{" " + good + " ", true},
		{"permessage-deflate", false},
		{"permessage-deflate; client_no_context_takeover", false},
		{good + "; client_max_window_bits=15", false},
		{good + "; client_max_window_bits", false},
		{good + "; server_max_window_bits", false},
		{good + "; server_max_window_bits=7", false},
		{good + "; server_max_window_bits=16", false},
		{good + "; server_no_context_takeover", false},
		{good + "=1", false},
		{good + "; other", false},
		{good + ", " + good, false},
		{good + ", other", false},
		{good + ",", false},
		{good + ";", false},
		{"x-webkit-deflate-frame", false},
		{"other; server_no_context_takeover", false},
		{"", false},
	}
	for _, tt := range tests {
		t.Run(tt.answer, func(t *testing.T) {
			if got := agreesDeflate(http.Header{"Sec-Websocket-Extensions": {tt.answer}}); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
	if agreesDeflate(http.Header{"Sec-Websocket-Extensions": {good, good}}) {
		t.Error("two fields are accepted")
	}
}

// TestDialErrorText: nothing of the peer's or of the URL goes into a log.
func TestDialErrorText(t *testing.T) {
	_, err := Dial(t.Context(), "ws://127.0.0.1:1/?token=secret", nil)
	if failed, ok := errors.AsType[*DialError](err); !ok || failed.Err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}
