package engineio

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMessage(t *testing.T) {
	for _, size := range []int{0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 100_000} {
		data := bytes.Repeat([]byte{'x'}, size)
		m := TextMessage(append(make([]byte, Headroom), data...))
		if m.Binary() || !bytes.Equal(m.Data(), data) || len(m.packet()) != size+1 || m.packet()[0] != '4' {
			t.Errorf("text of %d bytes: %.20q", size, m.packet())
		}
		b := CopyBinary(data)
		if !b.Binary() || !bytes.Equal(b.Data(), data) || len(b.packet()) != size {
			t.Errorf("%d bytes: %.20q", size, b.packet())
		}
		buf := append(make([]byte, Headroom), data...)
		if own := BinaryMessage(buf); !own.Binary() || !bytes.Equal(own.Data(), data) || len(own.packet()) != size {
			t.Errorf("%d bytes in place: %.20q", size, own.packet())
		} else if size > 0 && &own.Data()[0] != &buf[Headroom] {
			t.Error("the bytes have been copied")
		}
		if size > 0 {
			data[0] = 'y'
			if b.Data()[0] != 'x' {
				t.Error("the message shares the caller's bytes")
			}
		}
	}
}

func TestMessageWithoutHeadroom(t *testing.T) {
	for name, of := range map[string]func([]byte) Message{"text": TextMessage, "binary": BinaryMessage} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			of(make([]byte, Headroom-1))
		})
	}
}

func TestPayload(t *testing.T) {
	for _, row := range []struct {
		name    string
		packets []Message
		want    string
	}{
		{"nothing", nil, ""},
		{"all kinds", []Message{controlPacket(packetOpen, "{}"), closePacket, pingPacket, probeAnswer, textMessage("hello"), textMessage(""), noopPacket}, "0{}\x1e1\x1e2\x1e3probe\x1e4hello\x1e4\x1e6"},
		{"bytes", []Message{textMessage("€"), CopyBinary([]byte{1, 2, 3, 4}), CopyBinary(nil)}, "4€\x1ebAQIDBA==\x1eb"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := appendPayload(nil, row.packets)
			if string(got) != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
			if n := payloadSize(row.packets); n < len(got) {
				t.Errorf("payloadSize %d, %d bytes", n, len(got))
			}
		})
	}
}

func textMessage(s string) Message {
	return TextMessage(append(make([]byte, Headroom), s...))
}

// decodePayload decodes as receivePayload does.
func decodePayload(body []byte) (list []packet, err error) {
	for more := true; more; {
		var part []byte
		part, body, more = bytes.Cut(body, []byte{separator})
		p, err := decodeTextPacket(part)
		if err != nil {
			return list, err
		}
		list = append(list, p)
	}
	return list, nil
}

// naivePayload is another decoder, by the protocol's text.
func naivePayload(body string) (list []packet, ok bool) {
	for _, part := range strings.Split(body, "\x1e") {
		switch {
		case strings.HasPrefix(part, "b"):
			data, err := base64.StdEncoding.DecodeString(part[1:])
			if err != nil || strings.ContainsAny(part, "\r\n") { // which the package skips
				return nil, false
			}
			list = append(list, packet{typ: packetMessage, binary: true, data: data})
		case part != "" && part[0] >= '0' && part[0] <= '6':
			list = append(list, packet{typ: packetType(part[0]), data: []byte(part[1:])})
		default:
			return nil, false
		}
	}
	return list, true
}

func equalPackets(a, b []packet) bool {
	return slices.EqualFunc(a, b, func(a, b packet) bool {
		return a.typ == b.typ && a.binary == b.binary && bytes.Equal(a.data, b.data)
	})
}

