package parser

import (
	"bytes"
	jsonv1 "encoding/json"
	"errors"
	"math"
	"math/big"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type (
	named      []byte
	recursive  struct{ Next *recursive }
	withBinary struct {
		Name  string            `json:"name"`
		Data  []byte            `json:"data"`
		Named named             `json:"named"`
		Ptr   *[]byte           `json:"ptr"`
		Any   any               `json:"any"`
		List  [][]byte          `json:"list"`
		Map   map[string][]byte `json:"map"`
		Array [2]byte           `json:"array"`
		Raw   jsontext.Value    `json:"raw"`
	}
)

type delegating struct{ N []jsonv1.Number }

func (d *delegating) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return json.UnmarshalDecode(dec, &d.N)
}

func mustArgs(t testing.TB, array string, attachments ...[]byte) Args {
	t.Helper()
	a, err := ParseArgs([]byte(array), attachments)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// scanInto scans the value of arg into a new destination like want and returns it.
func scanInto(t *testing.T, arg string, want any, attachments ...[]byte) (any, error) {
	t.Helper()
	dest := reflect.New(reflect.TypeOf(want))
	err := mustArgs(t, "["+arg+"]", attachments...).Scan(dest.Interface())
	return dest.Elem().Interface(), err
}

func TestScan(t *testing.T) {
	const maxUint64 = math.MaxUint64
	text := "text"
	for _, test := range []struct {
		name, arg string
		want      any
	}{
		{"string", `"text"`, "text"},
		{"string, empty", `""`, ""},
		{"string, escapes", `"a\n\"\\\/\u00e9\ud83d\ude00"`, "a\n\"\\/é😀"},
		{"string, UTF-8", `"てすと Я"`, "てすと Я"},
		{"string, lone surrogate", `"\ud800x"`, "\uFFFDx"},
		{"string, invalid UTF-8", "\"a\xff\"", "a\uFFFD"},
		{"string, null", `null`, ""},
		{"int", `-12`, -12},
		{"int, zero", `0`, 0},
		{"int, null", `null`, 0},
		{"int8", `127`, int8(127)},
		{"int64, exact", `9007199254740993`, int64(9007199254740993)},
		{"int64, minimum", `-9223372036854775808`, int64(math.MinInt64)},
		{"uint64, maximum", `18446744073709551615`, uint64(maxUint64)},
		{"float64", `-1.5e3`, -1500.0},
		{"float64, integer", `3`, 3.0},
		{"float64, tiny", `1e-999`, 0.0},
		{"float64, null", `null`, 0.0},
		{"float32", `0.1`, float32(0.1)},
		{"bool, true", `true`, true},
		{"bool, false", `false`, false},
		{"bool, null", `null`, false},
		{"number", `12345678901234567890`, jsonv1.Number("12345678901234567890")},
		{"number as sent", `1.50E+0400`, jsonv1.Number("1.50E+0400")},
		{"number in a struct", `{"N":[9007199254740993]}`, struct{ N []jsonv1.Number }{[]jsonv1.Number{"9007199254740993"}}},
		{"number in an UnmarshalJSONFrom", `[9007199254740993]`, delegating{[]jsonv1.Number{"9007199254740993"}}},
		{"big integer", `123456789012345678901234567890`, *bigInt("123456789012345678901234567890")},
		{"pointer", `"text"`, &text},
		{"pointer, null", `null`, (*string)(nil)},
		{"slice", `[1,2]`, []int{1, 2}},
		{"slice, null", `null`, []int(nil)},
		{"array", `["a","b"]`, [2]string{"a", "b"}},
		{"map", `{"a":1}`, map[string]int{"a": 1}},
		{"struct", `{"user":"bob","text":"hi","tags":["a"],"seq":1,"more":{}}`, chat{"bob", "hi", []string{"a"}, 1}},
		{"struct, case matters", `{"User":"bob"}`, chat{}},
		{"struct, null", `null`, chat{}},
		{"recursive", `{"Next":{"Next":null}}`, recursive{&recursive{}}},
		{"time", `"2026-01-02T03:04:05Z"`, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		{"text method", `"192.0.2.1"`, net.IPv4(192, 0, 2, 1)},
		{"base64", `"AQID"`, []byte{1, 2, 3}},
		{"bytes, empty text", `""`, []byte{}},
		{"bytes, null", `null`, []byte(nil)},
		{"raw", ` { "a" : 1 } `, jsontext.Value(`{ "a" : 1 }`)},
		{"raw v1", `[1]`, jsonv1.RawMessage(`[1]`)},
		{"any in a struct", `{"V":{"a":[1]}}`, struct{ V any }{map[string]any{"a": []any{1.0}}}},
		{"map of any", `{"a":{"b":null}}`, map[string]any{"a": map[string]any{"b": nil}}},
		{"slice of any", `[1,"a",true,null,[],{}]`, []any{1.0, "a", true, nil, []any{}, map[string]any{}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := scanInto(t, test.arg, test.want)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, %v, want %#v", got, err, test.want)
			}
		})
	}
}

func bigInt(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

func TestScanBinary(t *testing.T) {
	const zero, one = `{"_placeholder":true,"num":0}`, `{"_placeholder":true,"num":1}`
	x, y := []byte("xx"), []byte("yyy")
	for _, test := range []struct {
		name, arg string
		want      any
	}{
		{"bytes", zero, x},
		{"named", zero, named(x)},
		{"pointer", zero, &x},
		{"array", zero, [2]byte{'x', 'x'}},
		{"slice", `[` + zero + `,"AQ==",null,` + one + `]`, [][]byte{x, {1}, nil, y}},
		{"slice of named", `[` + zero + `]`, []named{named(x)}},
		{"map", `{"a":` + one + `}`, map[string][]byte{"a": y}},
		{"map of any", `{"a":{"b":` + one + `},"c":1}`, map[string]any{"a": map[string]any{"b": y}, "c": 1.0}},
		{"raw", zero, jsontext.Value(zero)},
		{"no attachment here", `{"user":"bob"}`, chat{User: "bob"}},
		{
			"struct", `{"name":"f", "data" : ` + one + ` ,"named":` + zero + `,"ptr":` + zero + `,"any":[` + one +
				`],"list":[` + zero + `],"map":{"k":` + one + `},"array":` + zero + `,"raw":{"r":` + one + `}}`,
			withBinary{
				"f", y, named(x), &x,
				[]any{y},
				[][]byte{x},
				map[string][]byte{"k": y},
				[2]byte{'x', 'x'},
				jsontext.Value(`{"r":` + one + `}`),
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := scanInto(t, test.arg, test.want, x, y)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, %v, want %#v", got, err, test.want)
			}
		})
	}
	t.Run("not copied", func(t *testing.T) {
		var a, b []byte
		if err := mustArgs(t, `[`+zero+`,`+zero+`]`, x).Scan(&a, &b); err != nil || &a[0] != &x[0] || &b[0] != &x[0] {
			t.Error("not the attachment itself:", err)
		}
	})
	t.Run("any holding a pointer", func(t *testing.T) {
		var b []byte
		v := any(&b)
		if err := mustArgs(t, `[`+zero+`]`, x).Scan(&v); err != nil || !bytes.Equal(b, x) {
			t.Errorf("got %q, %v", b, err)
		}
	})
	t.Run("any holding a value", func(t *testing.T) {
		v := any("old")
		if err := mustArgs(t, `[`+zero+`]`, x).Scan(&v); err != nil || !reflect.DeepEqual(v, x) {
			t.Errorf("got %v, %v", v, err)
		}
	})
}

func TestScanRejects(t *testing.T) {
	const zero = `{"_placeholder":true,"num":0}`
	for _, test := range []struct {
		name, arg string
		dest      any
		want      string
	}{
		{"number into string", `1`, new(string), "parser: argument 0: cannot decode JSON number into Go string"},
		{"string into int", `"1"`, new(int), "parser: argument 0: cannot decode JSON string into Go int"},
		{"fraction into int", `1.5`, new(int), "parser: argument 0: cannot decode JSON number into Go int"},
		{"overflow of int8", `128`, new(int8), "parser: argument 0: cannot decode JSON number into Go int8"},
		{"overflow of int64", `9223372036854775808`, new(int64), "parser: argument 0: cannot decode JSON number into Go int64"},
		{"overflow of uint64", `-1`, new(uint64), "parser: argument 0: cannot decode JSON number into Go uint64"},
		{"overflow of float64", `1e999`, new(float64), "parser: argument 0: cannot decode JSON number into Go float64"},
		{"overflow of any", `[1e999]`, new(any), "parser: argument 0: cannot decode JSON number into Go float64"},
		{"string into bool", `"true"`, new(bool), "parser: argument 0: cannot decode JSON string into Go bool"},
		{"no base64", `"!"`, new([]byte), "parser: argument 0: cannot decode JSON string into Go []uint8"},
		{"array into map", `[]`, new(map[string]any), "parser: argument 0: cannot decode JSON array into Go map[string]interface {}"},
		{"no pointer", `1`, 1, "parser: argument 0: cannot decode JSON into Go int"},
		{"nil pointer", `"a"`, (*string)(nil), "parser: argument 0: cannot decode JSON into Go *string"},
		{"nil bytes", zero, (*[]byte)(nil), "parser: argument 0: cannot decode JSON into Go *[]uint8"},
		{"nil any", `1`, (*any)(nil), "parser: argument 0: cannot decode JSON into Go *interface {}"},
		{"func", `1`, new(func()), "parser: argument 0: cannot decode JSON into Go func()"},
		{"attachment into string", zero, new(string), "parser: argument 0: cannot decode an attachment into Go string"},
		{"attachment into struct", zero, new(chat), "parser: argument 0: cannot decode an attachment into Go parser.chat"},
		{"attachment into map", zero, new(map[string]int), "parser: argument 0: cannot decode an attachment into Go map[string]int"},
		{"attachment into array", zero, new([5]byte), "parser: argument 0: cannot decode an attachment into Go [5]uint8"},
		{"attachment into text method", zero, new(net.IP), "parser: argument 0: cannot decode JSON object into Go net.IP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := mustArgs(t, "["+test.arg+"]", []byte("x")).Scan(test.dest)
			if _, ok := errors.AsType[*json.SemanticError](err); !ok {
				t.Errorf("the cause is %#v", errors.Unwrap(err))
			}
			if argErr, ok := errors.AsType[*ArgError](err); !ok || argErr.Index != 0 || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestScanList(t *testing.T) {
	a := mustArgs(t, ` [ "a" ,1, {"b":[2]},[3 ,4] , null,"f" ] `)
	if a.Len() != 6 {
		t.Fatal(a.Len())
	}
	for i, want := range []string{`"a"`, `1`, `{"b":[2]}`, `[3 ,4]`, `null`, `"f"`} {
		if got := a.Raw(i); string(got) != want {
			t.Errorf("argument %d: %s, want %s", i, got, want)
		}
	}
	t.Run("fewer destinations", func(t *testing.T) {
		var s string
		if err := a.Scan(&s); err != nil || s != "a" {
			t.Error(s, err)
		}
		if err := a.Scan(); err != nil {
			t.Error(err)
		}
	})
	t.Run("more destinations", func(t *testing.T) {
		s, n := "old", 7
		if err := mustArgs(t, `["new"]`).Scan(&s, &n); err != nil || s != "new" || n != 7 {
			t.Error(s, n, err)
		}
		if err := (Args{}).Scan(&s); err != nil || s != "new" {
			t.Error(s, err)
		}
	})
	t.Run("skipped", func(t *testing.T) {
		var list []int
		if err := a.Scan(nil, nil, nil, &list); err != nil || !reflect.DeepEqual(list, []int{3, 4}) {
			t.Error(list, err)
		}
	})
	t.Run("index of the error", func(t *testing.T) {
		var s string
		var n int
		err := a.Scan(&s, nil, &n)
		if argErr, ok := errors.AsType[*ArgError](err); !ok || argErr.Index != 2 || s != "a" {
			t.Error(s, err)
		}
	})
	t.Run("Decode", func(t *testing.T) {
		var s string
		if err := a.Decode(5, &s); err != nil || s != "f" {
			t.Error(s, err)
		}
		for _, i := range []int{-1, 6} {
			if err := a.Decode(i, &s); err != nil || s != "f" {
				t.Error(i, s, err)
			}
		}
	})
	t.Run("Raw out of range", func(t *testing.T) {
		for _, i := range []int{-1, 6} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("no panic for %d", i)
					}
				}()
				a.Raw(i)
			}()
		}
	})
	t.Run("merges", func(t *testing.T) {
		m := map[string]int{"a": 1}
		if err := mustArgs(t, `[{"b":2}]`).Scan(&m); err != nil || !reflect.DeepEqual(m, map[string]int{"a": 1, "b": 2}) {
			t.Error(m, err)
		}
	})
}

