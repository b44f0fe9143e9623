package parser

import (
	jsonv1 "encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const headroom = "HEAD" // dst as a transport passes it

func TestEncodeEvent(t *testing.T) {
	const noID = -1
	for _, test := range []struct {
		name      string
		namespace string
		id        int64
		event     string
		args      []any
		want      string
		binary    []string
	}{
		// The samples of the protocol document, revision 5.
		{"event", "/", noID, "foo", nil, `2["foo"]`, nil},
		{"namespace", "/admin", noID, "bar", nil, `2/admin,["bar"]`, nil},
		{"id", "/", 12, "foo", nil, `212["foo"]`, nil},
		{"binary", "/", noID, "baz", []any{[]byte{1, 2, 3}}, `51-["baz",{"_placeholder":true,"num":0}]`, []string{"\x01\x02\x03"}},
		{
			"all parts", "/admin", 456, "p",
			[]any{"a", []byte("x"), 1, []byte("y")},
			`52-/admin,456["p","a",{"_placeholder":true,"num":0},1,{"_placeholder":true,"num":1}]`,
			[]string{"x", "y"},
		},

		{"no namespace", "", 0, "a", []any{}, `20["a"]`, nil},
		{"empty name", "", noID, "", nil, `2[""]`, nil},
		{"name", "", noID, "a\"\\\n\x00é", nil, `2["a\"\\\n\u0000é"]`, nil},
		{"ten attachments", "", noID, "a", binaries(10), `510-["a"` + placeholders(0, 10) + `]`, strings.Split(strings.Repeat("x", 10), "")},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, attachments, err := AppendEvent(
				[]byte(headroom), test.namespace, uint64(max(test.id, 0)), test.id != noID, test.event, test.args)
			checkEncoded(t, text, attachments, err, test.want, test.binary)
		})
	}
}

func binaries(n int) (args []any) {
	for range n {
		args = append(args, []byte("x"))
	}
	return args
}

func placeholders(from, to int) (s string) {
	for i := from; i < to; i++ {
		s += fmt.Sprintf(`,{"_placeholder":true,"num":%d}`, i)
	}
	return s
}

func checkEncoded(t *testing.T, text []byte, attachments [][]byte, err error, want string, binary []string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != headroom+want {
		t.Errorf("got  %s\nwant %s", text, headroom+want)
	}
	if len(attachments) != len(binary) {
		t.Fatalf("%d attachments, want %d", len(attachments), len(binary))
	}
	for i, b := range attachments {
		if b == nil || string(b) != binary[i] {
			t.Errorf("attachment %d: %q, want %q", i, b, binary[i])
		}
	}
}

func TestEncodeAck(t *testing.T) {
	text, attachments, err := AppendAck([]byte(headroom), "/admin", 13, []any{"bar"})
	checkEncoded(t, text, attachments, err, `3/admin,13["bar"]`, nil)
	text, attachments, err = AppendAck([]byte(headroom), "/", math.MaxUint64, nil)
	checkEncoded(t, text, attachments, err, `318446744073709551615[]`, nil)
	text, attachments, err = AppendAck([]byte(headroom), "/admin", 456, []any{[]byte("x"), 1})
	checkEncoded(t, text, attachments, err, `61-/admin,456[{"_placeholder":true,"num":0},1]`, []string{"x"})
}

func TestEncodeOthers(t *testing.T) {
	check := func(want string) func([]byte, error) {
		return func(text []byte, err error) {
			t.Helper()
			checkEncoded(t, text, nil, err, want, nil)
		}
	}
	dst := []byte(headroom)
	check(`0`)(AppendConnect(dst, "/", nil))
	check(`0/admin,`)(AppendConnect(dst, "/admin", nil))
	check(`0/admin,{"sid":"x"}`)(AppendConnect(dst, "/admin", struct {
		SID string `json:"sid"`
	}{"x"}))
	check(`4{"message":"Not authorized"}`)(AppendConnectError(dst, "", map[string]any{"message": "Not authorized"}))
	check(`4/nope,"Invalid namespace"`)(AppendConnectError(dst, "/nope", "Invalid namespace"))
	check(`1`)(AppendDisconnect(dst, "/"), nil)
	check(`1/admin,`)(AppendDisconnect(dst, "/admin"), nil)

	text, err := AppendConnect(dst, "/", map[string]any{"a": []byte("x")})
	if !errors.Is(err, ErrBinaryPayload) || string(text) != headroom {
		t.Errorf("got %s, %v", text, err)
	}
}

type (
	celsius   float64
	jsonBytes []byte
	textBytes []byte
	streamed  struct{ V any }
	inner     struct{ B []byte }
)

