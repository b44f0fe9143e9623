package parser

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// FuzzDecoder decodes a sequence of messages, separated by zero bytes: those that begin
// with 'b' are binary. What is accepted must survive encoding and decoding.
func FuzzDecoder(f *testing.F) {
	for _, seed := range []string{
		"0", "0/admin,{\"token\":\"123\"}", "1/ns", "2", "2[\"foo\"]", "2/admin,13[\"bar\",1.5e3,[null,{\"a\":\"\\ud800\"}]]",
		"2[7,\"x\"]", "30[]", "4{\"message\":\"no\"}", "218446744073709551615[\"a\"]",
		"51-[\"a\",{\"_placeholder\":true,\"num\":0}]\x00bdata",
		"62-/ns,4[{\"a\":[{\"num\":1,\"_placeholder\":true},{\"_placeholder\":true,\"num\":0}]}]\x00b1\x00b2",
		"51-[\"a\"]\x00btoo\x00bmany", "52-[\"a\"]\x00bx\x002[\"b\"]", "59-[\"a\",{\"_placeholder\":\"true\"}]",
		"2[\"a\"" + strings.Repeat(",[{\"a\":", 40),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var d Decoder
		for message := range bytes.SplitSeq(in, []byte{0}) {
			var (
				p   Packet
				ok  bool
				err error
			)
			if binary, found := bytes.CutPrefix(message, []byte{'b'}); found {
				p, ok, err = d.Binary(binary)
			} else {
				p, ok, err = d.Text(message)
			}
			switch {
			case err != nil && (ok || d.Pending() || !reflect.DeepEqual(p, Packet{})):
				t.Fatalf("%+v, %t and pending %t beside error %v", p, ok, d.Pending(), err)
			case err == nil && ok == d.Pending():
				t.Fatalf("ok and pending are both %t", ok)
			case ok:
				roundTrip(t, p)
			}
		}
	})
}

// roundTrip encodes p and decodes the result.
func roundTrip(t *testing.T, p Packet) {
	var values []any
	for i := range p.Args.Len() {
		var v any
		if err := p.Args.Decode(i, &v); err != nil {
			return // a number out of range
		}
		values = append(values, v)
	}
	var (
		text        []byte
		attachments [][]byte
		err         error
	)
	switch p.Type {
	case Connect, ConnectError:
		var payload any
		if p.Data != nil {
			payload = jsontext.Value(p.Data)
		}
		if text, err = appendPayload(nil, p.Type, p.Namespace, payload); err != nil {
			t.Fatal(err)
		}
	case Disconnect:
		text = AppendDisconnect(nil, p.Namespace)
	case Event:
		if p.Empty {
			return
		}
		text, attachments, err = AppendEvent(nil, p.Namespace, p.ID, p.HasID, p.Event, values)
	case Ack:
		if !p.HasID {
			return
		}
		text, attachments, err = AppendAck(nil, p.Namespace, p.ID, values)
	default:
		t.Fatalf("decoded a %v", p.Type)
	}
	if errors.Is(err, ErrTooManyAttachments) {
		return // one attachment used several times
	}
	if err != nil {
		t.Fatal(err)
	}

	var d Decoder
	q, ok, err := d.Text(text)
	for _, b := range attachments {
		if ok || err != nil {
			break
		}
		q, ok, err = d.Binary(b)
	}
	if !ok || err != nil {
		t.Fatalf("%s: %t, %v", text, ok, err)
	}
	if q.Type != p.Type || q.Namespace != p.Namespace || q.Event != p.Event || q.Args.Len() != len(values) {
		t.Fatalf("%+v became %+v", p, q)
	}
	if (q.ID != p.ID || q.HasID != p.HasID) && (p.Type == Event || p.Type == Ack) {
		t.Fatalf("id %d, %t became %d, %t", p.ID, p.HasID, q.ID, q.HasID)
	}
	for i, want := range values {
		var got any
		if err := q.Args.Decode(i, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("argument %d: %#v became %#v, %v", i, want, got, err)
		}
	}
}

// FuzzArgs compares the splitting and scanning of arguments with the JSON package.
func FuzzArgs(f *testing.F) {
	for _, seed := range []string{
		`[]`, ` [ ] `, `[1]`, `["a",-0.5e+7,true,false,null,{},[]]`, `[{"a":{"b":[1,{"c":"}]"}]}},"\"\\\\"]`,
		`["\u00e9\ud83d\ude00\ud800\/"]`, "[\"\xff\xc3(\"]", `[1,]`, `[01]`, `[1 2]`, `[{"a":1,"a":2}]`, `{}`, `[1][2]`,
		`[1e999,"x"]`, `[tru]`, `["` + strings.Repeat("a", 7) + `\n` + strings.Repeat("é", 9) + `"]`,
		strings.Repeat("[", 130) + strings.Repeat("]", 130), strings.Repeat(`[{"a":`, 65) + `1` + strings.Repeat(`}]`, 65),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) { compareArgs(t, in) })
}

