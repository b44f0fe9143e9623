package parser

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// decoded is a packet in a form that can be compared.
type decoded struct {
	Type      Type
	Namespace string
	ID        string // "" for none
	Event     string
	Args      []any // nil for none
	Data      string
	Empty     bool
}

func flatten(t *testing.T, p Packet) decoded {
	t.Helper()
	d := decoded{Type: p.Type, Namespace: p.Namespace, Event: p.Event, Data: string(p.Data), Empty: p.Empty}
	if p.HasID {
		d.ID = fmt.Sprint(p.ID)
	}
	for i := range p.Args.Len() {
		var v any
		if err := p.Args.Decode(i, &v); err != nil {
			t.Fatalf("argument %d: %v", i, err)
		}
		d.Args = append(d.Args, v)
	}
	return d
}

// feed decodes a message: a string as text, a []byte as binary.
func feed(d *Decoder, message any) (Packet, bool, error) {
	if s, ok := message.(string); ok {
		return d.Text([]byte(s))
	}
	return d.Binary(message.([]byte))
}

func TestDecode(t *testing.T) {
	for _, test := range []struct {
		name string
		in   []any
		want decoded
	}{
		// The samples of the protocol document, revision 5.
		{"connect main", []any{`0`}, decoded{Type: Connect, Namespace: "/"}},
		{"connect namespace", []any{`0/admin,`}, decoded{Type: Connect, Namespace: "/admin"}},
		{"connect namespace, no comma", []any{`0/admin`}, decoded{Type: Connect, Namespace: "/admin"}},
		{"connect payload", []any{`0{"token":"123"}`}, decoded{Type: Connect, Namespace: "/", Data: `{"token":"123"}`}},
		{
			"connect namespace and payload",
			[]any{`0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}`},
			decoded{Type: Connect, Namespace: "/admin", Data: `{"sid":"oSO0OpakMV_3jnilAAAA"}`},
		},
		{
			"connect error",
			[]any{`4{"message":"Not authorized"}`},
			decoded{Type: ConnectError, Namespace: "/", Data: `{"message":"Not authorized"}`},
		},
		{
			"connect error text",
			[]any{`4/admin,"Not authorized" `},
			decoded{Type: ConnectError, Namespace: "/admin", Data: `"Not authorized"`},
		},
		{"connect error, nothing", []any{`4`}, decoded{Type: ConnectError, Namespace: "/"}},
		{"disconnect", []any{`1`}, decoded{Type: Disconnect, Namespace: "/"}},
		{"disconnect namespace", []any{`1/admin,`}, decoded{Type: Disconnect, Namespace: "/admin"}},
		{"event", []any{`2["hey","Jude"]`}, decoded{Type: Event, Namespace: "/", Event: "hey", Args: []any{"Jude"}}},
		{"event, no arguments", []any{`2["foo"]`}, decoded{Type: Event, Namespace: "/", Event: "foo"}},
		{"event with id", []any{`212["foo"]`}, decoded{Type: Event, Namespace: "/", ID: "12", Event: "foo"}},
		{
			"event namespace and id",
			[]any{`2/admin,13["bar",1,null,{"a":[true,false]}]`},
			decoded{
				Type: Event, Namespace: "/admin", ID: "13", Event: "bar",
				Args: []any{1.0, nil, map[string]any{"a": []any{true, false}}},
			},
		},
		{"ack", []any{`3/admin,13["bar"]`}, decoded{Type: Ack, Namespace: "/admin", ID: "13", Args: []any{"bar"}}},
		{"ack, no arguments", []any{`30[]`}, decoded{Type: Ack, Namespace: "/", ID: "0"}},
		{"ack, no payload", []any{`37`}, decoded{Type: Ack, Namespace: "/", ID: "7"}},
		{"ack, no id", []any{`3[1]`}, decoded{Type: Ack, Namespace: "/", Args: []any{1.0}}},
		{
			"binary event",
			[]any{`51-["baz",{"_placeholder":true,"num":0}]`, []byte{1, 2, 3, 4}},
			decoded{Type: Event, Namespace: "/", Event: "baz", Args: []any{[]byte{1, 2, 3, 4}}},
		},
		{
			"binary event, all parts",
			[]any{`52-/admin,1["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`, []byte("a"), []byte("b")},
			decoded{Type: Event, Namespace: "/admin", ID: "1", Event: "baz", Args: []any{[]byte("a"), []byte("b")}},
		},
		{
			"binary ack",
			[]any{`61-/admin,456[{"_placeholder":true,"num":0}]`, []byte{}},
			decoded{Type: Ack, Namespace: "/admin", ID: "456", Args: []any{[]byte{}}},
		},

		// Names.
		{"integer name", []any{`2[1,"a"]`}, decoded{Type: Event, Namespace: "/", Event: "1", Args: []any{"a"}}},
		{"negative name", []any{`2[-1]`}, decoded{Type: Event, Namespace: "/", Event: "-1"}},
		{"exponent name", []any{`2[1.5e1]`}, decoded{Type: Event, Namespace: "/", Event: "15"}},
		{"minus zero name", []any{`2[-0]`}, decoded{Type: Event, Namespace: "/", Event: "0"}},
		{"empty name", []any{`2[""]`}, decoded{Type: Event, Namespace: "/"}},
		{"UTF-8 name", []any{`2["てすと"]`}, decoded{Type: Event, Namespace: "/", Event: "てすと"}},
		{"escaped name", []any{`2["a\u0000\"\\b"]`}, decoded{Type: Event, Namespace: "/", Event: "a\x00\"\\b"}},
		{"surrogate name", []any{`2["\ud83d\ude00\ud800"]`}, decoded{Type: Event, Namespace: "/", Event: "😀\uFFFD"}},
		{"NUL name", []any{`2["\u0000"]`}, decoded{Type: Event, Namespace: "/", Event: "\x00"}},
		{"constructor name", []any{`2["__proto__"]`}, decoded{Type: Event, Namespace: "/", Event: "__proto__"}},

		// Odd but legal.
		{"no data", []any{`2`}, decoded{Type: Event, Namespace: "/", Empty: true}},
		{"no data, id", []any{`2/ns,5`}, decoded{Type: Event, Namespace: "/ns", ID: "5", Empty: true}},
		{"no data, binary", []any{`51-`, []byte("x")}, decoded{Type: Event, Namespace: "/", Empty: true}},
		{"slash", []any{`2/,["a"]`}, decoded{Type: Event, Namespace: "/", Event: "a"}},
		{"query", []any{`0/ns?a=b&c,{}`}, decoded{Type: Connect, Namespace: "/ns?a=b&c", Data: "{}"}},
		{"query of main", []any{`0/?a=b,`}, decoded{Type: Connect, Namespace: "/?a=b"}},
		{"UTF-8 namespace", []any{`0/ナ,`}, decoded{Type: Connect, Namespace: "/ナ"}},
		{"invalid UTF-8 namespace", []any{"0/\xff,"}, decoded{Type: Connect, Namespace: "/\uFFFD"}},
		{"connect with id", []any{`01{}`}, decoded{Type: Connect, Namespace: "/", ID: "1", Data: "{}"}},
		{"zeros before id", []any{`2007["a"]`}, decoded{Type: Event, Namespace: "/", ID: "7", Event: "a"}},
		{"2^53+1", []any{`29007199254740993["a"]`}, decoded{Type: Event, Namespace: "/", ID: "9007199254740993", Event: "a"}},
		{
			"2^64-1",
			[]any{`218446744073709551615["a"]`},
			decoded{Type: Event, Namespace: "/", ID: "18446744073709551615", Event: "a"},
		},
		{
			"white space",
			[]any{"2[ \"a\" ,\t1\n, [ ] , { } ,{ \"b\" : [ 1 , 2 ] } ]\r\n "},
			decoded{
				Type: Event, Namespace: "/", Event: "a",
				Args: []any{1.0, []any{}, map[string]any{}, map[string]any{"b": []any{1.0, 2.0}}},
			},
		},
		{
			"invalid UTF-8",
			[]any{"2[\"\xff\",\"a\xc3\",{\"\xff\":1}]"},
			decoded{Type: Event, Namespace: "/", Event: "\uFFFD", Args: []any{"a\uFFFD", map[string]any{"\uFFFD": 1.0}}},
		},
		{
			"duplicate names",
			[]any{`2["a",{"b":{"c":1},"b":{"d":2}}]`},
			decoded{Type: Event, Namespace: "/", Event: "a", Args: []any{map[string]any{"b": map[string]any{"d": 2.0}}}},
		},
		{"zeros before count", []any{`501-["a"]`, []byte("x")}, decoded{Type: Event, Namespace: "/", Event: "a"}},
		{"unused attachment", []any{`52-["a",1]`, []byte("x"), []byte("y")}, decoded{
			Type: Event, Namespace: "/", Event: "a", Args: []any{1.0},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d Decoder
			for i, message := range test.in {
				p, ok, err := feed(&d, message)
				last := i == len(test.in)-1
				if err != nil || ok != last || d.Pending() == last {
					t.Fatalf("message %d: ok %t, pending %t, error %v", i, ok, d.Pending(), err)
				}
				if !last {
					continue
				}
				if got := flatten(t, p); !reflect.DeepEqual(got, test.want) {
					t.Errorf("got  %+v\nwant %+v", got, test.want)
				}
			}
		})
	}
}

