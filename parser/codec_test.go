package parser

import (
	"errors"
	"testing"
)

// The codec writes what the functions write, and its decoder reads it.
func TestJSONCodec(t *testing.T) {
	var c Codec = JSON{}
	if c.Binary() {
		t.Error("text is binary")
	}
	for _, row := range []struct {
		name   string
		encode func() ([]byte, [][]byte, error)
		want   string
		typ    Type
	}{
		{"event", func() ([]byte, [][]byte, error) {
			return c.AppendEvent(nil, "/a", 7, true, "e", []any{1, []byte{2}})
		}, `51-/a,7["e",1,{"_placeholder":true,"num":0}]`, Event},
		{"ack", func() ([]byte, [][]byte, error) { return c.AppendAck(nil, "/", 7, []any{"x"}) }, `37["x"]`, Ack},
		{"connect", func() ([]byte, [][]byte, error) {
			b, err := c.AppendConnect(nil, "/a", map[string]int{"n": 1})
			return b, nil, err
		}, `0/a,{"n":1}`, Connect},
		{"connect error", func() ([]byte, [][]byte, error) {
			b, err := c.AppendConnectError(nil, "", "no")
			return b, nil, err
		}, `4"no"`, ConnectError},
		{"disconnect", func() ([]byte, [][]byte, error) { return c.AppendDisconnect(nil, "/a"), nil, nil }, `1/a,`, Disconnect},
	} {
		t.Run(row.name, func(t *testing.T) {
			text, attachments, err := row.encode()
			if err != nil || string(text) != row.want {
				t.Fatalf("%q, %v; want %q", text, err, row.want)
			}
			d := c.NewDecoder(&Limits{MaxBytes: 100})
			p, ok, err := d.Text(text)
			for _, a := range attachments {
				if ok || !d.Pending() {
					t.Fatal("complete without its attachments")
				}
				p, ok, err = d.Binary(a)
			}
			if err != nil || !ok || d.Pending() || p.Type != row.typ {
				t.Errorf("decoded as %v, %t, %v; want %v", p.Type, ok, err, row.typ)
			}
		})
	}
	if _, _, err := c.NewDecoder(&Limits{MaxBytes: 3}).Text([]byte(`2["e"]`)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("limits are not used: %v", err)
	}
}
