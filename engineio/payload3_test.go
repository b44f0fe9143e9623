package engineio

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// TestPayload3 compares payloads of protocol 3 with those that the official encoder makes: for clients that take
// bytes, and for those that want base64.
func TestPayload3(t *testing.T) {
	for _, row := range []struct {
		name         string
		packets      []Message
		want, base64 string
		binary       bool // want is a binary payload
	}{
		{
			"all kinds",
			[]Message{
				controlPacket(packetOpen, "{}"), closePacket, pingPacket, probeAnswer, textMessage("hello"), textMessage(""),
				controlPacket(packetUpgrade, ""), noopPacket,
			},
			"3:0{}1:11:26:3probe6:4hello1:41:51:6", "3:0{}1:11:26:3probe6:4hello1:41:51:6", false,
		},
		{
			"lengths in units of UTF-16",
			[]Message{textMessage("€"), textMessage("utf8 — string"), textMessage("😀"), textMessage("a😀b\U0010ffff"), textMessage("てすと")},
			"2:4€14:4utf8 — string3:4😀7:4a😀b\U0010ffff4:4てすと", "2:4€14:4utf8 — string3:4😀7:4a😀b\U0010ffff4:4てすと", false,
		},
		{
			"bytes among text: lengths in bytes",
			[]Message{textMessage("€"), CopyBinary([]byte{1, 2, 3, 4}), CopyBinary(nil)},
			"\x00\x04\xff4€\x01\x05\xff\x04\x01\x02\x03\x04\x01\x01\xff\x04", "2:4€10:b4AQIDBA==2:b4", true,
		},
		{
			"bytes and control packets",
			[]Message{textMessage("😀"), CopyBinary([]byte{0xff}), pingPacket, textMessage(strings.Repeat("x", 120))},
			"\x00\x05\xff4😀\x01\x02\xff\x04\xff\x00\x01\xff2\x00\x01\x02\x01\xff4" + strings.Repeat("x", 120),
			"3:4😀6:b4/w==1:2121:4" + strings.Repeat("x", 120), true,
		},
		{
			"lengths of several digits",
			[]Message{textMessage("123456789"), textMessage("1234567890"), CopyBinary(make([]byte, 9)), CopyBinary(make([]byte, 99))},
			"\x00\x01\x00\xff4123456789\x00\x01\x01\xff41234567890\x01\x01\x00\xff\x04" + strings.Repeat("\x00", 9) +
				"\x01\x01\x00\x00\xff\x04" + strings.Repeat("\x00", 99),
			"10:412345678911:4123456789014:b4AAAAAAAAAAAA134:b4" + strings.Repeat("A", 132), true,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, binary := appendPayload3(nil, row.packets, false)
			if string(got) != row.want || binary != row.binary {
				t.Errorf("binary %v: %q\nwant %q", binary, got, row.want)
			}
			got, binary = appendPayload3(nil, row.packets, true)
			if string(got) != row.base64 || binary {
				t.Errorf("base64 (binary %v): %q\nwant %q", binary, got, row.base64)
			}
		})
	}
}