func (b jsonBytes) MarshalJSON() ([]byte, error)             { return []byte(`"json"`), nil }
func (b textBytes) MarshalText() ([]byte, error)             { return []byte(`text`), nil }
func (s streamed) MarshalJSONTo(enc *jsontext.Encoder) error { return json.MarshalEncode(enc, s.V) }

func TestMarshal(t *testing.T) {
	const p0, p1 = `{"_placeholder":true,"num":0}`, `{"_placeholder":true,"num":1}`
	x := []byte("x")
	for _, test := range []struct {
		name   string
		arg    any
		want   string
		binary []string
	}{
		{"nil", nil, `null`, nil},
		{"bool", true, `true`, nil},
		{"string", "a<>&\u2028é\t", "\"a<>&\u2028é\\t\"", nil},
		{"invalid UTF-8", "a\xff", "\"a\uFFFD\"", nil},
		{"int", -1, `-1`, nil},
		{"int8", int8(-8), `-8`, nil},
		{"int32", int32(-32), `-32`, nil},
		{"int64, exact", int64(math.MinInt64), `-9223372036854775808`, nil},
		{"uint64, exact", uint64(math.MaxUint64), `18446744073709551615`, nil},
		{"float64", 1.5, `1.5`, nil},
		{"float64, integer", 1e20, `100000000000000000000`, nil},
		{"float64, large", 1e21, `1e+21`, nil},
		{"float32", float32(0.1), `0.1`, nil},
		{"number", jsonv1.Number("12345678901234567890"), `12345678901234567890`, nil},
		{"number in a struct", struct{ N []jsonv1.Number }{[]jsonv1.Number{"1e400", ""}}, `{"N":[1e400,0]}`, nil},
		{"number as a key", map[jsonv1.Number]int{"1": 2}, `{"1":2}`, nil},
		{"big integer", big.NewInt(7), `7`, nil},
		{"struct", chat{"bob", "hi", nil, 1}, `{"user":"bob","text":"hi","tags":[],"seq":1}`, nil},
		{"pointer", &chat{}, `{"user":"","text":"","tags":[],"seq":0}`, nil},
		{"nil pointer", (*chat)(nil), `null`, nil},
		{"nil map", map[string]int(nil), `{}`, nil},
		{"nil slice", []string(nil), `[]`, nil},
		{"nil dynamic map", map[string]any(nil), `{}`, nil},
		{"nil dynamic slice", []any(nil), `[]`, nil},
		{"dynamic", map[string]any{"a": []any{1, "b", nil, map[string]any{}}}, `{"a":[1,"b",null,{}]}`, nil},
		{"invalid UTF-8 in a name", map[string]any{"\xff": 1}, "{\"\uFFFD\":1}", nil},
		{"time", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), `"2026-01-02T03:04:05Z"`, nil},
		{"text method", netip.MustParseAddr("::1"), `"::1"`, nil},
		{"raw", jsontext.Value(` {"a" : 1} `), `{"a":1}`, nil},
		{"raw v1", jsonv1.RawMessage(`[1]`), `[1]`, nil},
		{"json bytes", jsonBytes("x"), `"json"`, nil},
		{"text bytes", textBytes("x"), `"text"`, nil},

		// What is not a number in JSON.
		{"NaN", math.NaN(), `null`, nil},
		{"infinity", math.Inf(-1), `null`, nil},
		{"NaN, float32", float32(math.NaN()), `null`, nil},
		{"NaN, named", celsius(math.NaN()), `null`, nil},
		{"NaN in a struct", struct{ F float64 }{math.NaN()}, `{"F":null}`, nil},
		{"NaN in a slice", []float64{1, math.Inf(1)}, `[1,null]`, nil},
		{"NaN in dynamic data", []any{math.NaN()}, `[null]`, nil},

		// Attachments.
		{"bytes", x, p0, []string{"x"}},
		{"bytes, empty", []byte{}, p0, []string{""}},
		{"bytes, nil", []byte(nil), `null`, nil},
		{"bytes, pointer", &x, p0, []string{"x"}},
		{"bytes, nil pointer", (*[]byte)(nil), `null`, nil},
		{"named", named("x"), p0, []string{"x"}},
		{"named, nil", named(nil), `null`, nil},
		{"slice", [][]byte{x, nil, []byte("y")}, `[` + p0 + `,null,` + p1 + `]`, []string{"x", "y"}},
		{"slice of named", []named{named("x")}, `[` + p0 + `]`, []string{"x"}},
		{"map", map[string][]byte{"a": x}, `{"a":` + p0 + `}`, []string{"x"}},
		{"dynamic map", map[string]any{"a": []any{x, map[string]any{"b": nil}}}, `{"a":[` + p0 + `,{"b":null}]}`, []string{"x"}},
		{"dynamic, deep", deep(150, x), strings.Repeat("[", 150) + p0 + strings.Repeat("]", 150), []string{"x"}},
		{"struct in dynamic data", []any{inner{x}, &inner{}}, `[{"B":` + p0 + `},{"B":null}]`, []string{"x"}},
		{"any in a struct", struct{ V any }{[]any{named("x")}}, `{"V":[` + p0 + `]}`, []string{"x"}},
		{"in a MarshalJSONTo", streamed{inner{x}}, `{"B":` + p0 + `}`, []string{"x"}},
		{"embedded", struct{ inner }{inner{x}}, `{"B":` + p0 + `}`, []string{"x"}},
		{"array of bytes", [2]byte{1, 2}, `"AQI="`, nil},
		{
			"omitempty", struct {
				A []byte `json:"a,omitempty"`
				B []byte `json:"b,omitempty"`
				C []byte `json:"c,omitzero"`
			}{B: []byte{}}, `{"b":` + p0 + `}`, []string{""},
		},
		{"after NaN", struct {
			F float64
			B []byte
		}{math.NaN(), x}, `{"F":null,"B":` + p0 + `}`, []string{"x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, attachments, err := AppendAck([]byte(headroom), "", 1, []any{test.arg})
			want := `31[` + test.want + `]`
			if n := len(test.binary); n > 0 {
				want = fmt.Sprintf(`6%d-1[%s]`, n, test.want)
			}
			checkEncoded(t, text, attachments, err, want, test.binary)
		})
	}
}