func TestParseArgs(t *testing.T) {
	const placeholder = `[{"_placeholder":true,"num":0}]`
	for _, test := range []struct {
		name, array string
		attachments [][]byte
		want        error
	}{
		{"empty", `[]`, nil, nil},
		{"white space", " [ ] ", nil, nil},
		{"attachment", placeholder, [][]byte{{1}}, nil},
		{"placeholder without attachments", placeholder, nil, nil},
		{"attachment out of range", `[{"_placeholder":true,"num":1}]`, [][]byte{{1}}, ErrPlaceholder},
		{"nothing", ``, nil, ErrPayload},
		{"object", `{}`, nil, ErrPayload},
		{"unfinished", `[1`, nil, ErrPayload},
		{"trailing", `[1]2`, nil, ErrPayload},
		{"too deep", strings.Repeat("[", 10_001), nil, ErrDepth},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ParseArgs([]byte(test.array), test.attachments); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// TestScannedStringsAreSmall checks that keeping a small string of a large packet does
// not keep the packet.
func TestScannedStringsAreSmall(t *testing.T) {
	a := mustArgs(t, `["name","`+strings.Repeat("x", 10_000)+`"]`)
	if n := testing.AllocsPerRun(10, func() {
		var s string
		_ = a.Scan(&s)
	}); n < 1 {
		t.Error("a small string shares the memory of the packet")
	}
	if n := testing.AllocsPerRun(10, func() {
		var s string
		_ = a.Decode(1, &s)
	}); n > 1 {
		t.Error("a large string is copied")
	}
}

// TestScanConcurrently is for the race detector.
func TestScanConcurrently(t *testing.T) {
	a := mustArgs(t, `[{"name":"f","data":{"_placeholder":true,"num":0}},1,2,3,"end"]`, []byte("data"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				var (
					v   withBinary
					any any
					end string
				)
				if err := a.Scan(&v, nil, nil, nil, &end); err != nil || string(v.Data) != "data" || end != "end" {
					t.Error(v, end, err)
				}
				if err := a.Scan(&any); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestScanAllocs(t *testing.T) {
	if raceDetector {
		t.Skip("sync.Pool is not what it is")
	}
	var (
		s string
		n int
		f float64
		b bool
		c chat
	)
	words := mustArgs(t, `["room",12,1.5,true]`)
	object := mustArgs(t, `[{"user":"bob","seq":17}]`)
	if n := testing.AllocsPerRun(100, func() { _ = words.Scan(&s, &n, &f, &b) }); n > 0 {
		t.Errorf("words: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = object.Scan(&c) }); n > 1 {
		t.Errorf("struct: %v allocations", n)
	}
}
