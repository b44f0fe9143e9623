package parser

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

type withMembers struct {
	A    []byte           `json:"a,omitempty"`
	B    *withMembers     `json:"b,omitempty"`
	Raw  jsontext.Value   `json:"raw,omitempty"`
	List []map[int][]byte `json:"list,omitempty"`
}

// Each position is that of a placeholder, also where the user's data has the like.
func TestAppendArgs(t *testing.T) {
	like := map[string]any{"_placeholder": true, "num": 0}
	rawLike := jsontext.Value(`{"_placeholder":true,"num":0}`)
	for _, row := range []struct {
		name string
		args []any
		want []string // attachments
	}{
		{"nothing", nil, nil},
		{"no attachments", []any{1, "x", like, rawLike}, nil},
		{"arguments", []any{like, []byte("a"), "[{", []byte("b")}, []string{"a", "b"}},
		{"dynamic", []any{[]any{like, []byte("a"), map[string]any{"{": []byte("b")}}, like}, []string{"a", "b"}},
		{"struct", []any{like, withMembers{
			A: []byte("a"), B: &withMembers{Raw: rawLike, A: []byte("b")}, Raw: rawLike,
			List: []map[int][]byte{{1: []byte("c")}, nil, {2: nil}, {3: []byte("d")}},
		}, []byte("e")}, []string{"a", "b", "c", "d", "e"}},
		{"only in an array", []any{[][]byte{[]byte("a"), {}, []byte("c")}}, []string{"a", "", "c"}},
		{"large", []any{[]any{string(make([]byte, 10_000)), withMembers{Raw: rawLike, List: []map[int][]byte{{1: []byte("a")}}}}}, []string{"a"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			const before = `{"_placeholder":true,"num":0} `
			text, attachments, err := AppendArgs([]byte(before), row.args, 100)
			if err != nil || !bytes.HasPrefix(text, []byte(before)) {
				t.Fatalf("%s, %v", text, err)
			}
			var got []string
			for i, a := range attachments {
				got = append(got, string(a.Data))
				want := fmt.Sprintf(`{"_placeholder":true,"num":%d}`, i)
				if !bytes.HasPrefix(text[a.Pos:], []byte(want)) {
					t.Errorf("at %d there is %.30q, want %s", a.Pos, text[a.Pos:], want)
				}
				if i > 0 && a.Pos <= attachments[i-1].Pos {
					t.Errorf("position %d behind %d", a.Pos, attachments[i-1].Pos)
				}
			}
			if !reflect.DeepEqual(got, row.want) {
				t.Errorf("attachments %q, want %q in %s", got, row.want, text)
			}
		})
	}

	t.Run("errors", func(t *testing.T) {
		for _, arg := range []any{func() {}, [][]byte{{1}, {2}, {3}}} {
			text, attachments, err := AppendArgs([]byte("x"), []any{1, arg}, 2)
			if string(text) != "x" || attachments != nil || !errors.Is(err, ErrFunc) && !errors.Is(err, ErrTooManyAttachments) {
				t.Errorf("%q, %v, %v", text, attachments, err)
			}
		}
	})
}

func TestNewArgs(t *testing.T) {
	text := `,"a",{"b":{"_placeholder":true,"num":0},"c":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":1},3,4`
	a := NewArgs(text, []int{4, 74, 104, 106, 108}, []Attachment{{10, []byte("x")}, {75, []byte("y")}})
	like := map[string]any{"_placeholder": true, "num": 1.0}
	var got [5]any
	if err := a.Scan(&got[0], &got[1], &got[2], &got[3], &got[4]); err != nil {
		t.Fatal(err)
	}
	want := [5]any{"a", map[string]any{"b": []byte("x"), "c": like}, []byte("y"), 3.0, 4.0}
	if a.Len() != 5 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d: %v, want %v", a.Len(), got, want)
	}
	if empty := NewArgs("", nil, nil); empty.Len() != 0 || empty.Size() != 0 {
		t.Errorf("%+v", empty)
	}
}