// deep returns v in n slices.
func deep(n int, v any) any {
	for range n {
		v = []any{v}
	}
	return v
}

func TestEncodeRejects(t *testing.T) {
	slice := []any{nil, nil}
	slice[0], slice[1] = slice, slice
	object := map[string]any{}
	object["a"] = map[string]any{"b": object}
	list := &recursive{}
	list.Next = list
	holder := &streamed{}
	holder.V = []any{holder}
	for _, test := range []struct {
		name string
		args []any
		want string // in the error
	}{
		{"func", []any{1, func() {}}, "parser: a function cannot be sent; to receive an acknowledgement use EmitWithAck (argument 1)"},
		{"func in dynamic data", []any{[]any{func() {}}}, "a function cannot be sent"},
		// The JSON package says "cannot" or "unable to", by chance.
		{"func in a struct", []any{struct{ F func() }{func() {}}}, "marshal from Go func()"},
		{"chan", []any{make(chan int)}, "marshal from Go chan int"},
		{"complex", []any{1i}, "marshal from Go complex128"},
		{"cycle of slices", []any{slice}, "cycle"},
		{"cycle of maps", []any{object}, "cycle"},
		{"cycle of pointers", []any{list}, "cycle"},
		{"cycle of methods", []any{holder}, "argument 0"},
		{"bad raw", []any{jsontext.Value(`{"a":`)}, "argument 0"},
		{"too much raw", []any{jsontext.Value(`1 2`)}, "argument 0"},
		{"bad number", []any{jsonv1.Number("x")}, "argument 0"},
		{"map of maps", []any{map[[1]int]int{{1}: 1}}, "argument 0"},
		{"eleven attachments", binaries(11), "parser: too many attachments (argument 10)"},
		{"eleven in one", []any{binaries(11)}, "parser: too many attachments (argument 0)"},
		{"eleven in a struct", []any{struct{ V []any }{binaries(11)}}, "parser: too many attachments (argument 0)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, attachments, err := AppendEvent([]byte(headroom), "", 0, false, "a", test.args)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if string(text) != headroom || attachments != nil {
				t.Errorf("got %s and %d attachments", text, len(attachments))
			}
		})
	}
	t.Run("sentinels", func(t *testing.T) {
		if _, _, err := AppendEvent(nil, "", 0, false, "a", []any{func() {}}); !errors.Is(err, ErrFunc) {
			t.Error(err)
		}
		if _, _, err := AppendAck(nil, "", 0, binaries(11)); !errors.Is(err, ErrTooManyAttachments) {
			t.Error(err)
		}
		if _, err := AppendConnectError(nil, "", func() {}); !errors.Is(err, ErrFunc) {
			t.Error(err)
		}
	})
}

func TestReservedEvents(t *testing.T) {
	for _, name := range []string{"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"} {
		if !ReservedEvent(name) {
			t.Errorf("%s is not reserved", name)
		}
		if text, _, err := AppendEvent(nil, "", 0, false, name, nil); !errors.Is(err, ErrReservedEvent) || text != nil {
			t.Errorf("%s: got %s, %v", name, text, err)
		}
	}
	for _, name := range []string{"", "error", "connection", "Connect", "message"} {
		if ReservedEvent(name) {
			t.Errorf("%s is reserved", name)
		}
	}
}