func compareArgs(t *testing.T, in []byte) {
	t.Helper()
	a, err := ParseArgs(in, nil)
	want, wantErr := naiveSplit(in)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: got %v, want %v", in, err, wantErr)
	}
	if err != nil {
		return
	}
	if a.Len() != len(want) {
		t.Fatalf("%q: %d arguments, want %d", in, a.Len(), len(want))
	}
	for i, raw := range want {
		if got := a.Raw(i); !bytes.Equal(got, raw) {
			t.Fatalf("%q: argument %d is %q, want %q", in, i, got, raw)
		}
		compareScan[any](t, a, i, raw)
		compareScan[string](t, a, i, raw)
		compareScan[int](t, a, i, raw)
		compareScan[int64](t, a, i, raw)
		compareScan[float64](t, a, i, raw)
		compareScan[bool](t, a, i, raw)
		compareScan[[]byte](t, a, i, raw)
		compareScan[map[string]any](t, a, i, raw)
	}
}

func compareScan[T any](t *testing.T, a Args, i int, raw []byte) {
	t.Helper()
	var got, want T
	// Objects with equal names are merged by the JSON package, but replaced by
	// JSON.parse and us: leave them out.
	wantErr := json.Unmarshal(raw, &want, jsontext.AllowInvalidUTF8(true))
	if errors.Is(wantErr, jsontext.ErrDuplicateName) {
		return
	}
	err := a.Decode(i, &got)
	if (err == nil) != (wantErr == nil) || err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%q into %T: got %#v, %v, want %#v, %v", raw, got, got, err, want, wantErr)
	}
}

func naiveSplit(in []byte) (elements []jsontext.Value, err error) {
	dec := jsontext.NewDecoder(bytes.NewReader(in), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != jsontext.KindBeginArray {
		return nil, errors.Join(err, ErrPayload)
	}
	for dec.PeekKind() != jsontext.KindEndArray {
		v, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		elements = append(elements, v.Clone())
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, ErrPayload
	}
	return elements, nil
}

// TestArgsAtRandom compares with the JSON package on random arrays, half of them broken.
func TestArgsAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		in := append([]byte(nil), '[')
		for i := range r.IntN(6) {
			if i > 0 {
				in = append(in, ',')
			}
			in = randomJSON(r, in, r.IntN(8))
		}
		in = append(in, ']')
		compareArgs(t, in)
		const bytesOfJSON = "\"\\{}[]:,0123456789.eE+- \n\ttruefalsn\x00\xff"
		for range 1 + r.IntN(2) {
			i := r.IntN(len(in))
			switch r.IntN(3) {
			case 0:
				in[i] = bytesOfJSON[r.IntN(len(bytesOfJSON))]
			case 1:
				in = append(in[:i], in[i+1:]...)
			default:
				in = append(in, in[i])
			}
			if len(in) == 0 {
				break
			}
		}
		compareArgs(t, in)
	}
}

// randomJSON appends a random value that nests up to depth levels.
func randomJSON(r *rand.Rand, b []byte, depth int) []byte {
	scalars := []string{
		`0`, `-1`, `12.5e-3`, `9007199254740993`, `1E400`, `true`, `false`, `null`, `""`, `"abc"`, `"\\"`, `"a\"b\\\""`,
		`"é\u00e9\ud83d\ude00"`, `"a long text, more than a word of eight bytes\n"`, `"\udc00"`, "\"\xff\"",
	}
	space := func() {
		if r.IntN(8) == 0 {
			b = append(b, " \n\t\r"[r.IntN(4)])
		}
	}
	kind := r.IntN(3)
	if depth == 0 || kind == 0 {
		return append(b, scalars[r.IntN(len(scalars))]...)
	}
	object := kind == 1
	b = append(b, "[{"[kind&1])
	for i := range r.IntN(4) {
		if i > 0 {
			b = append(b, ',')
		}
		space()
		if object {
			b = append(b, '"', byte('a'+r.IntN(3)), '"')
			space()
			b = append(b, ':')
			space()
		}
		b = randomJSON(r, b, depth-1)
		space()
	}
	return append(b, "]}"[kind&1])
}
