package msgpack

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

func TestEncodePacket(t *testing.T) {
	var c Codec
	event := func(ns string, id uint64, hasID bool, name string, args ...any) func([]byte) ([]byte, error) {
		return func(dst []byte) ([]byte, error) {
			b, attachments, err := c.AppendEvent(dst, ns, id, hasID, name, args)
			if attachments != nil {
				t.Error("attachments")
			}
			return b, err
		}
	}
	for _, row := range []struct {
		name   string
		encode func(dst []byte) ([]byte, error)
		want   raw
	}{
		{"event", event("/", 0, false, "hey", "Jude"), obj("type", 2, "nsp", "/", "data", arr("hey", "Jude"))},
		{"main namespace", event("", 0, false, "hey"), obj("type", 2, "nsp", "/", "data", arr("hey"))},
		{"with id", event("/a", 300, true, "e", []byte("b")), obj("type", 2, "nsp", "/a", "id", 300, "data", arr("e", []byte("b")))},
		{"largest id", event("/", math.MaxUint64, true, "e"), obj("type", 2, "nsp", "/", "id", hexed("cf ffffffffffffffff"), "data", arr("e"))},
		{"invalid UTF-8", event("/", 0, false, "a\xff\xfeb"), obj("type", 2, "nsp", "/", "data", arr("a\uFFFD\uFFFDb"))},
		{"ack", func(dst []byte) ([]byte, error) {
			b, _, err := c.AppendAck(dst, "/a", 0, []any{1, nil})
			return b, err
		}, obj("type", 3, "nsp", "/a", "id", 0, "data", arr(1, hexed("c0")))},
		{"empty ack", func(dst []byte) ([]byte, error) {
			b, _, err := c.AppendAck(dst, "/", 7, nil)
			return b, err
		}, obj("type", 3, "nsp", "/", "id", 7, "data", arr())},
		{"connect", func(dst []byte) ([]byte, error) { return c.AppendConnect(dst, "/", nil) }, obj("type", 0, "nsp", "/")},
		{"connect with payload", func(dst []byte) ([]byte, error) {
			return c.AppendConnect(dst, "/", map[string]string{"sid": "x"})
		}, obj("type", 0, "nsp", "/", "data", obj("sid", "x"))},
		{"connect error", func(dst []byte) ([]byte, error) {
			return c.AppendConnectError(dst, "/a", struct {
				Message string `json:"message"`
				Data    any    `json:"data"`
			}{"no", 1.5})
		}, obj("type", 4, "nsp", "/a", "data", obj("message", "no", "data", hexed("cb 3ff8000000000000")))},
		{"disconnect", func(dst []byte) ([]byte, error) { return c.AppendDisconnect(dst, "/a"), nil }, obj("type", 1, "nsp", "/a")},
	} {
		t.Run(row.name, func(t *testing.T) {
			const before = "before"
			got, err := row.encode([]byte(before))
			if err != nil || string(got) != before+string(row.want) {
				t.Errorf("%x, %v; want %x", got, err, row.want)
			}
		})
	}
}