// TestAttachmentsAreNotCopied also covers that encoding leaves its input alone.
func TestAttachmentsAreNotCopied(t *testing.T) {
	data := []byte("data")
	arg := map[string]any{"a": []any{data}, "n": nil}
	_, attachments, err := AppendEvent(nil, "", 0, false, "a", []any{arg})
	if err != nil || len(attachments) != 1 || &attachments[0][0] != &data[0] {
		t.Error(attachments, err)
	}
	if !reflect.DeepEqual(arg, map[string]any{"a": []any{[]byte("data")}, "n": nil}) {
		t.Errorf("the argument is now %v", arg)
	}
}

// TestEncodeAfterError checks that a pooled marshaler comes back clean.
func TestEncodeAfterError(t *testing.T) {
	for range 3 {
		if _, _, err := AppendEvent(nil, "", 0, false, "a", []any{[]byte("x"), inner{[]byte("y")}, func() {}}); err == nil {
			t.Fatal("no error")
		}
		text, attachments, err := AppendEvent([]byte(headroom), "", 0, false, "a", []any{inner{[]byte("x")}})
		checkEncoded(t, text, attachments, err, `51-["a",{"B":{"_placeholder":true,"num":0}}]`, []string{"x"})
	}
}

// TestEncodeConcurrently is for the race detector.
func TestEncodeConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			data := []byte{byte(i)}
			for range 100 {
				_, attachments, err := AppendEvent(nil, "", 0, false, "a", []any{inner{data}, map[string]any{"b": 1.5}})
				if err != nil || len(attachments) != 1 || attachments[0][0] != byte(i) {
					t.Error(attachments, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestEncodeAllocs(t *testing.T) {
	if raceDetector {
		t.Skip("sync.Pool is not what it is")
	}
	dst := make([]byte, 0, 1024)
	for _, test := range []struct {
		name string
		args []any
		max  float64
	}{
		{"words", []any{"room", "hello", 1, true, nil}, 0},
		{"struct", []any{&chat{User: "bob", Text: "hello"}}, 0},
		{"map", []any{map[string]any{"a": []any{1.5, "b"}}}, 0},
		{"binary", []any{[]byte("data")}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, func() {
				_, _, _ = AppendEvent(dst, "/ns", 1, true, "chat message", test.args)
			}); n > test.max {
				t.Errorf("%v allocations, want %v", n, test.max)
			}
		})
	}
}

// Data that look like placeholders, such as what another client has sent, do no harm alone, and are an error beside
// binary data: the clients would take them for placeholders, or close their connections.
func TestEncodeAmbiguous(t *testing.T) {
	type object = map[string]any
	lookalike := object{"_placeholder": true, "num": 99}
	for _, row := range []struct {
		name string
		args []any
		ok   bool
	}{
		{"alone", []any{lookalike}, true},
		{"beside bytes", []any{lookalike, []byte("x")}, false},
		{"of a number in range", []any{object{"_placeholder": true, "num": 0}, []byte("x")}, false},
		{"around bytes", []any{object{"_placeholder": true, "num": 0, "x": []byte("x")}}, false},
		{"without a number", []any{object{"_placeholder": true}, []byte("x")}, false},
		{"deep", []any{[]any{object{"a": lookalike}}, []byte("x")}, false},
		{"marshaled elsewhere", []any{jsontext.Value(`{"\u005fplaceholder" : true}`), []byte("x")}, false},
		{"not true", []any{object{"_placeholder": false}, object{"_placeholder": "true"}, []byte("x")}, true},
		{"a value", []any{object{"x": "_placeholder"}, "_placeholder", []byte("x")}, true},
		{"in a text", []any{`{"_placeholder":true}`, []byte("x")}, true},
		{"another name", []any{object{"my_placeholder": true}, []byte("x")}, true},
		{"control characters", []any{"\x00", []byte("x")}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			dst := []byte("kept")
			for what, encode := range map[string]func() ([]byte, [][]byte, error){
				"event": func() ([]byte, [][]byte, error) { return AppendEvent(dst, "/n[", 1, true, "_placeholder", row.args) },
				"ack":   func() ([]byte, [][]byte, error) { return AppendAck(dst, "", 1, row.args) },
			} {
				text, _, err := encode()
				if row.ok && err != nil || !row.ok && (!errors.Is(err, ErrAmbiguous) || string(text) != "kept") {
					t.Errorf("%s: %q, %v", what, text, err)
				}
			}
		})
	}
}