// TestDecodePayload3 has what the official decoder makes of it, except where a row says otherwise.
func TestDecodePayload3(t *testing.T) {
	message := func(list ...string) (packets []packet) {
		for _, s := range list {
			data, binary := strings.CutPrefix(s, "b:")
			packets = append(packets, packet{typ: packetMessage, binary: binary, data: []byte(data)})
		}
		return packets
	}
	for _, row := range []struct {
		name, body string
		binary     bool
		want       []packet
		err        error
	}{
		{"empty message", "1:4", false, message(""), nil},
		{"messages", "6:4hello2:4a", false, message("hello", "a"), nil},
		{"ping", "1:2", false, []packet{{typ: packetPing}}, nil},
		{"probe", "6:2probe", false, []packet{{typ: packetPing, data: []byte("probe")}}, nil},
		{"astral character", "3:4😀2:4a", false, message("😀", "a"), nil},
		{"character of three bytes", "2:4€", false, message("€"), nil},
		{"colons in a message", "4:41:23:4::", false, message("1:2", "::"), nil},
		{"leading zero", "0002:4a", false, message("a"), nil},
		{"base64", "10:b4AQIDBA==", false, message("b:\x01\x02\x03\x04"), nil},
		{"base64, no padding", "8:b4AQIDBA", false, message("b:\x01\x02\x03\x04"), nil},
		{"base64 of nothing", "2:b4", false, message("b:"), nil},
		{"base64, ping", "2:b2", false, []packet{{typ: packetPing}}, nil},

		{"no packet", "0:", false, nil, errEmptyPacket}, // official: skipped
		{"length within a surrogate pair", "2:4😀", false, nil, errBadPayload},
		{"length within the first pair of two", "4:4😀😀", false, nil, errBadPayload},
		{"length in bytes", "4:4€", false, nil, errBadPayload},
		{"length only", "1:", false, nil, errBadPayload},
		{"digits only", "12345", false, nil, errBadPayload},
		{"no length", ":4", false, nil, errBadPayload},
		{"no number", "x:4", false, nil, errBadPayload},
		{"negative", "-1:4", false, nil, errBadPayload},
		{"space", " 1:4", false, nil, errBadPayload},     // official: 1
		{"fraction", "1.0:4", false, nil, errBadPayload}, // official: 1
		{"exponent", "1e0:4", false, nil, errBadPayload}, // official: 1
		{"endless", "99999999999999999999:4", false, nil, errBadPayload},
		{"ten digits", "4294967298:4a", false, nil, errBadPayload},
		{"2^31", "2147483648:4", false, nil, errBadPayload},
		{"too short", "5:4abc", false, nil, errBadPayload},
		{"half a length after a packet", "4:4abc1", false, message("abc"), errBadPayload},
		{"no packet after a length", "4:4abc1:", false, message("abc"), errBadPayload},
		{"no length after a packet", "4:4abc:4", false, message("abc"), errBadPayload},
		{"unknown type", "1:7", false, nil, errUnknownPacket},
		{"letter", "1:a", false, nil, errUnknownPacket},
		{"base64 without type", "1:b", false, nil, errEmptyPacket},         // official: no type
		{"base64 of unknown type", "2:b7", false, nil, errUnknownPacket},   // official: no type
		{"bad base64", "4:b4@@", false, nil, errBadBase64},                 // official: no bytes
		{"base64 of impossible length", "3:b4A", false, nil, errBadBase64}, // official: no bytes
		{"payload of protocol 4", "4a\x1e4b", false, nil, errBadPayload},

		{"binary: text", "\x00\x02\xff4a", true, message("a"), nil},
		{"binary: text, length in bytes", "\x00\x04\xff4€\x00\x05\xff4😀", true, message("€", "😀"), nil},
		{"binary: bytes", "\x01\x03\xff\x04ab", true, message("b:ab"), nil},
		{"binary: no bytes", "\x01\x01\xff\x04", true, message("b:"), nil},
		{"binary: bytes that look like a header", "\x01\x05\xff\x04\x01\x01\xff\x04", true, message("b:\x01\x01\xff\x04"), nil},
		{"binary: both", "\x00\x02\xff4a\x01\x02\xff\x04\xff\x00\x01\xff2", true, append(message("a", "b:\xff"), packet{typ: packetPing}), nil},
		{"binary: base64", "\x00\x08\xffb4AQIDBA", true, message("b:\x01\x02\x03\x04"), nil},
		{"binary: two digits", "\x00\x01\x00\xff4123456789", true, message("123456789"), nil},

		{"binary: other kind", "\x02\x01\xff4", true, nil, errBadPayload}, // official: bytes
		{"binary: kind of a text payload", "1:4", true, nil, errBadPayload},
		{"binary: kind only", "\x00", true, nil, errBadPayload},            // official: an error
		{"binary: no mark", "\x00\x01", true, nil, errBadPayload},          // official: an error
		{"binary: length only", "\x00\x01\xff", true, nil, errBadPayload},  // official: an error
		{"binary: no length", "\x00\xff4", true, nil, errBadPayload},       // official: an error
		{"binary: empty text", "\x00\x00\xff", true, nil, errEmptyPacket},  // official: an error
		{"binary: empty bytes", "\x01\x00\xff", true, nil, errEmptyPacket}, // official: no type
		{"binary: digit of 10", "\x00\x0a\xff4123456789", true, nil, errBadPayload},
		{"binary: ASCII digit", "\x001\xff4", true, nil, errBadPayload},
		{"binary: too short", "\x00\x09\xff4a", true, nil, errBadPayload}, // official: what there is
		{"binary: endless", "\x00" + strings.Repeat("\x09", 20) + "\xff4", true, nil, errBadPayload},
		{"binary: 2^31", "\x01\x02\x01\x04\x07\x04\x08\x03\x06\x04\x08\xff\x04", true, nil, errBadPayload},
		{"binary: a million digits", "\x00" + strings.Repeat("\x00", 1_000_000), true, nil, errBadPayload},
		{"binary: cut within a character", "\x00\x03\xff4\xe2\x82", true, nil, errBadPayload},
		{"binary: unknown type", "\x01\x02\xff\x07a", true, nil, errUnknownPacket}, // official: no type
		{"binary: type in ASCII", "\x01\x02\xff4a", true, nil, errUnknownPacket},   // official: no type
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := decodePayload3([]byte(row.body), row.binary)
			if !equalPackets(got, row.want) || !errors.Is(err, row.err) {
				t.Errorf("%v, %v\nwant %v, %v", got, err, row.want, row.err)
			}
		})
	}
}