// FuzzPayload decodes anything: what is accepted is the same after encoding and decoding it again, and whatever the
// naive decoder accepts is accepted.
func FuzzPayload(f *testing.F) {
	for _, s := range []string{
		"", "4hello", "4a\x1e4b\x1e4", "bAQIDBA==", "bAQIDBA", "b", "b=", "b====", "bA", "b@@@", "b\nAAEC", "2probe", "0{}\x1e1\x1e2\x1e3\x1e5\x1e6",
		"7", "\x1e", "4\x1e", "4\xff", "6:4hello", "4€😀", "bAQ==ID", strings.Repeat("6\x1e", 100),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		naive, ok := naivePayload(string(body))
		list, err := decodePayload(bytes.Clone(body))
		if err != nil {
			if ok {
				t.Fatalf("%q refused: %v", body, err)
			}
			if !errors.Is(err, errEmptyPacket) && !errors.Is(err, errUnknownPacket) && !errors.Is(err, errBadBase64) {
				t.Fatalf("odd error %v", err)
			}
			return
		}
		if ok && !equalPackets(list, naive) {
			t.Fatalf("%q: %v, want %v", body, list, naive)
		}
		var messages []Message
		for _, p := range list {
			switch {
			case p.binary:
				messages = append(messages, CopyBinary(p.data))
			case p.typ == packetMessage:
				messages = append(messages, textMessage(string(p.data)))
			default:
				messages = append(messages, controlPacket(p.typ, string(p.data)))
			}
		}
		encoded := appendPayload(nil, messages)
		if n := payloadSize(messages); n < len(encoded) {
			t.Fatalf("payloadSize %d, %d bytes", n, len(encoded))
		}
		again, err := decodePayload(encoded)
		if err != nil || !equalPackets(again, list) {
			t.Fatalf("%q: %v, again %v, %v", body, list, again, err)
		}
	})
}

// TestIDs makes many: all differ, and no position of the text is predictable.
func TestIDs(t *testing.T) {
	const n = 200_000
	seen := make(map[string]bool, n)
	var counts [20][256]int
	for range n {
		id := NewID()
		if len(id) != 20 || seen[id] { // 20 characters of 6 bits
			t.Fatalf("id %q", id)
		}
		seen[id] = true
		for i := range len(id) {
			counts[i][id[i]]++
		}
	}
	for i, c := range counts {
		for char, k := range c {
			if k > n/64*12/10 || k == 0 && strings.ContainsRune("ABCXYZabcxyz0189-_", rune(char)) {
				t.Errorf("position %d has %q %d times", i, string(rune(char)), k)
			}
		}
	}
}

// TestLatePings: the end is counted from when the ping was due, unless that was long ago.
func TestLatePings(t *testing.T) {
	for _, row := range []struct {
		name      string
		late, end time.Duration // end: after now
	}{
		{"in time", 0, time.Minute},
		{"a little late", time.Second, 59 * time.Second},
		{"the machine slept", time.Hour, time.Minute},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHeartbeats(time.Minute, time.Minute)
				s := &Session{state: stateEnded} // which does not ping
				h.mu.Lock()
				h.push(&h.ping, s, h.now()-row.late) // and the timer fires
				h.mu.Unlock()
				synctest.Wait()
				h.mu.Lock()
				end := s.beat.due - h.now()
				h.mu.Unlock()
				if end != row.end {
					t.Errorf("ends in %v, want %v", end, row.end)
				}
				h.remove(s)
				h.remove(s)
			})
		})
	}
}

func BenchmarkEncodePayload(b *testing.B) {
	packets := []Message{textMessage(strings.Repeat("x", 100)), CopyBinary(make([]byte, 100)), textMessage("[\"event\",1]")}
	b.ReportAllocs()
	for b.Loop() {
		appendPayload(make([]byte, 0, payloadSize(packets)), packets)
	}
}

func BenchmarkDecodePayload(b *testing.B) {
	body := []byte("4" + strings.Repeat("x", 100) + "\x1e4[\"event\",1]\x1e3\x1e6")
	b.ReportAllocs()
	for b.Loop() {
		rest := body
		for more := true; more; {
			var part []byte
			part, rest, more = bytes.Cut(rest, []byte{separator})
			if _, err := decodeTextPacket(part); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkHeartbeat moves one of many sessions from list to list, as a ping and its pong do.
func BenchmarkHeartbeat(b *testing.B) {
	for _, n := range []int{1, 100_000} {
		b.Run(fmt.Sprintf("%d sessions", n), func(b *testing.B) {
			h := newHeartbeats(time.Hour, time.Hour)
			sessions := make([]Session, n)
			for i := range sessions {
				h.add(&sessions[i])
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				s := &sessions[i%n]
				h.mu.Lock()
				h.take(s)
				h.push(&h.pong, s, h.now()+h.timeout)
				h.mu.Unlock()
				h.gotPong(s)
				i++
			}
			for i := range sessions {
				h.remove(&sessions[i])
			}
		})
	}
}
