package msgpack

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio/parser"
)

func TestDecodePacket(t *testing.T) {
	undefined := hexed("d4 00 00")
	for _, row := range []struct {
		name string
		in   raw
		want parser.Packet // without Args
		args []any
	}{
		{"connect", obj("type", 0, "nsp", "/"), parser.Packet{Type: parser.Connect, Namespace: "/"}, nil},
		{
			"connect, undefined payload", obj("type", 0, "data", undefined, "nsp", "/admin"),
			parser.Packet{Type: parser.Connect, Namespace: "/admin"},
			nil,
		},
		{
			"connect with auth", obj("type", 0, "nsp", "/", "data", obj("token", "1", "key", []byte("abcd"))),
			parser.Packet{Type: parser.Connect, Namespace: "/", Data: []byte(`{"token":"1","key":"YWJjZA=="}`)},
			nil,
		},
		{"disconnect", obj("type", 1, "nsp", "/a"), parser.Packet{Type: parser.Disconnect, Namespace: "/a"}, nil},
		{
			"disconnect, undefined payload", obj("type", 1, "nsp", "/", "data", undefined),
			parser.Packet{Type: parser.Disconnect, Namespace: "/"},
			nil,
		},
		{
			"connect error", obj("type", 4, "nsp", "/", "data", obj("message", "no")),
			parser.Packet{Type: parser.ConnectError, Namespace: "/", Data: []byte(`{"message":"no"}`)},
			nil,
		},
		{
			"connect error text", obj("type", 4, "nsp", "/", "data", "no"),
			parser.Packet{Type: parser.ConnectError, Namespace: "/", Data: []byte(`"no"`)},
			nil,
		},
		{
			"event", obj("type", 2, "data", arr("hey", "Jude"), "nsp", "/"),
			parser.Packet{Type: parser.Event, Namespace: "/", Event: "hey"},
			[]any{"Jude"},
		},
		{
			"event without arguments", obj("type", 2, "data", arr("hey"), "nsp", "/"),
			parser.Packet{Type: parser.Event, Namespace: "/", Event: "hey"},
			nil,
		},
		{
			"event of a client", obj("type", 2, "data", arr("a", 1), "options", obj("compress", hexed("c3")), "id", 12, "nsp", "/b"),
			parser.Packet{Type: parser.Event, HasID: true, ID: 12, Namespace: "/b", Event: "a"},
			[]any{1.0},
		},
		{
			"data first", obj("data", arr("a", []byte{1}), "id", undefined, "nsp", "/", "type", 2),
			parser.Packet{Type: parser.Event, Namespace: "/", Event: "a"},
			[]any{[]byte{1}},
		},
		{
			"largest id", obj("type", 3, "nsp", "/", "id", hexed("cf ffffffffffffffff"), "data", arr()),
			parser.Packet{Type: parser.Ack, HasID: true, ID: math.MaxUint64, Namespace: "/"},
			nil,
		},
		{
			"ack", obj("type", 3, "nsp", "/", "id", 0, "data", arr("x", arr(1, []byte("b")))),
			parser.Packet{Type: parser.Ack, HasID: true, Namespace: "/"},
			[]any{"x", []any{1.0, []byte("b")}},
		},
		{
			"many arguments", obj("type", 3, "nsp", "/", "id", 0, "data", arr(1, 2, 3, 4, 5)),
			parser.Packet{Type: parser.Ack, HasID: true, Namespace: "/"},
			[]any{1.0, 2.0, 3.0, 4.0, 5.0},
		},
		{
			"escaped name", obj("type", 2, "nsp", "/", "data", arr("a\x00\"\\,é", 1)),
			parser.Packet{Type: parser.Event, Namespace: "/", Event: "a\x00\"\\,é"},
			[]any{1.0},
		},
		{
			"empty name", obj("type", 2, "nsp", "/", "data", arr("", 1)),
			parser.Packet{Type: parser.Event, Namespace: "/"},
			[]any{1.0},
		},
		{
			"integer name", obj("type", 2, "nsp", "/", "data", arr(-7, 1)),
			parser.Packet{Type: parser.Event, Namespace: "/", Event: "-7"},
			[]any{1.0},
		},
		{
			"float name", obj("type", 2, "nsp", "/", "data", arr(hexed("cb 4330000000000000"))),
			parser.Packet{Type: parser.Event, Namespace: "/", Event: "4503599627370496"},
			nil,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			in := []byte(row.in)
			p, ok, err := NewDecoder(nil).Binary(in)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			clear(in) // which is only borrowed
			args := values(t, p.Args)
			p.Args = parser.Args{}
			if !reflect.DeepEqual(p, row.want) || !reflect.DeepEqual(args, row.args) {
				t.Errorf("got %+v %v, want %+v %v", p, args, row.want, row.args)
			}
		})
	}
}