// TestPacket3 has WebSocket messages of protocol 3.
func TestPacket3(t *testing.T) {
	for _, row := range []struct {
		name, message string
		binary        bool
		want          packet
		err           error
	}{
		{"text", "4€", false, packet{typ: packetMessage, data: []byte("€")}, nil},
		{"base64", "b4AQID", false, packet{typ: packetMessage, binary: true, data: []byte("\x01\x02\x03")}, nil},
		{"bytes", "\x04\x01\x02\x03", true, packet{typ: packetMessage, binary: true, data: []byte("\x01\x02\x03")}, nil},
		{"no bytes", "\x04", true, packet{typ: packetMessage, binary: true}, nil},
		{"ping", "2", false, packet{typ: packetPing}, nil},
		{"ping as bytes", "\x02", true, packet{typ: packetPing}, nil},
		{"nothing", "", false, packet{}, errEmptyPacket},
		{"nothing as bytes", "", true, packet{}, errEmptyPacket},
		{"bytes with a type in ASCII", "4a", true, packet{}, errUnknownPacket},
		{"type that overflows", "\xd0", true, packet{}, errUnknownPacket},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, err := decodePacket3([]byte(row.message), row.binary)
			if !errors.Is(err, row.err) || err == nil && !equalPackets([]packet{p}, []packet{row.want}) {
				t.Errorf("%v, %v, want %v, %v", p, err, row.want, row.err)
			}
		})
	}
	m := CopyBinary([]byte{1, 2, 3})
	if got := string(m.binaryFrame3(false)); got != "\x82\x04\x04\x01\x02\x03" {
		t.Errorf("frame %q", got)
	}
	if got := string(m.binaryFrame3(true)); got != "\x81\x06b4AQID" {
		t.Errorf("frame in base64 %q", got)
	}
}

// decodePayload3 decodes as receivePayload does.
func decodePayload3(body []byte, binary bool) (list []packet, err error) {
	r := payloadReader{rest: body, eio3: true, binary: binary}
	for len(r.rest) > 0 {
		p, err := r.next()
		if err != nil {
			return list, err
		}
		list = append(list, p)
	}
	return list, nil
}

// naivePayload3 is another decoder, by the protocol's text and on units of UTF-16, as JavaScript has them.
func naivePayload3(body []byte, binary bool) (list []packet, ok bool) {
	if binary {
		return naiveBinaryPayload3(body)
	}
	for text := utf16.Encode([]rune(string(body))); len(text) > 0; {
		colon := slices.Index(text, ':')
		if colon < 1 {
			return nil, false
		}
		n, err := strconv.ParseUint(string(utf16.Decode(text[:colon])), 10, 30)
		if text = text[colon+1:]; err != nil || int(n) > len(text) {
			return nil, false
		}
		part := string(utf16.Decode(text[:n]))
		if n > 0 && utf16.IsSurrogate(rune(text[n-1])) && strings.HasSuffix(part, "\uFFFD") {
			return nil, false // cut within a character
		}
		if text = text[n:]; part == "" {
			return nil, false
		}
		p, ok := naivePacket3(part)
		if !ok {
			return nil, false
		}
		list = append(list, p)
	}
	return list, true
}

func naiveBinaryPayload3(body []byte) (list []packet, ok bool) {
	for len(body) > 0 {
		header, rest, found := bytes.Cut(body[1:], []byte{0xff})
		if !found || body[0] > 1 {
			return nil, false
		}
		digits := ""
		for _, d := range header {
			digits += strconv.Itoa(int(d))
		}
		n, err := strconv.ParseUint(digits, 10, 30)
		if err != nil || len(digits) != len(header) || n == 0 || int(n) > len(rest) {
			return nil, false
		}
		part := rest[:n]
		p := packet{typ: packetType(part[0]) + '0', data: part[1:]}
		p.binary, ok = p.typ == packetMessage, part[0] <= 6
		if body[0] == 0 {
			p, ok = naivePacket3(string(part))
			ok = ok && utf8.Valid(part)
		}
		if !ok {
			return nil, false
		}
		body, list = rest[n:], append(list, p)
	}
	return list, true
}

func naivePacket3(part string) (p packet, ok bool) {
	if !strings.HasPrefix(part, "b") {
		return packet{typ: packetType(part[0]), data: []byte(part[1:])}, part[0] >= '0' && part[0] <= '6'
	}
	if len(part) < 2 || part[1] < '0' || part[1] > '6' || strings.ContainsAny(part, "\r\n") { // which the package skips
		return packet{}, false
	}
	data, err := base64.StdEncoding.DecodeString(part[2:])
	return packet{typ: packetType(part[1]), binary: part[1] == '4', data: data}, err == nil
}