func TestEncodeValues(t *testing.T) {
	str := func(n int) string { return strings.Repeat("x", n) }
	for _, row := range []struct {
		name string
		arg  any
		want string // hexadecimal; the beginning is enough
	}{
		{"nil", nil, "c0"},
		{"bools", []bool{true, false}, "92 c3 c2"},
		{"fixint", []int{0, 127, -1, -32}, "94 00 7f ff e0"},
		{"8 bits", []int{128, 255, -33, -128}, "94 cc80 ccff d0df d080"},
		{"16 bits", []int{256, 65535, -129, -32768}, "94 cd0100 cdffff d1ff7f d18000"},
		{"32 bits", []int64{65536, math.MaxUint32, -32769, math.MinInt32}, "94 ce00010000 ceffffffff d2ffff7fff d280000000"},
		{"64 bits", []int64{math.MaxUint32 + 1, math.MinInt32 - 1}, "92 cf0000000100000000 d3ffffffff7fffffff"},
		{"extremes", []any{uint64(math.MaxUint64), int64(math.MinInt64), int64(math.MaxInt64)}, "93 cfffffffffffffffff d38000000000000000 cf7fffffffffffffff"},
		{"20 digits", jsontext.Value("[18446744073709551616,-9223372036854775809,-18446744073709551616]"), "93 cb43f0000000000000 cbc3e0000000000000 cbc3f0000000000000"},
		{"30 digits", jsontext.Value("100000000000000000000000000000"), "cb45f431e0fae6d721"},
		{"floats", []float64{0, 1.5, -0.1, 1e21, 3, math.Copysign(0, -1)}, "96 00 cb3ff8000000000000 cbbfb999999999999a cb444b1ae4d6e2ef50 03 cb8000000000000000"},
		{"exponent", jsontext.Value("[1e2,1E-2]"), "92 cb4059000000000000 cb3f847ae147ae147b"},
		{"out of range", jsontext.Value("1e400"), "cb7ff0000000000000"},
		{"NaN and infinity", []float64{math.NaN(), math.Inf(1)}, "92 c0 c0"},
		{"strings", []string{"", "é", str(31)}, "93 a0 a2c3a9 bf78"},
		{"str8", str(32), "d920 7878"},
		{"str16", str(256), "da0100 7878"},
		{"str32", str(65536), "db00010000 7878"},
		{"escapes", "\x00\"\\\n\u2028<é😀", "ae 00 22 5c 0a e280a8 3c c3a9 f09f9880"},
		{"escapes in JSON", jsontext.Value(`"\u00e9\/\ud83d\ude00"`), "a7 c3a9 2f f09f9880"},
		{"lone surrogate", jsontext.Value(`"\ud800"`), "a3 efbfbd"},
		{"escapes that shrink below a header", "\x01" + str(31), "d920 01 78"},
		{"escapes, 31 bytes", "\x01" + str(30), "bf 01 78"},
		{"invalid UTF-8", "\xff\xfe", "a6 efbfbd efbfbd"},
		{"array of 15", make([]int, 15), "9f 00"},
		{"array of 16", make([]int, 16), "dc0010 00"},
		{"array of 65536", make([]int, 65536), "dd00010000 00"},
		{"nested", []any{[]any{}, map[string]any{}, []any{1}}, "93 90 80 91 01"},
		{"map", map[string]any{"a": []any{map[string]any{"b": nil}}}, "81 a161 91 81 a162 c0"},
		{"bin", []any{[]byte{}, []byte("a"), nil}, "93 c400 c40161 c0"},
		{"nil slice", []byte(nil), "c0"},
		{"bin8", make([]byte, 255), "c4ff 00"},
		{"bin16", make([]byte, 256), "c50100 00"},
		{"bin32", make([]byte, 65536), "c600010000 00"},
		{"placeholder of the user", []any{jsontext.Value(`{"_placeholder":true,"num":0}`), []byte("b")}, "92 82 ac5f706c616365686f6c646572 c3 a36e756d 00 c40162"},
		{"struct", struct {
			A []byte `json:"a"`
			B int    `json:"b"`
		}{[]byte{1}, 2}, "82 a161 c40101 a162 02"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, _, err := Codec{}.AppendAck(nil, "/", 0, []any{row.arg, 7})
			if err != nil {
				t.Fatal(err)
			}
			head := string(obj("type", 3, "nsp", "/", "id", 0, "data", arr(0, 7)))
			head = head[:len(head)-2]
			rest, found := strings.CutPrefix(string(got), head)
			want := hexed(row.want)
			if !found || !strings.HasPrefix(rest, string(want)) || !strings.HasSuffix(rest, "\x07") {
				t.Errorf("got %.100x, want %x", rest, want)
			}
			if p, err := decode(raw(got)); err != nil || p.Args.Len() != 2 || string(p.Args.Raw(1)) != "7" {
				t.Errorf("does not decode: %v", err)
			}
		})
	}
}

// Deep in nested arrays headers are of the longest form; what is in them is the same.
func TestEncodeNested(t *testing.T) {
	for _, depth := range []int{maxNarrow - 1, maxNarrow, maxNarrow + 1, 90, 500} {
		for _, width := range []int{1, 15, 16, 70_000 / depth} {
			var v any = []byte("x")
			for range depth {
				list := make([]any, width)
				list[width-1] = map[string]any{"a": v}
				v = list
			}
			b, _, err := Codec{}.AppendEvent(nil, "/", 0, false, "e", []any{v})
			if err != nil {
				t.Fatal(err)
			}
			p, err := decode(raw(b))
			if err != nil {
				t.Fatalf("depth %d, width %d: %v", depth, width, err)
			}
			if got := values(t, p.Args); !reflect.DeepEqual(got, []any{v}) {
				t.Errorf("depth %d, width %d: something else arrives", depth, width)
			}
		}
	}
}