func TestDecodeValues(t *testing.T) {
	long := strings.Repeat("é", 40_000)
	for _, row := range []struct{ name, in, want string }{ // want is JSON
		{"nil", "c0", "null"},
		{"undefined", "d4 00 00", "null"},
		{"false", "c2", "false"},
		{"true", "c3", "true"},
		{"fixint", "7f", "127"},
		{"negative fixint", "e0", "-32"},
		{"uint8", "cc ff", "255"},
		{"uint16", "cd ffff", "65535"},
		{"uint32", "ce ffffffff", "4294967295"},
		{"uint64", "cf ffffffffffffffff", "18446744073709551615"},
		{"int8", "d0 80", "-128"},
		{"positive int8", "d0 7f", "127"},
		{"int16", "d1 8000", "-32768"},
		{"int32", "d2 80000000", "-2147483648"},
		{"int64", "d3 8000000000000000", "-9223372036854775808"},
		{"float32", "ca 3fc00000", "1.5"},
		{"float64", "cb 3fb999999999999a", "0.1"},
		{"large float64", "cb 444b1ae4d6e2ef50", "1e+21"},
		{"minus zero", "cb 8000000000000000", "-0"},
		{"NaN", "cb 7ff8000000000000", "null"},
		{"infinity", "ca ff800000", "null"},
		{"fixstr", "a3 616263", `"abc"`},
		{"empty", "a0", `""`},
		{"escapes", "a5 22 5c 0a 00 7f", "\"\\\"\\\\\\n\\u0000\x7f\""},
		{"str8", "d9 01 61", `"a"`},
		{"str16", "da 0001 61", `"a"`},
		{"str32", "db 00000001 61", `"a"`},
		{"long", fmt.Sprintf("db %08x %x", len(long), long), `"` + long + `"`},
		{"array", "93 01 90 91 02", "[1,[],[2]]"},
		{"array16", "dc 0002 01 02", "[1,2]"},
		{"array32", "dd 00000001 01", "[1]"},
		{"map", "82 a1 61 80 a1 62 81 a1 63 91 c0", `{"a":{},"b":{"c":[null]}}`},
		{"map16", "de 0001 a1 61 01", `{"a":1}`},
		{"map32", "df 00000001 a1 61 01", `{"a":1}`},
		{"the same name twice", "82 a1 61 01 a1 61 02", `{"a":1,"a":2}`},
		{"date", "d7 00 0000000000000001", `"1970-01-01T00:00:00.001Z"`},
		{"date before 1970", "d7 00 ffffffffffffffff", `"1969-12-31T23:59:59.999Z"`},
		{"last date", "d7 00 001eb208c2dc0000", `"+275760-09-13T00:00:00.000Z"`},
		{"first date", "d7 00 ffe14df73d240000", `"-271821-04-20T00:00:00.000Z"`},
		{"no date", "d7 00 001eb208c2dc0001", "null"},
		{"timestamp32", "d6 ff 00000001", `"1970-01-01T00:00:01.000Z"`},
		{"timestamp64", "d7 ff ee6b27fc 00000001", `"1970-01-01T00:00:01.999999999Z"`},
		{"timestamp96", "c7 0c ff 00000000 ffffffffffffffff", `"1969-12-31T23:59:59.000Z"`},
		{"no timestamp96", "c7 0c ff 00000000 7fffffffffffffff", "null"},
		{"bin", "c4 01 ff", `{"_placeholder":true,"num":0}`},
		{"ArrayBuffer", "c7 08 00 0102030405060708", `{"_placeholder":true,"num":0}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			p, err := decode(event(hexed(row.in)))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(p.Args.Raw(0)); got != row.want {
				t.Errorf("got %.100s, want %.100s", got, row.want)
			}
			nested, err := decode(event(arr(hexed(row.in), 7)))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := string(nested.Args.Raw(0)), "["+row.want+",7]"; got != want {
				t.Errorf("got %.100s, want %.100s", got, want)
			}
			if _, err := decode(event(hexed(row.in)[1:])); row.in[:2] != "c0" && err == nil && len(row.in) > 5 {
				t.Error("no error without its first byte") // it is no value, or more than one
			}
		})
	}

	t.Run("time.Time", func(t *testing.T) {
		p, err := decode(event(hexed("d7 00 0000018bcfe5687b")))
		var got time.Time
		if err := errors.Join(err, p.Args.Scan(&got)); err != nil || got.UnixMilli() != 0x18bcfe5687b {
			t.Error(got, err)
		}
	})
}

// What looks like a placeholder is data of the user.
func TestDecodeLookalike(t *testing.T) {
	fake := obj("_placeholder", hexed("c3"), "num", 0)
	p, err := decode(obj("type", 2, "nsp", "/", "data", arr("e", fake, arr([]byte("real"), fake), []byte{}, fake)))
	if err != nil {
		t.Fatal(err)
	}
	like := map[string]any{"_placeholder": true, "num": 0.0}
	want := []any{like, []any{[]byte("real"), like}, []byte{}, like}
	if got := values(t, p.Args); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var into struct {
		Placeholder bool `json:"_placeholder"`
		Num         int  `json:"num"`
	}
	var list []any
	var b []byte
	if err := p.Args.Scan(&into, &list, &b, &into); err != nil || !into.Placeholder || !bytes.Equal(list[0].([]byte), []byte("real")) {
		t.Error(into, list, b, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	ok := arr("e")
	for _, row := range []struct {
		name string
		in   raw
		want error
	}{
		{"empty", "", ErrSyntax},
		{"no map", arr(1), ErrSyntax},
		{"JSON", `2["e"]`, ErrSyntax},
		{"no type", obj("nsp", "/", "data", ok), parser.ErrType},
		{"type of the wrong kind", obj("type", "2", "nsp", "/", "data", ok), parser.ErrType},
		{"float type", obj("type", hexed("cb 4000000000000000"), "nsp", "/", "data", ok), parser.ErrType},
		{"negative type", obj("type", -1, "nsp", "/", "data", ok), parser.ErrType},
		{"binary event", obj("type", 5, "nsp", "/", "data", ok), parser.ErrType},
		{"no namespace", obj("type", 2, "data", ok), parser.ErrNamespace},
		{"namespace of the wrong kind", obj("type", 2, "nsp", 1, "data", ok), parser.ErrNamespace},
		{"empty namespace", obj("type", 2, "nsp", "", "data", ok), parser.ErrNamespace},
		{"namespace without slash", obj("type", 2, "nsp", "a", "data", ok), parser.ErrNamespace},
		{"namespace with comma", obj("type", 2, "nsp", "/a,", "data", ok), parser.ErrNamespace},
		{"long namespace", obj("type", 2, "nsp", "/"+strings.Repeat("a", 512), "data", ok), parser.ErrNamespace},
		{"invalid UTF-8 in the namespace", obj("type", 2, "nsp", "/\xff", "data", ok), parser.ErrNamespace},
		{"id nil", obj("type", 2, "nsp", "/", "data", ok, "id", hexed("c0")), parser.ErrID},
		{"negative id", obj("type", 2, "nsp", "/", "data", ok, "id", -1), parser.ErrID},
		{"float id", obj("type", 2, "nsp", "/", "data", ok, "id", hexed("ca 3fc00000")), parser.ErrID},
		{"string id", obj("type", 2, "nsp", "/", "data", ok, "id", "1"), parser.ErrID},
		{"type twice", obj("type", 2, "nsp", "/", "data", ok, "type", 2), ErrSyntax},
		{"data twice", obj("type", 2, "nsp", "/", "data", ok, "data", ok), ErrSyntax},
		{"data twice, first", obj("data", ok, "data", ok, "type", 2, "nsp", "/"), ErrSyntax},
		{"name of another kind", obj("type", 2, "nsp", "/", "data", ok, 1, 1), ErrSyntax},
		{"trailing byte", obj("type", 2, "nsp", "/", "data", ok) + "\x00", ErrSyntax},
		{"broken option", obj("type", 2, "nsp", "/", "data", ok, "options", hexed("91")), ErrSyntax},
		{"event without data", obj("type", 2, "nsp", "/"), parser.ErrPayload},
		{"event with undefined", obj("type", 2, "nsp", "/", "data", hexed("d4 00 00")), parser.ErrPayload},
		{"event without name", obj("type", 2, "nsp", "/", "data", arr()), parser.ErrPayload},
		{"event with a map", obj("type", 2, "nsp", "/", "data", obj("a", 1)), parser.ErrPayload},
		{"name that is nil", obj("type", 2, "nsp", "/", "data", arr(hexed("c0"))), parser.ErrPayload},
		{"name with a fraction", obj("type", 2, "nsp", "/", "data", arr(hexed("ca 3fc00000"))), parser.ErrPayload},
		{"name that is NaN", obj("type", 2, "nsp", "/", "data", arr(hexed("cb 7ff8000000000000"))), parser.ErrPayload},
		{"name that is no safe integer", obj("type", 2, "nsp", "/", "data", arr(hexed("cf ffffffffffffffff"))), parser.ErrPayload},
		{"reserved name", obj("type", 2, "nsp", "/", "data", arr("disconnect")), parser.ErrReservedEvent},
		{"invalid UTF-8 in the name", obj("type", 2, "nsp", "/", "data", arr("\xff")), ErrSyntax},
		{"ack without data", obj("type", 3, "nsp", "/", "id", 1), parser.ErrPayload},
		{"ack with a string", obj("type", 3, "nsp", "/", "id", 1, "data", "x"), parser.ErrPayload},
		{"connect with nil", obj("type", 0, "nsp", "/", "data", hexed("c0")), parser.ErrPayload},
		{"connect with a string", obj("type", 0, "nsp", "/", "data", "x"), parser.ErrPayload},
		{"connect with an array", obj("type", 0, "nsp", "/", "data", arr()), parser.ErrPayload},
		{"connect error with a number", obj("type", 4, "nsp", "/", "data", 1), parser.ErrPayload},
		{"disconnect with data", obj("type", 1, "nsp", "/", "data", ok), parser.ErrPayload},
		{"invalid UTF-8", event("a\xc3\x28"), ErrSyntax},
		{"invalid UTF-8 in a name", event(obj("\xff", 1)), ErrSyntax},
		{"lone surrogate", event("\xed\xa0\x80"), ErrSyntax},
		{"integer as name", event(obj(1, 1)), ErrSyntax},
		{"array as name", event(obj(arr(), 1)), ErrSyntax},
		{"no value", event(hexed("c1")), ErrSyntax},
		{"unknown extension", event(hexed("d4 01 00")), ErrSyntax},
		{"unknown large extension", event(hexed("c8 0001 05 00")), ErrSyntax},
		{"fixext 4 of JavaScript", event(hexed("d6 00 00000000")), ErrSyntax},
		{"timestamp with too many nanoseconds", event(hexed("d7 ff ffffffff ffffffff")), ErrSyntax},
	} {
		t.Run(row.name, func(t *testing.T) {
			if p, err := decode(row.in); !errors.Is(err, row.want) || !reflect.DeepEqual(p, parser.Packet{}) {
				t.Errorf("%+v, %v; want %v", p, err, row.want)
			}
		})
	}
	t.Run("cut anywhere", func(t *testing.T) {
		whole := obj("type", 2, "nsp", "/a", "id", 300, "options", obj("x", 1), "data", arr("name", obj("k", []byte("bin")), "text", 1<<20))
		for i := range whole {
			if _, err := decode(whole[:i]); !errors.Is(err, ErrSyntax) {
				t.Errorf("%d of %d bytes: %v", i, len(whole), err)
			}
		}
	})
	t.Run("text", func(t *testing.T) {
		d := NewDecoder(nil)
		if _, ok, err := d.Text([]byte(`2["e"]`)); ok || !errors.Is(err, ErrText) || d.Pending() {
			t.Error(ok, err)
		}
	})
}
