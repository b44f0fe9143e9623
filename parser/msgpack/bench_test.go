package msgpack

import (
	"strings"
	"testing"
)

// chat is an argument as applications send it.
type chat struct {
	User string   `json:"user"`
	Text string   `json:"text"`
	Tags []string `json:"tags"`
	Seq  int      `json:"seq"`
}

var (
	smallArg = &chat{User: "bob", Text: "hello, everybody out there! how are you?", Tags: []string{"a"}, Seq: 17}
	largeArg = &chat{User: "bob", Text: strings.Repeat("Hello \"world\", 你好! ", 40), Tags: []string{"a", "b"}, Seq: 1}
	words    = []any{"room", "hello, everybody", 17, true}
	file     = []any{map[string]any{"name": "x", "data": make([]byte, 1024)}}
)

var messages = []struct {
	name   string
	args   []any
	encode float64 // allocations
	decode float64
}{
	{"Words", words, 0, 2}, // more than three arguments
	{"Small", []any{smallArg}, 0, 1},
	{"1KiB", []any{largeArg}, 0, 1},
	{"Binary", file, 3, 5}, // the attachments, their list, and their places
}

func BenchmarkEncode(b *testing.B) {
	for _, m := range messages {
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 8192)
			for b.Loop() {
				if _, _, err := (Codec{}).AppendEvent(buf, "/", 0, false, "chat message", m.args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, m := range messages {
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			in := encode(b, m.args)
			d := NewDecoder(nil)
			for b.Loop() {
				if _, _, err := d.Binary(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTranscode is without the making of JSON out of values, or of values out of it.
func BenchmarkTranscode(b *testing.B) {
	in := encode(b, []any{smallArg})
	start := strings.Index(string(in), "data") + len("data")
	var text []byte
	b.Run("ToJSON", func(b *testing.B) {
		b.ReportAllocs()
		t := newTranscoder(nil, nil)
		for b.Loop() {
			t.reader = reader{b: in, i: start}
			t.text = t.text[:0]
			if err := t.value(100); err != nil {
				b.Fatal(err)
			}
		}
		text = t.text
	})
	b.Run("FromJSON", func(b *testing.B) {
		b.ReportAllocs()
		e := &encoder{text: text}
		buf := make([]byte, 0, 8192)
		for b.Loop() {
			e.append(buf)
		}
	})
}

func encode(tb testing.TB, args []any) []byte {
	tb.Helper()
	packet, _, err := Codec{}.AppendEvent(nil, "/", 0, false, "chat message", args)
	if err != nil {
		tb.Fatal(err)
	}
	return packet
}

func TestAllocs(t *testing.T) {
	if raceDetector {
		t.Skip("allocations vary under the race detector")
	}
	for _, m := range messages {
		t.Run(m.name, func(t *testing.T) {
			buf := make([]byte, 0, 8192)
			if n := testing.AllocsPerRun(100, func() {
				_, _, _ = Codec{}.AppendEvent(buf, "/", 0, false, "chat message", m.args)
			}); n > m.encode {
				t.Errorf("encoding: %v allocations, want %v", n, m.encode)
			}
			in, d := encode(t, m.args), NewDecoder(nil)
			if n := testing.AllocsPerRun(100, func() { _, _, _ = d.Binary(in) }); n > m.decode {
				t.Errorf("decoding: %v allocations, want %v", n, m.decode)
			}
		})
	}
	t.Run("errors", func(t *testing.T) {
		in, d := []byte(event(hexed("c1"))), NewDecoder(nil)
		if n := testing.AllocsPerRun(100, func() { _, _, _ = d.Binary(in) }); n > 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