func TestEncodeErrors(t *testing.T) {
	var c Codec
	many := make([][]byte, MaxAttachments+1)
	for i := range many {
		many[i] = []byte{1}
	}
	if _, _, err := c.AppendEvent(nil, "/", 0, false, "e", []any{many[1:]}); err != nil {
		t.Error(err)
	}
	for _, row := range []struct {
		name string
		arg  any
		want error
	}{
		{"func", func() {}, parser.ErrFunc},
		{"too much binary data", many, parser.ErrTooManyAttachments},
		{"channel", make(chan int), nil},
	} {
		dst := []byte("dst")
		event, _, err := c.AppendEvent(dst, "/", 0, false, "e", []any{1, row.arg})
		ack, _, err2 := c.AppendAck(dst, "/", 0, []any{1, row.arg})
		if err == nil || err2 == nil || row.want != nil && (!errors.Is(err, row.want) || !errors.Is(err2, row.want)) {
			t.Errorf("%s: %v, %v", row.name, err, err2)
		}
		if string(event) != "dst" || string(ack) != "dst" {
			t.Errorf("%s: %q, %q", row.name, event, ack)
		}
	}
	if b, _, err := c.AppendEvent([]byte("dst"), "/", 0, false, "disconnect", nil); !errors.Is(err, parser.ErrReservedEvent) || string(b) != "dst" {
		t.Errorf("reserved: %q, %v", b, err)
	}
	for _, appendTo := range []func([]byte, string, any) ([]byte, error){c.AppendConnect, c.AppendConnectError} {
		if b, err := appendTo([]byte("dst"), "/", [][]byte{{1}}); !errors.Is(err, parser.ErrBinaryPayload) || string(b) != "dst" {
			t.Errorf("binary payload: %q, %v", b, err)
		}
	}
}

// The codecs tell the receiver the same.
func TestAsJSON(t *testing.T) {
	type person struct {
		Name string `json:"name"`
		Age  *int   `json:"age,omitempty"`
	}
	for i, args := range [][]any{
		nil,
		{nil, true, 1, -1.5, "text", []byte("bin")},
		{person{Name: "\u0001"}, []person{}, map[string]*person{"a": {Name: "x"}}},
		{[]any{[]byte{}, []any{[]byte("a")}, map[string]any{"b": []byte("b"), "n": nil}}},
		{int64(math.MaxInt64), uint64(math.MaxUint64), float32(0.1), 1e300, math.NaN()},
		{map[string]any{"_placeholder": "true", "num": 0}},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			var got [2]parser.Packet
			for i, c := range []parser.Codec{parser.JSON{}, Codec{}} {
				message, attachments, err := c.AppendEvent(nil, "/ns", 5, true, "e", args)
				if err != nil {
					t.Fatal(err)
				}
				d := c.NewDecoder(nil)
				var ok bool
				if c.Binary() {
					got[i], ok, err = d.Binary(message)
				} else {
					got[i], ok, err = d.Text(message)
				}
				for _, a := range attachments {
					got[i], ok, err = d.Binary(a)
				}
				if !ok || err != nil {
					t.Fatal(ok, err)
				}
			}
			a, b := values(t, got[0].Args), values(t, got[1].Args)
			got[0].Args, got[1].Args = parser.Args{}, parser.Args{}
			if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(got[0], got[1]) {
				t.Errorf("JSON %+v %v\nmsgpack %+v %v", got[0], a, got[1], b)
			}
		})
	}
}

// The last argument is the end of the packet, whatever precedes it: connection state recovery overwrites it.
func TestLastArgumentIsLast(t *testing.T) {
	b, _, err := Codec{}.AppendEvent(nil, "/~~~~~~~~~~", 1, true, "~~~~~~~~~~", []any{[]byte("~~~~~~~~~~"), "~~~~~~~~~~"})
	if err != nil || !bytes.HasSuffix(b, []byte("~~~~~~~~~~")) {
		t.Error(hex.Dump(b), err)
	}
}
