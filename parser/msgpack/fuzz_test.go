package msgpack

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

// FuzzDecoder: what is accepted must survive encoding and decoding.
func FuzzDecoder(f *testing.F) {
	for _, seed := range []raw{
		obj("type", 0, "nsp", "/", "data", obj("token", "1", "bin", []byte{1})),
		obj("type", 1, "nsp", "/a"),
		obj("type", 2, "data", arr("e", 1, "text\n", []byte("bin"), obj("a", arr(-1, 70_000))), "options", obj("compress", hexed("c3")), "nsp", "/"),
		obj("data", arr(7, hexed("d4 00 00"), hexed("c7 02 00 0102")), "id", 300, "nsp", "/a", "type", 2),
		obj("type", 3, "nsp", "/", "id", hexed("cf ffffffffffffffff"), "data", arr(hexed("cb 3fb999999999999a"), hexed("d7 00 0000018bcfe5687b"))),
		obj("type", 4, "nsp", "/", "data", "no"),
		event(hexed("c7 0c ff 00000001 0000000000000001")),
		event(obj("_placeholder", hexed("c3"), "num", 0)),
		event(raw(strings.Repeat("\x91", 40) + "\xc0")),
		event(hexed("dd ffffffff")),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		p, ok, err := NewDecoder(nil).Binary(in)
		if ok != (err == nil) || !ok && !reflect.DeepEqual(p, parser.Packet{}) {
			t.Fatalf("%+v, %t beside error %v", p, ok, err)
		}
		if ok {
			again(t, p)
		}
	})
}

// again encodes and decodes a packet.
func again(t *testing.T, p parser.Packet) {
	t.Helper()
	var (
		c      Codec
		b      []byte
		err    error
		data   any
		before = values(t, p.Args)
	)
	if p.Data != nil {
		if !jsontext.Value(p.Data).IsValid(jsontext.AllowDuplicateNames(true)) {
			t.Fatalf("payload %q", p.Data)
		}
		data = jsontext.Value(p.Data)
	}
	for i := range p.Args.Len() {
		if v := p.Args.Raw(i); !jsontext.Value(v).IsValid(jsontext.AllowDuplicateNames(true)) {
			t.Fatalf("argument %q", v)
		}
	}
	switch p.Type {
	case parser.Connect:
		b, err = c.AppendConnect(nil, p.Namespace, data)
	case parser.ConnectError:
		b, err = c.AppendConnectError(nil, p.Namespace, data)
	case parser.Disconnect:
		b = c.AppendDisconnect(nil, p.Namespace)
	case parser.Event:
		b, _, err = c.AppendEvent(nil, p.Namespace, p.ID, p.HasID, p.Event, before)
	default:
		if !p.HasID {
			return // we write none
		}
		b, _, err = c.AppendAck(nil, p.Namespace, p.ID, before)
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.Type != parser.Event && p.Type != parser.Ack {
		p.ID, p.HasID = 0, false // of no use there
	}
	q, ok, err := NewDecoder(nil).Binary(b)
	if err != nil || !ok {
		t.Fatalf("%x: %v", b, err)
	}
	after := values(t, q.Args)
	p.Args, q.Args = parser.Args{}, parser.Args{}
	p.Data, q.Data = canonical(p.Data), canonical(q.Data)
	if !reflect.DeepEqual(p, q) || !reflect.DeepEqual(before, after) {
		t.Fatalf("%+v %v became %+v %v", p, before, q, after)
	}
}

// canonical gives numbers and the like one form.
func canonical(data []byte) []byte {
	v := jsontext.Value(data)
	if v == nil || v.Canonicalize(jsontext.AllowDuplicateNames(true)) != nil {
		return data
	}
	return v
}

// FuzzEncode: JSON arrives as package parser reads it.
func FuzzEncode(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[null,true,"a\u0000\ud83d\ude00\ud800",-0,1.5e3,18446744073709551615]`, `[{"a":{"b":[1,{"_placeholder":true,"num":0}]}}]`,
		`[` + strings.Repeat(`[`, 20) + strings.Repeat(`]`, 20) + `,` + strings.Repeat(`{"a":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,`, 10) + `1` + strings.Repeat(`]}`, 10) + `]`,
		`["\"\\\/\b\f\n\r\t", "` + strings.Repeat(`\u00e9`, 30) + `", "` + strings.Repeat("x", 300) + `"]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, err := parser.ParseArgs(text, nil)
		if err != nil || !jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
			return
		}
		args := []any{[]byte("first")}
		var values []any
		for i := range want.Len() {
			var v any
			if want.Decode(i, &v) != nil {
				return // a number out of range
			}
			values, args = append(values, v), append(args, jsontext.Value(want.Raw(i)))
		}
		packet, _, err := Codec{}.AppendEvent(nil, "/", 0, false, "e", append(args, []byte("last")))
		if err != nil {
			t.Fatal(err)
		}
		p, err := decode(raw(packet))
		if err != nil {
			t.Fatalf("%x: %v", packet, err)
		}
		wanted := append(append([]any{[]byte("first")}, values...), []byte("last"))
		for i, w := range wanted {
			var got any
			if err := p.Args.Decode(i, &got); err != nil || !reflect.DeepEqual(got, w) {
				t.Fatalf("argument %d: %v, %v; want %v", i, got, err, w)
			}
		}
	})
}
