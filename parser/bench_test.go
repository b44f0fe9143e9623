package parser

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
	smallText = []byte(`2["chat message",{"user":"bob","text":"hello, everybody out there! how are you?","tags":["a"],"seq":17}]`)
	wordsText = []byte(`2/chat,12["message","room","hello, everybody"]`)
	largeArg  = chat{User: "bob", Text: strings.Repeat("Hello \"world\", 你好! ", 40), Tags: []string{"a", "b"}, Seq: 1}
)

func BenchmarkDecode(b *testing.B) {
	large, _, err := AppendEvent(nil, "", 0, false, "chat message", []any{&largeArg})
	if err != nil {
		b.Fatal(err)
	}
	deep := []byte(`2["a",` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `]`)
	for _, bench := range []struct {
		name string
		text []byte
	}{{"Small", smallText}, {"Words", wordsText}, {"1KiB", large}, {"Deep", deep}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.text)))
			var d Decoder
			for b.Loop() {
				if _, ok, err := d.Text(bench.text); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
	b.Run("Binary", func(b *testing.B) {
		b.ReportAllocs()
		text := []byte(`51-["file",{"name":"x","data":{"_placeholder":true,"num":0}}]`)
		data := make([]byte, 1024)
		var d Decoder
		for b.Loop() {
			if _, _, err := d.Text(text); err != nil {
				b.Fatal(err)
			}
			if _, ok, err := d.Binary(data); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	args := func(text string, attachments ...[]byte) Args {
		a, err := ParseArgs([]byte(text), attachments)
		if err != nil {
			b.Fatal(err)
		}
		return a
	}
	object := `{"user":"bob","text":"hello, everybody out there!","tags":["a"],"seq":17}`
	file := `{"name":"x","data":{"_placeholder":true,"num":0}}`
	type upload struct {
		Name string `json:"name"`
		Data []byte `json:"data"`
	}
	run := func(name string, a Args, dest func() []any) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			d := dest()
			for b.Loop() {
				if err := a.Scan(d...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("Words", args(`["room","hello, everybody",1]`), func() []any { return []any{new(string), new(string), new(int)} })
	run("Struct", args("["+object+"]"), func() []any { return []any{new(chat)} })
	run("BinaryStruct", args("["+file+"]", []byte("data")), func() []any { return []any{new(upload)} })
	b.Run("Any", func(b *testing.B) {
		b.ReportAllocs()
		a := args("[" + object + "]")
		for b.Loop() {
			var v any
			if err := a.Scan(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	type upload struct {
		Name string `json:"name"`
		Data []byte `json:"data"`
	}
	small := &chat{User: "bob", Text: "hello, everybody out there! how are you?", Tags: []string{"a"}, Seq: 17}
	for _, bench := range []struct {
		name string
		args []any
	}{
		{"Small", []any{small}},
		{"Words", []any{"room", "hello, everybody", 1}},
		{"1KiB", []any{&largeArg}},
		{"Map", []any{map[string]any{"user": "bob", "text": "hello, everybody out there!", "tags": []any{"a"}, "seq": 17}}},
		{"Binary", []any{"x", []byte("data")}},
		{"BinaryStruct", []any{&upload{"x", []byte("data")}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 4096)
			for b.Loop() {
				if _, _, err := AppendEvent(dst, "/", 0, false, "chat message", bench.args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