func TestDecodeRejects(t *testing.T) {
	type in = []any
	nested := func(n int) string { return strings.Repeat("[", n) }
	for _, test := range []struct {
		name string
		in   in
		want error
	}{
		// The type.
		{"empty", in{``}, ErrType},
		{"type 7", in{`7`}, ErrType},
		{"type 9", in{`9`}, ErrType},
		{"type space", in{` `}, ErrType},
		{"no type", in{`["a"]`}, ErrType},

		// The number of attachments (T40).
		{"no attachments", in{`50-["a"]`}, ErrAttachments},
		{"11 attachments", in{`511-["a"]`}, ErrAttachments},
		{"very many attachments", in{`599999999999-["a"]`}, ErrAttachments},
		{"attachments beyond 64 bits", in{`599999999999999999999999-["a"]`}, ErrAttachments},
		{"negative attachments", in{`5-1-["a"]`}, ErrAttachments},
		{"fractional attachments", in{`51.5-["a"]`}, ErrAttachments},
		{"hexadecimal attachments", in{`50x1-["a"]`}, ErrAttachments},
		{"spaced attachments", in{`5 1-["a"]`}, ErrAttachments},
		{"no dash", in{`51`}, ErrAttachments},
		{"no dash, payload", in{`51["a"]`}, ErrAttachments},
		{"no number", in{`5-["a"]`}, ErrAttachments},
		{"no attachments, ack", in{`60-[]`}, ErrAttachments},
		{"word", in{`5abc-["a"]`}, ErrAttachments},

		// Placeholders (T41).
		{"num text", in{`51-["h",{"_placeholder":true,"num":"splice"}]`, []byte("x")}, ErrPlaceholder},
		{"num negative", in{`51-["h",{"_placeholder":true,"num":-1}]`, []byte("x")}, ErrPlaceholder},
		{"num too large", in{`51-["h",{"_placeholder":true,"num":1}]`, []byte("x")}, ErrPlaceholder},
		{"num 1e9", in{`51-["h",{"_placeholder":true,"num":1e9}]`, []byte("x")}, ErrPlaceholder},
		{"num 1e999", in{`51-["h",{"_placeholder":true,"num":1e999}]`, []byte("x")}, ErrPlaceholder},
		{"num fraction", in{`51-["h",{"_placeholder":true,"num":0.5}]`, []byte("x")}, ErrPlaceholder},
		{"num missing", in{`51-["h",{"_placeholder":true}]`, []byte("x")}, ErrPlaceholder},
		{"num null", in{`51-["h",{"_placeholder":true,"num":null}]`, []byte("x")}, ErrPlaceholder},
		{"num array", in{`51-["h",{"_placeholder":true,"num":[0]}]`, []byte("x")}, ErrPlaceholder},
		{"num overwritten", in{`51-["h",{"_placeholder":true,"num":0,"num":{}}]`, []byte("x")}, ErrPlaceholder},
		{"deep", in{`51-["h",[[{"a":{"b":[{"num":7,"_placeholder":true}]}}]]]`, []byte("x")}, ErrPlaceholder},
		{"in an ack", in{`61-1[{"num":7,"_placeholder":true}]`, []byte("x")}, ErrPlaceholder},
		{"escaped member", in{`51-["h",{"_placeholde\u0072":true,"num":7}]`, []byte("x")}, ErrPlaceholder},
		{"as the name", in{`51-[{"_placeholder":true,"num":0}]`}, ErrPayload},

		// The order of messages (T42).
		{"binary first", in{[]byte("x")}, ErrUnexpectedBinary},
		{"binary after text", in{`2["a"]`, []byte("x")}, ErrUnexpectedBinary},
		{"one binary too many", in{`51-["a"]`, []byte("x"), []byte("y")}, ErrUnexpectedBinary},
		{"text due", in{`51-["a"]`, `2["b"]`}, ErrUnexpectedText},
		{"header due", in{`52-["a"]`, []byte("x"), `51-["b"]`}, ErrUnexpectedText},

		// The payload (T43, T44).
		{"reserved connect", in{`2["connect"]`}, ErrReservedEvent},
		{"reserved connect_error", in{`2["connect_error"]`}, ErrReservedEvent},
		{"reserved disconnect", in{`2["disconnect"]`}, ErrReservedEvent},
		{"reserved disconnecting", in{`2["disconnecting",1]`}, ErrReservedEvent},
		{"reserved newListener", in{`2["newListener"]`}, ErrReservedEvent},
		{"reserved removeListener", in{`2["removeListener"]`}, ErrReservedEvent},
		{"reserved, escaped", in{`2["\u0063onnect"]`}, ErrReservedEvent},
		{"reserved, binary", in{`51-["connect"]`}, ErrReservedEvent},
		{"object name", in{`2[{"toString":"foo"}]`}, ErrPayload},
		{"array name", in{`2[["a"]]`}, ErrPayload},
		{"null name", in{`2[null]`}, ErrPayload},
		{"bool name", in{`2[true]`}, ErrPayload},
		{"fractional name", in{`2[1.5]`}, ErrPayload},
		{"infinite name", in{`2[1e999]`}, ErrPayload},
		{"unsafe integer name", in{`2[9007199254740992]`}, ErrPayload},
		{"event without name", in{`2[]`}, ErrPayload},
		{"event object", in{`2{}`}, ErrPayload},
		{"event text", in{`2"x"`}, ErrPayload},
		{"event null", in{`2null`}, ErrPayload},
		{"ack object", in{`31{"a":1}`}, ErrPayload},
		{"ack text", in{`31"a"`}, ErrPayload},
		{"disconnect with payload", in{`1{"a":1}`}, ErrPayload},
		{"disconnect with null", in{`1/ns,null`}, ErrPayload},
		{"connect array", in{`0/dyn,[1]`}, ErrPayload},
		{"connect text", in{`0/dyn,"x"`}, ErrPayload},
		{"connect null", in{`0null`}, ErrPayload},
		{"connect error array", in{`4[]`}, ErrPayload},
		{"connect error number", in{`4/ns,null`}, ErrPayload},

		// JSON.
		{"unfinished array", in{`2["a"`}, ErrPayload},
		{"unfinished array after comma", in{`2["a",`}, ErrPayload},
		{"trailing comma", in{`2["a",]`}, ErrPayload},
		{"leading comma", in{`3,[]`}, ErrPayload},
		{"missing element", in{`3[,1]`}, ErrPayload},
		{"missing comma", in{`2["a" 1]`}, ErrPayload},
		{"missing comma in argument", in{`2["a",[1 2]]`}, ErrPayload},
		{"trailing text", in{`2["a"]x`}, ErrPayload},
		{"second value", in{`2["a"]["b"]`}, ErrPayload},
		{"connect, second value", in{`0{}{}`}, ErrPayload},
		{"unfinished string", in{`2["a`}, ErrPayload},
		{"unfinished escape", in{`2["a\`}, ErrPayload},
		{"bad escape", in{`2["\x41"]`}, ErrPayload},
		{"bad unicode escape", in{`2["\u00g0"]`}, ErrPayload},
		{"control character", in{"2[\"a\nb\"]"}, ErrPayload},
		{"NUL", in{"2[\"a\",\x00]"}, ErrPayload},
		{"single quotes", in{`2['a']`}, ErrPayload},
		{"comment", in{`2["a"/**/]`}, ErrPayload},
		{"NaN", in{`2["a",NaN]`}, ErrPayload},
		{"undefined", in{`2["a",undefined]`}, ErrPayload},
		{"leading zero", in{`2["a",01]`}, ErrPayload},
		{"leading plus", in{`2["a",+1]`}, ErrPayload},
		{"bare point", in{`2["a",1.]`}, ErrPayload},
		{"bare exponent", in{`2["a",1e]`}, ErrPayload},
		{"bare minus", in{`2["a",-]`}, ErrPayload},
		{"mismatch", in{`2["a",[1}]`}, ErrPayload},
		{"object without colon", in{`2["a",{"b"}]`}, ErrPayload},
		{"object without value", in{`2["a",{"b":}]`}, ErrPayload},
		{"object without name", in{`2["a",{1:2}]`}, ErrPayload},
		{"object, trailing comma", in{`2["a",{"b":1,}]`}, ErrPayload},
		{"byte order mark", in{"2\ufeff[\"a\"]"}, ErrPayload},
		{"white space before payload", in{`2 ["a"]`}, ErrPayload},
		{"white space before object", in{`0/ns, {}`}, ErrPayload},
		{"white space for payload", in{`0 `}, ErrPayload},
		{"too deep", in{`2["a",` + nested(10_000)}, ErrDepth},
		{"much too deep", in{`2["a",` + nested(400_000)}, ErrDepth},
		{"too deep ack", in{`31` + nested(10_001)}, ErrDepth},
		{"too deep object", in{`0` + strings.Repeat(`{"":`, 10_001)}, ErrDepth},

		// The id (T45).
		{"id of 2^64", in{`218446744073709551616["a"]`}, ErrID},
		{"id of 21 digits", in{`2000000000000000000001["a"]`}, ErrID},
		{"fractional id", in{`21.5["a"]`}, ErrPayload},
		{"negative id", in{`2-1["a"]`}, ErrPayload},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d Decoder
			for i, message := range test.in {
				p, ok, err := feed(&d, message)
				if i < len(test.in)-1 {
					if err != nil {
						t.Fatalf("message %d: %v", i, err)
					}
					continue
				}
				if ok || !errors.Is(err, test.want) || !reflect.DeepEqual(p, Packet{}) {
					t.Fatalf("got %v, %t, %v; want %v", p, ok, err, test.want)
				}
			}
			if _, ok, err := feed(&d, `2["next"]`); !ok || err != nil {
				t.Errorf("after the error: %t, %v", ok, err)
			}
		})
	}
}

func TestPlaceholders(t *testing.T) {
	x, y := []byte("x"), []byte("y")
	for _, test := range []struct {
		name, arg string
		want      any
	}{
		{"num first", `{"num":1,"_placeholder":true}`, y},
		{"spaced", "{ \"_placeholder\" :\ttrue , \"num\" : 1\n}", y},
		{"float num", `{"_placeholder":true,"num":1.0}`, y},
		{"exponent num", `{"_placeholder":true,"num":10e-1}`, y},
		{"minus zero num", `{"_placeholder":true,"num":-0}`, x},
		{"same twice", `[{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]`, []any{x, x}},
		{"reversed", `[{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]`, []any{y, x}},
		{"more members", `{"a":[{}],"_placeholder":true,"b":"}","num":1}`, y},
		{"illegal inside", `{"a":{"_placeholder":true},"_placeholder":true,"num":1}`, y},
		{"legal inside", `{"_placeholder":true,"num":1,"a":[{"_placeholder":true,"num":0}]}`, y},
		{"last num counts", `{"_placeholder":true,"num":7,"num":1}`, y},
		{"last flag counts", `{"_placeholder":true,"_placeholder":false}`, map[string]any{"_placeholder": false}},
		{"flag text", `{"_placeholder":"true","num":9}`, map[string]any{"_placeholder": "true", "num": 9.0}},
		{"flag 1", `{"_placeholder":1,"num":9}`, map[string]any{"_placeholder": 1.0, "num": 9.0}},
		{"flag array", `{"_placeholder":[true],"num":9}`, map[string]any{"_placeholder": []any{true}, "num": 9.0}},
		{"not a member", `["_placeholder",true,"num",7]`, []any{"_placeholder", true, "num", 7.0}},
		{"as a value", `{"a":"_placeholder","b":true}`, map[string]any{"a": "_placeholder", "b": true}},
		{"of the parent", `{"_placeholder":{"a":true},"num":0}`, map[string]any{"_placeholder": map[string]any{"a": true}, "num": 0.0}},
		{"escaped", `{"\u005fplaceholder":true,"n\u0075m":0}`, x},
		{"in a string", `"{\"_placeholder\":true}"`, `{"_placeholder":true}`},
		{"named __proto__", `{"__proto__":{"_placeholder":true,"num":0}}`, map[string]any{"__proto__": x}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d Decoder
			if _, _, err := d.Text([]byte(`52-["a",` + test.arg + `]`)); err != nil {
				t.Fatal(err)
			}
			if _, _, err := d.Binary(x); err != nil {
				t.Fatal(err)
			}
			p, ok, err := d.Binary(y)
			if !ok || err != nil {
				t.Fatal(ok, err)
			}
			if got := flatten(t, p).Args[0]; !reflect.DeepEqual(got, test.want) {
				t.Errorf("own decoder: got %#v, want %#v", got, test.want)
			}
			// The same by way of the JSON package.
			var got [1]any
			a, err := ParseArgs([]byte(`[[`+test.arg+`]]`), [][]byte{x, y})
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Scan(&got); err != nil || !reflect.DeepEqual(got[0], test.want) {
				t.Errorf("JSON package: got %#v, %v, want %#v", got[0], err, test.want)
			}
		})
	}
	t.Run("without attachments", func(t *testing.T) {
		var d Decoder
		p, ok, err := d.Text([]byte(`2["a",{"_placeholder":true,"num":7}]`))
		want := []any{map[string]any{"_placeholder": true, "num": 7.0}}
		if got := flatten(t, p).Args; !ok || err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, %t, %v", got, ok, err)
		}
	})
}

func TestLimits(t *testing.T) {
	eleven := `511-["a"]`
	for _, test := range []struct {
		name   string
		limits Limits
		in     []any
		want   error // of the last message
	}{
		{"attachments, default", Limits{}, []any{`510-["a"]`}, nil},
		{"attachments, higher", Limits{MaxAttachments: 11}, []any{eleven}, nil},
		{"attachments, lower", Limits{MaxAttachments: 1}, []any{`52-["a"]`}, ErrAttachments},
		{"bytes, text", Limits{MaxBytes: 6}, []any{`2["a"]`}, nil},
		{"bytes, text too long", Limits{MaxBytes: 5}, []any{`2["a"]`}, ErrTooLarge},
		{"bytes, default", Limits{}, []any{`2["` + strings.Repeat("a", 1_000_000-5) + `"]`}, nil},
		{"bytes, above default", Limits{}, []any{`2["` + strings.Repeat("a", 1_000_000-4) + `"]`}, ErrTooLarge},
		{"bytes, attachments", Limits{MaxBytes: 20}, []any{`52-["a"]`, make([]byte, 6), make([]byte, 6)}, nil},
		{"bytes, attachments too large", Limits{MaxBytes: 20}, []any{`52-["a"]`, make([]byte, 6), make([]byte, 7)}, ErrTooLarge},
		{"bytes, above 32 bits", Limits{MaxBytes: math.MaxInt64}, []any{`2["a"]`}, nil},
		{"namespace, default", Limits{}, []any{`0/` + strings.Repeat("a", 511) + `,`}, nil},
		{"namespace, above default", Limits{}, []any{`0/` + strings.Repeat("a", 512) + `,`}, ErrNamespace},
		{"namespace without end", Limits{}, []any{`0/` + strings.Repeat("a", 512)}, ErrNamespace},
		{"namespace", Limits{MaxNamespace: 3}, []any{`0/abc,`}, ErrNamespace},
		{"depth", Limits{MaxDepth: 2}, []any{`2["a",[],{"b":1}]`}, nil},
		{"depth, one more", Limits{MaxDepth: 2}, []any{`2["a",[{}]]`}, ErrDepth},
		{"depth, object", Limits{MaxDepth: 1}, []any{`0{"a":{}}`}, ErrDepth},
		{"depth, default", Limits{}, []any{`2["a",` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `]`}, nil},
		{"depth, above maximum", Limits{MaxDepth: math.MaxInt}, []any{`2["a",` + strings.Repeat("[", 10_000)}, ErrDepth},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := NewDecoder(&test.limits)
			for i, message := range test.in {
				_, _, err := feed(d, message)
				if i < len(test.in)-1 && err != nil || i == len(test.in)-1 && !errors.Is(err, test.want) {
					t.Fatalf("message %d: %v", i, err)
				}
			}
			if test.want != nil && d.Pending() {
				t.Error("pending after an error")
			}
		})
	}
}

// TestHostileText decodes the largest texts that are expensive elsewhere (T46).
func TestHostileText(t *testing.T) {
	var distinct strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&distinct, `"%05x":1,`, i)
	}
	for _, test := range []struct {
		name, text string
		want       error
	}{
		{"open arrays", `2["a",` + strings.Repeat("[", 400_000), ErrDepth},
		{"open objects", `2["a",` + strings.Repeat(`{"a":`, 100_000), ErrDepth},
		{"same names", `2["a",{` + strings.Repeat(`"a":1,`, 150_000) + `"a":1}]`, nil},
		{"distinct names", `2["a",{` + distinct.String()[:90*10_000] + `"a":1}]`, nil},
		{"arguments", `2["a"` + strings.Repeat(",1", 400_000) + `]`, nil},
		{"backslashes", `2["a","` + strings.Repeat(`\\`, 400_000) + `"]`, nil},
		{"quotes", `2["` + strings.Repeat(`\"`, 400_000) + `"]`, nil},
		{"digits", `2["a",` + strings.Repeat("9", 900_000) + `]`, nil},
		{"9,000 levels", `2["a",` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `]`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d Decoder
			start := time.Now()
			p, _, err := d.Text([]byte(test.text))
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			var v any
			if err := p.Args.Scan(&v); err != nil && test.name != "digits" {
				t.Error(err)
			}
			// 20 ms is the aim, a busy machine takes its share, and the race detector takes
			// fifty times as long.
			if took := time.Since(start); took > time.Second && !raceDetector {
				t.Errorf("took %v", took)
			}
		})
	}
	t.Run("placeholders", func(t *testing.T) {
		var d Decoder
		text := `51-["a",[` + strings.Repeat(`{"_placeholder":true,"num":0},`, 30_000) + `1]]`
		if _, _, err := d.Text([]byte(text)); err != nil {
			t.Fatal(err)
		}
		p, ok, err := d.Binary([]byte("x"))
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		var own any
		var other [][]byte
		if err := p.Args.Scan(&own); err != nil || len(own.([]any)) != 30_001 {
			t.Errorf("%T, %v", own, err)
		}
		if err := p.Args.Scan(&other); err == nil {
			t.Error("1 scanned into []byte")
		}
	})
	t.Run("deep placeholders", func(t *testing.T) {
		a, err := ParseArgs([]byte(strings.Repeat(`[`, 9000)+`{"_placeholder":true,"num":0}`+strings.Repeat(`]`, 9000)), [][]byte{{1}})
		if err != nil {
			t.Fatal(err)
		}
		var v struct{ A any }
		var w any
		if err := a.Scan(&w); err != nil {
			t.Error(err)
		}
		if err := a.Scan(&v); err == nil {
			t.Error("an array scanned into a struct")
		}
		var x [1]any
		if err := a.Scan(&x); err != nil {
			t.Error(err)
		}
	})
}
