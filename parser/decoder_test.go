package parser

import (
	"bytes"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func TestTypeString(t *testing.T) {
	for typ, want := range []string{
		"CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK", "UNKNOWN",
	} {
		if got := Type(typ).String(); got != want {
			t.Errorf("type %d is %s, want %s", typ, got, want)
		}
	}
}

func TestReset(t *testing.T) {
	var d Decoder
	if _, _, err := d.Text([]byte(`52-["a"]`)); err != nil || !d.Pending() {
		t.Fatal(err, d.Pending())
	}
	d.Reset()
	if d.Pending() {
		t.Error("pending after Reset")
	}
	if _, _, err := d.Binary([]byte("x")); !errors.Is(err, ErrUnexpectedBinary) {
		t.Error(err)
	}
	if _, ok, err := d.Text([]byte(`2["a"]`)); !ok || err != nil {
		t.Error(ok, err)
	}
}

// TestPacketOwnsMemory overwrites what a packet was decoded from.
func TestPacketOwnsMemory(t *testing.T) {
	var d Decoder
	text, data := []byte(`51-/ns,["name",{"_placeholder":true,"num":0},"text"]`), []byte("data")
	if _, _, err := d.Text(text); err != nil {
		t.Fatal(err)
	}
	clear(text)
	p, _, err := d.Binary(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	want := decoded{Type: Event, Namespace: "/ns", Event: "name", Args: []any{[]byte("data"), "text"}}
	if got := flatten(t, p); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}

	payload := []byte(`0/ns,{"a":1}`)
	p, _, err = d.Text(payload)
	clear(payload)
	if err != nil || p.Namespace != "/ns" || !bytes.Equal(p.Data, []byte(`{"a":1}`)) {
		t.Errorf("got %+v, %v", p, err)
	}
}

// TestErrorsHoldNoInput keeps logs free of what a client sends.
func TestErrorsHoldNoInput(t *testing.T) {
	const secret = "s3cret"
	var d Decoder
	for _, text := range []string{
		`2["` + secret, `2[{"` + secret + `":1}]`, `0/` + secret + `,[]`, secret, `5` + secret + `-`,
	} {
		if _, _, err := d.Text([]byte(text)); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", text, err)
		}
	}
	a, err := ParseArgs([]byte(`[{"`+secret+`":"`+secret+`"}]`), nil)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]int
	if err := a.Scan(&v); err == nil || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

func TestDecodeAllocs(t *testing.T) {
	for _, test := range []struct {
		name, text string
		max        float64
	}{
		{"event", string(smallText), 1},
		{"event with id", `212["chat message","hello",1]`, 1},
		{"namespace", string(wordsText), 2},
		{"ack", `312["ok",{"a":[1]}]`, 1},
		{"disconnect", `1`, 0},
		{"error", `2["a",x]`, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			var d Decoder
			text := []byte(test.text)
			if n := testing.AllocsPerRun(100, func() { _, _, _ = d.Text(text) }); n > test.max {
				t.Errorf("%v allocations, want %v", n, test.max)
			}
		})
	}
	t.Run("announced attachments", func(t *testing.T) {
		d := NewDecoder(&Limits{MaxAttachments: 1_000_000})
		text := []byte(`51000000-["a"]`)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 100 {
			d.Reset()
			if _, _, err := d.Text(text); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		n := (after.TotalAlloc - before.TotalAlloc) / 100
		if n > 1024 {
			t.Errorf("%d bytes for a header", n)
		}
	})
}
