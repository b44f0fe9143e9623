package websocket

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// conformanceCase is a case of the Autobahn test suite: what a client sends
// and what an echo server answers.
type conformanceCase struct {
	name string
	in   []byte
	want []string // frames; pongs may come earlier than they are listed
}

const (
	goodbye = "close 1000"
	failed  = "close 1002"
	badText = "close 1007"
)

var (
	closing    = frame(fin|byte(OpClose), closePayload(1000, ""))
	cosmos     = "κόσμε"
	helloUTF8  = "Hello-µ@ßöäüàá-UTF-8!!"
	aboveRange = "\xf4\x90\x80\x80"
)

func sized(n int) string { return strings.Repeat("*", n) }

// fragments is a text message in pieces of one byte.
func fragments(payload string) []byte {
	b := frame(byte(OpText), payload[:1])
	for i := 1; i < len(payload)-1; i++ {
		b = append(b, frame(0, payload[i:i+1])...)
	}
	return append(b, frame(fin, payload[len(payload)-1:])...)
}

func framingCases() []conformanceCase {
	var cases []conformanceCase
	for i, n := range []int{0, 125, 126, 127, 128, 65535, 65536} {
		cases = append(
			cases,
			conformanceCase{fmt.Sprintf("1.1.%d", i+1), join(text(sized(n)), closing), []string{describe(OpText, []byte(sized(n))), goodbye}},
			conformanceCase{fmt.Sprintf("1.2.%d", i+1), join(frame(0x82, sized(n)), closing), []string{describe(OpBinary, []byte(sized(n))), goodbye}},
		)
	}
	ten, tenPongs := []byte(nil), []string(nil)
	for i := range 10 {
		ten = append(ten, frame(0x89, fmt.Sprint("payload-", i))...)
		tenPongs = append(tenPongs, fmt.Sprint("pong payload-", i))
	}
	return append(
		cases,
		conformanceCase{"2.1", join(frame(0x89, ""), closing), []string{"pong", goodbye}},
		conformanceCase{"2.2", join(frame(0x89, "Hello, world!"), closing), []string{"pong Hello, world!", goodbye}},
		conformanceCase{"2.3", join(frame(0x89, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), closing), []string{"pong \x00\xff\xfe\xfd\xfc\xfb\x00\xff", goodbye}},
		conformanceCase{"2.4", join(frame(0x89, sized(125)), closing), []string{"pong " + sized(125), goodbye}},
		conformanceCase{"2.5", join(frame(0x89, sized(126)), closing), []string{failed}},
		conformanceCase{"2.7", join(frame(0x8a, ""), closing), []string{goodbye}},
		conformanceCase{"2.8", join(frame(0x8a, "unsolicited pong payload"), closing), []string{goodbye}},
		conformanceCase{"2.9", join(frame(0x8a, "unsolicited"), frame(0x89, "ping"), closing), []string{"pong ping", goodbye}},
		conformanceCase{"2.10", join(ten, closing), append(tenPongs, goodbye)},

		conformanceCase{"3.1", join(frame(0x81|0x10, "Hello"), closing), []string{failed}},
		conformanceCase{"3.2", join(text("Hello"), frame(0x81|0x20, "Hello"), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"3.3", join(text("Hello"), frame(0x81|0x30, "Hello"), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"3.4", join(text("Hello"), frame(0x81|0x40, "Hello"), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"3.5", join(frame(0x82|0x50, "Hello"), closing), []string{failed}},
		conformanceCase{"3.6", join(frame(0x89|0x60, "Hello"), closing), []string{failed}},
		conformanceCase{"3.7", frame(0x88|0x70, closePayload(1000, "")), []string{failed}},

		conformanceCase{"4.1.1", frame(0x83, ""), []string{failed}},
		conformanceCase{"4.1.2", frame(0x84, "reserved"), []string{failed}},
		conformanceCase{"4.1.3", join(text("Hello"), frame(0x85, ""), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"4.1.4", join(text("Hello"), frame(0x86, "reserved"), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"4.1.5", join(text("Hello"), frame(0x87, "reserved"), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"4.2.1", frame(0x8b, ""), []string{failed}},
		conformanceCase{"4.2.2", frame(0x8c, "reserved"), []string{failed}},
		conformanceCase{"4.2.3", join(text("Hello"), frame(0x8d, ""), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"4.2.4", join(text("Hello"), frame(0x8e, "reserved"), frame(0x89, "")), []string{"text Hello", failed}},
		conformanceCase{"4.2.5", join(text("Hello"), frame(0x8f, "reserved"), frame(0x89, "")), []string{"text Hello", failed}},
	)
}

func fragmentCases() []conformanceCase {
	one, two := frame(0x01, "fragment1"), frame(0x80, "fragment2")
	whole := "text fragment1fragment2"
	long := join(frame(0x01, "1"), frame(0x00, "2"), frame(0x89, "ping1"), frame(0x00, "3"), frame(0x00, "4"), frame(0x89, "ping2"), frame(0x80, "5"))
	return []conformanceCase{
		{"5.1", join(frame(0x09, "fragment1"), two), []string{failed}},
		{"5.2", join(frame(0x0a, "fragment1"), two), []string{failed}},
		{"5.3-5", join(one, two, closing), []string{whole, goodbye}},
		{"5.6-8", join(one, frame(0x89, "ping"), two, closing), []string{"pong ping", whole, goodbye}},
		{"5.9-11", join(frame(0x80, "non-continuation"), text("Hello")), []string{failed}},
		{"5.12-14", join(frame(0x00, "non-continuation"), text("Hello")), []string{failed}},
		{"5.15", join(one, two, frame(0x00, "fragment3"), text("fragment4")), []string{whole, failed}},
		{"5.16", join(frame(0x00, "fragment1"), frame(0x01, "fragment2"), two), []string{failed}},
		{"5.17", join(frame(0x80, "fragment1"), frame(0x01, "fragment2"), two), []string{failed}},
		{"5.18", join(one, frame(0x81, "fragment2")), []string{failed}},
		{"5.18 binary", join(one, frame(0x02, "fragment2")), []string{failed}},
		{"5.19-20", join(long, closing), []string{"pong ping1", "pong ping2", "text 12345", goodbye}},
		{"10.1.1", autoFragmented(65536, 1300), []string{describe(OpText, []byte(sized(65536))), goodbye}},
	}
}

// autoFragmented is a message in frames of size bytes, and a close.
func autoFragmented(n, size int) []byte {
	var b []byte
	for at := 0; at < n; at += size {
		first := byte(0)
		if at == 0 {
			first = byte(OpText)
		}
		if at+size >= n {
			first |= fin
		}
		b = append(b, frame(first, sized(min(size, n-at)))...)
	}
	return append(b, closing...)
}

func textCases() []conformanceCase {
	cases := []conformanceCase{
		{"6.1.1", join(text(""), closing), []string{"text", goodbye}},
		{"6.1.2", join(frame(0x01, ""), frame(0x00, ""), frame(0x80, ""), closing), []string{"text", goodbye}},
		{"6.1.3", join(frame(0x01, ""), frame(0x00, "middle frame payload"), frame(0x80, ""), closing), []string{"text middle frame payload", goodbye}},
		{"6.2.1", join(text(helloUTF8), closing), []string{"text " + helloUTF8, goodbye}},
		{"6.2.2", join(frame(0x01, helloUTF8[:8]), frame(0x80, helloUTF8[8:]), closing), []string{"text " + helloUTF8, goodbye}},
		{"6.2.3", join(fragments(helloUTF8), closing), []string{"text " + helloUTF8, goodbye}},
		{"6.2.4", join(fragments(cosmos), closing), []string{"text " + cosmos, goodbye}},
		{"6.3.1", join(text(cosmos+"\xed\xa0\x80edited"), closing), []string{badText}},
		{"6.3.2", join(fragments(cosmos+"\xed\xa0\x80edited"), closing), []string{badText}},
		{"6.4.1", join(frame(0x01, cosmos), frame(0x00, aboveRange)), []string{badText}},
		{"6.4.2", join(frame(0x01, cosmos+aboveRange[:1]), frame(0x00, aboveRange[1:])), []string{badText}},
		{"6.4.3", text(cosmos + aboveRange + cosmos)[:6+len(cosmos)+len(aboveRange)], []string{badText}},
		{"6.4.4", text(cosmos + aboveRange + cosmos)[:6+len(cosmos)+2], []string{badText}},
	}
	for name, payload := range validUTF8 {
		cases = append(
			cases,
			conformanceCase{name, join(text(payload), closing), []string{"text " + payload, goodbye}},
			conformanceCase{name + " fragmented", join(fragments(payload+"!"), closing), []string{"text " + payload + "!", goodbye}},
		)
	}
	for name, payload := range invalidUTF8 {
		cases = append(
			cases,
			conformanceCase{name, join(text(payload), closing), []string{badText}},
			conformanceCase{name + " fragmented", join(fragments(payload+"!"), closing), []string{badText}},
			conformanceCase{name + " is good binary", join(frame(0x82, payload), closing), []string{"binary " + payload, goodbye}},
		)
	}
	return cases
}

var validUTF8 = map[string]string{
	"6.5.1": "Hello", "6.5.2": cosmos, "6.5.3": "中文", "6.5.4": "\U00020000", "6.5.5": "a\x00b",
	"6.6.2": cosmos[:2], "6.6.5": cosmos[:4], "6.6.7": cosmos[:6], "6.6.9": cosmos[:8],
	"6.7.1": "\x00", "6.7.2": "\u0080", "6.7.3": "\u0800", "6.7.4": "\U00010000",
	"6.9.1": "\x7f", "6.9.2": "\u07ff", "6.9.3": "\uffff", "6.9.4": "\U0010ffff",
	"6.11.1": "\ud7ff", "6.11.2": "\ue000", "6.11.3": "\ufffd", "6.11.4": "\U0010ffff",
	"6.22.1": "\ufffe", "6.22.2": "\uffff", "6.22.3": "\U0001fffe", "6.22.17": "\U0008fffe", "6.22.34": "\U0010ffff",
	"6.23.1": "\ufff9", "6.23.2": "\ufffa", "6.23.5": "\ufffd", "6.23.7": "\uffff",
}

var invalidUTF8 = map[string]string{
	"6.6.1": "\xce", "6.6.3": "\xce\xba\xcf", "6.6.6": "\xce\xba\xcf\x8c\xcf", "6.6.11": cosmos + "\xf0\x90\x80",
	"6.8.1": "\xf8\x88\x80\x80\x80", "6.8.2": "\xfc\x84\x80\x80\x80\x80",
	"6.10.1": "\xf7\xbf\xbf\xbf", "6.10.2": "\xfb\xbf\xbf\xbf\xbf", "6.10.3": "\xfd\xbf\xbf\xbf\xbf\xbf",
	"6.11.5": aboveRange,
	"6.12.1": "\x80", "6.12.2": "\xbf", "6.12.3": "\x80\xbf", "6.12.8": "\x80\xbf\x80\xbf\x80\xbf\xbe",
	"6.13.1": "\xc0 \xc1 \xc2 \xdf", "6.13.2": "\xe0 \xe1 \xef", "6.13.3": "\xf0 \xf1 \xf7", "6.13.4": "\xf8 \xfb", "6.13.5": "\xfc \xfd",
	"6.14.1": "\xc0", "6.14.2": "\xe0\x80", "6.14.3": "\xf0\x80\x80", "6.14.4": "\xf8\x80\x80\x80", "6.14.6": "\xdf", "6.14.7": "\xef\xbf", "6.14.8": "\xf7\xbf\xbf",
	"6.15.1": "\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80\xfc\x80\x80\x80\x80\xdf\xef\xbf\xf7\xbf\xbf",
	"6.16.1": "\xfe", "6.16.2": "\xff", "6.16.3": "\xfe\xfe\xff\xff",
	"6.17.1": "\xc0\xaf", "6.17.2": "\xe0\x80\xaf", "6.17.3": "\xf0\x80\x80\xaf", "6.17.4": "\xf8\x80\x80\x80\xaf",
	"6.18.1": "\xc1\xbf", "6.18.2": "\xe0\x9f\xbf", "6.18.3": "\xf0\x8f\xbf\xbf",
	"6.19.1": "\xc0\x80", "6.19.2": "\xe0\x80\x80", "6.19.3": "\xf0\x80\x80\x80",
	"6.20.1": "\xed\xa0\x80", "6.20.2": "\xed\xad\xbf", "6.20.5": "\xed\xb0\x80", "6.20.7": "\xed\xbf\xbf",
	"6.21.1": "\xed\xa0\x80\xed\xb0\x80", "6.21.8": "\xed\xaf\xbf\xed\xbf\xbf",
	"T50": "\xc3\x28",
}

func closeCases() []conformanceCase {
	cases := []conformanceCase{
		{"7.1.1", join(text("Hello World!"), closing), []string{"text Hello World!", goodbye}},
		{"7.1.2", join(closing, closing), []string{goodbye}},
		{"7.1.3", join(closing, frame(0x89, "")), []string{goodbye}},
		{"7.1.4", join(closing, text("Hello World!")), []string{goodbye}},
		{"7.1.5", join(frame(0x01, "fragment1"), closing, frame(0x80, "fragment2")), []string{goodbye}},
		{"7.1.6", join(text(sized(256<<10)), text("Hello World!"), closing), []string{describe(OpText, []byte(sized(256<<10))), "text Hello World!", goodbye}},
		{"7.3.1", frame(0x88, ""), []string{"close"}},
		{"7.3.2", frame(0x88, "\x03"), []string{failed}},
		{"7.3.3", closing, []string{goodbye}},
		{"7.3.4", frame(0x88, closePayload(1000, "Hello World!")), []string{"close 1000 Hello World!"}},
		{"7.3.5", frame(0x88, closePayload(1000, sized(123))), []string{"close 1000 " + sized(123)}},
		{"7.3.6", frame(0x88, closePayload(1000, sized(124))), []string{failed}},
		{"7.5.1", frame(0x88, closePayload(1000, cosmos+aboveRange)), []string{badText}},
	}
	for i, code := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		cases = append(cases, conformanceCase{fmt.Sprintf("7.7.%d", i+1), frame(0x88, closePayload(code, "")), []string{fmt.Sprint("close ", code)}})
	}
	for i, code := range []int{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 1015} {
		cases = append(cases, conformanceCase{fmt.Sprintf("7.9.%d", i+1), frame(0x88, closePayload(code, "")), []string{failed}})
	}
	for i, code := range []int{5000, 65535} {
		cases = append(cases, conformanceCase{fmt.Sprintf("7.13.%d", i+1), frame(0x88, closePayload(code, "")), []string{failed}})
	}
	return cases
}

// conformanceCases are all but the large messages of group 9.
func conformanceCases() []conformanceCase {
	cases := slices.Concat(framingCases(), fragmentCases(), textCases(), closeCases())
	slices.SortFunc(cases, func(a, b conformanceCase) int { return strings.Compare(a.name, b.name) })
	return append(
		cases,
		conformanceCase{"T50 unmasked", []byte("\x81\x0242"), []string{failed}},
		conformanceCase{"T50 RSV2", []byte("\xa1\x80\x00\x00\x00\x00"), []string{failed}},
		conformanceCase{"T50 RSV1", []byte("\xc1\x81\x00\x00\x00\x002"), []string{failed}},
		conformanceCase{"T50 close of one byte", []byte("\x88\x81\x00\x00\x00\x00\x03"), []string{failed}},
		conformanceCase{"T50 close 1005", []byte("\x88\x82\x00\x00\x00\x00\x03\xed"), []string{failed}},
		conformanceCase{"T50 continuation first", []byte("\x80\x80\x00\x00\x00\x00"), []string{failed}},
		conformanceCase{"length longer than needed", []byte("\x81\xff\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00hi\x88\x80\x00\x00\x00\x00"), []string{"text hi", "close"}},
	)
}

// splitPongs separates what keeps its order only among its like.
func splitPongs(frames []string) (others, pongs []string) {
	for _, f := range frames {
		if strings.HasPrefix(f, "pong") {
			pongs = append(pongs, f)
		} else {
			others = append(others, f)
		}
	}
	return others, pongs
}

func equalButPongs(a, b []string) bool {
	otherA, pongA := splitPongs(a)
	otherB, pongB := splitPongs(b)
	return slices.Equal(otherA, otherB) && slices.Equal(pongA, pongB)
}

// TestConformance runs the cases over real connections, in one segment or, as
// 2.6, 2.11 and others demand, in octets.
func TestConformance(t *testing.T) {
	for _, kind := range []string{"tcp", "memnet", "tls", "unix"} {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			for _, tt := range conformanceCases() {
				t.Run(tt.name, func(t *testing.T) {
					testConformance(t, s.connect(t, nil), <-echoes, tt, len(tt.in))
				})
				if len(tt.in) < 300 && kind != "tls" {
					t.Run(tt.name+" in octets", func(t *testing.T) {
						testConformance(t, s.connect(t, nil), <-echoes, tt, 1)
					})
				}
			}
			s.running.Wait()
		})
	}
}

func testConformance(t *testing.T, c *client, e *echo, tt conformanceCase, piece int) {
	t.Helper()
	defer c.Close()
	p := newParser(defaultMaxMessage, defaultMaxFragments)
	p.deflates = c.extension != ""
	fed, want := feedChunks(p, new(recorder), tt.in, fixed(piece))
	if _, ok := errors.AsType[*CloseError](want); ok {
		tt.in = tt.in[:fed] // TCP answers what follows in its own segment by a reset
	}
	done := make(chan struct{})
	go func() { // ends when all is sent, or refused
		defer close(done)
		for b := range slices.Chunk(tt.in, piece) {
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}()
	if got := readAllFrames(t, c); !equalButPongs(got, tt.want) {
		t.Errorf("got %q, want %q", got, tt.want)
	}
	<-done
	if err := <-e.closed; err == nil || err.Error() != want.Error() {
		t.Errorf("Closed(%v), want %v", err, want)
	}
}

// readAllFrames reads until the connection ends, which must be between frames.
func readAllFrames(t *testing.T, c *client) []string {
	t.Helper()
	var got []string
	for {
		op, payload, err := c.readFrame()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Errorf("after %q: %v", got, err)
			return got
		}
		got = append(got, describe(op, payload))
	}
}

// TestConformanceLarge is group 9.
func TestConformanceLarge(t *testing.T) {
	const mib = 1 << 20
	s, _ := echoServer(t, "tcp", &AcceptOptions{MaxMessage: 16 * mib, MaxFragments: 100_000})
	run := func(name string, in []byte, want ...string) {
		t.Run(name, func(t *testing.T) {
			c := s.connect(t, nil)
			go func() { _, _ = c.Write(in) }() // ends when all is sent
			if got := readAllFrames(t, c); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	for i, n := range []int{64 << 10, 256 << 10, mib, 4 * mib, 8 * mib, 16 * mib} {
		run(fmt.Sprintf("9.1.%d", i+1), join(text(sized(n)), closing), describe(OpText, []byte(sized(n))), goodbye)
		run(fmt.Sprintf("9.2.%d", i+1), join(frame(0x82, sized(n)), closing), describe(OpBinary, []byte(sized(n))), goodbye)
	}
	for i, size := range []int{64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, mib, 4 * mib} {
		run(fmt.Sprintf("9.3.%d", i+1), autoFragmented(4*mib, size), describe(OpText, []byte(sized(4*mib))), goodbye)
	}
	for i, size := range []int{0, 16, 64, 256, 1 << 10, 4 << 10} {
		var in []byte
		var want []string
		for range 1000 {
			in = append(in, text(sized(size))...)
			want = append(want, describe(OpText, []byte(sized(size))))
		}
		run(fmt.Sprintf("9.7.%d", i+1), join(in, closing), append(want, goodbye)...)
	}
}