// FuzzPayload3 decodes anything, as text and as bytes: what is accepted is the same after encoding and decoding it
// again, in either form, and whatever the naive decoder accepts is accepted.
func FuzzPayload3(f *testing.F) {
	for _, s := range []string{
		"", "1:4", "6:4hello2:4a", "3:4😀2:4a", "2:4😀", "4:4€", "10:b4AQIDBA==", "8:b4AQIDBA", "2:b2", "0:", "1:", "-1:4", "x:4", "0001:4",
		"99999999999999999999:4", "2147483648:4", "4294967297:4", "7:4a😀b\U0010ffff", "4:4\xff\xfe\xfd",
		"\x00\x02\xff4a", "\x01\x03\xff\x04ab", "\x00\x04\xff4€\x01\x02\xff\x04\xff", "\x02\x01\xff4", "\x00\x03\xff4\xe2\x82",
		"\x01\x02\x01\x04\x07\x04\x08\x03\x06\x04\x08\xff\x04", "\x00\x08\xffb4AQIDBA", strings.Repeat("1:6", 100),
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, binary bool) {
		if !binary && !utf8.Valid(body) {
			body = bytes.ToValidUTF8(body, []byte("\uFFFD")) // as receivePayload does
		}
		naive, ok := naivePayload3(body, binary)
		list, err := decodePayload3(bytes.Clone(body), binary)
		if err != nil {
			if ok {
				t.Fatalf("%q refused: %v", body, err)
			}
			return
		}
		if ok && !equalPackets(list, naive) {
			t.Fatalf("%q: %v, want %v", body, list, naive)
		}
		messages, want := encodable(list)
		for _, base64 := range []bool{false, true} {
			encoded, binary := appendPayload3(nil, messages, base64)
			again, err := decodePayload3(encoded, binary)
			if err != nil || !equalPackets(again, want) {
				t.Fatalf("%q: %v, again %v, %v", body, want, again, err)
			}
		}
	})
}

// encodable makes messages of packets, without those that a server cannot make: control packets of odd bytes.
func encodable(list []packet) (messages []Message, kept []packet) {
	for _, p := range list {
		switch {
		case p.binary:
			messages = append(messages, CopyBinary(p.data))
		case !utf8.Valid(p.data):
			continue
		case p.typ == packetMessage:
			messages = append(messages, textMessage(string(p.data)))
		default:
			messages = append(messages, controlPacket(p.typ, string(p.data)))
		}
		kept = append(kept, p)
	}
	return messages, kept
}

// TestHostilePayload3 is what would take long if the decoder did any of its work twice.
func TestHostilePayload3(t *testing.T) {
	const limit = 50 * time.Millisecond * Slowdown
	for _, row := range []struct {
		name, body string
		binary     bool
	}{
		{"10^6 empty packets", strings.Repeat("0:", 500_000), false},
		{"many noops", strings.Repeat("1:6", 333_333), false},
		{"many noops, binary", strings.Repeat("\x00\x01\xff6", 250_000), true},
		{"a million digits", strings.Repeat("9", 1_000_000), false},
		{"one packet", "999992:4" + strings.Repeat("x", 999_991), false},
		{"one packet of astral characters", "499981:4" + strings.Repeat("😀", 249_990), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			best := time.Hour // of three: the machine may be busy
			for range 3 {
				r := payloadReader{rest: []byte(row.body), eio3: true, binary: row.binary}
				start := time.Now()
				for n := 0; n < 100_000 && r.rest != nil; n++ { // MaxPackets
					if _, err := r.next(); err != nil {
						break
					}
				}
				best = min(best, time.Since(start))
			}
			if best > limit {
				t.Errorf("%v", best)
			}
		})
	}
}

func BenchmarkEncodePayload3(b *testing.B) {
	packets := []Message{textMessage(strings.Repeat("x", 100)), CopyBinary(make([]byte, 100)), textMessage("[\"event\",1]")}
	for _, row := range []struct {
		name   string
		base64 bool
	}{{"binary", false}, {"base64", true}} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				appendPayload3(make([]byte, 0, payloadSize(packets)), packets, row.base64)
			}
		})
	}
}

func BenchmarkDecodePayload3(b *testing.B) {
	body := []byte("101:4" + strings.Repeat("x", 100) + "12:4[\"event\",1]1:21:6")
	b.ReportAllocs()
	for b.Loop() {
		r := payloadReader{rest: body, eio3: true}
		for r.rest != nil {
			if _, err := r.next(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
