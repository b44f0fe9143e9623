package msgpack

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

// A vector is a packet as the official socket.io-msgpack-parser encodes it. internal/interop makes them and compares
// them with what it says.
type vector struct {
	Name   string `json:"name"`
	Same   bool   `json:"same"` // what we write of the packet must be the same
	Packet struct {
		Type      parser.Type       `json:"type"`
		Namespace string            `json:"nsp"`
		ID        *uint64           `json:"id"`
		Data      json.RawMessage   `json:"data"`
		Args      []json.RawMessage `json:"-"`
	} `json:"packet"`
	Hex string `json:"hex"`
}

func vectors(t *testing.T) (list []vector) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		if p := &list[i].Packet; p.Type == parser.Event || p.Type == parser.Ack {
			if err := json.Unmarshal(p.Data, &p.Args); err != nil {
				t.Fatal(err)
			}
		}
	}
	return list
}

// value is a value of a vector, in which {"$bytes": hex} stands for binary data.
func value(t *testing.T, text json.RawMessage) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return withBytes(v)
}

func withBytes(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = withBytes(v[i])
		}
	case map[string]any:
		if s, ok := v["$bytes"].(string); ok {
			b, err := hex.DecodeString(s)
			if err != nil {
				panic(err)
			}
			return b
		}
		for name := range v {
			v[name] = withBytes(v[name])
		}
	}
	return v
}

func TestVectorsDecode(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			p, err := decode(hexed(v.Hex))
			if err != nil {
				t.Fatal(err)
			}
			want := v.Packet
			if p.Type != want.Type || p.Namespace != want.Namespace || p.HasID != (want.ID != nil) || p.HasID && p.ID != *want.ID {
				t.Errorf("%v %s %d, want %+v", p.Type, p.Namespace, p.ID, want)
			}
			if p.Type == parser.Connect || p.Type == parser.ConnectError {
				if p.Data == nil {
					p.Data = []byte("null")
				}
				if string(p.Data) != string(want.Data) {
					t.Errorf("data %s, want %s", p.Data, want.Data)
				}
			}
			got := values(t, p.Args)
			if p.Type == parser.Event {
				got = append([]any{p.Event}, got...)
			}
			if len(got) != len(want.Args) {
				t.Fatalf("%d arguments, want %d", len(got), len(want.Args))
			}
			for i := range got {
				if w := value(t, want.Args[i]); !reflect.DeepEqual(got[i], w) {
					t.Errorf("argument %d: %.100v, want %.100v", i, got[i], w)
				}
			}
		})
	}
}

func TestVectorsEncode(t *testing.T) {
	for _, v := range vectors(t) {
		if !v.Same {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			var (
				p    = v.Packet
				args []any
				id   uint64
				got  []byte
				err  error
			)
			for _, a := range p.Args {
				// As text if that is possible: a map of Go has no order.
				var arg any = jsontext.Value(a)
				if holdsBytes(value(t, a)) {
					arg = value(t, a)
				}
				args = append(args, arg)
			}
			if p.ID != nil {
				id = *p.ID
			}
			switch p.Type {
			case parser.Event:
				got, _, err = Codec{}.AppendEvent(nil, p.Namespace, id, p.ID != nil, "event", args[1:])
			case parser.Ack:
				got, _, err = Codec{}.AppendAck(nil, p.Namespace, id, args)
			case parser.Connect:
				got, err = Codec{}.AppendConnect(nil, p.Namespace, jsontext.Value(p.Data))
			case parser.ConnectError:
				got, err = Codec{}.AppendConnectError(nil, p.Namespace, jsontext.Value(p.Data))
			default:
				got = Codec{}.AppendDisconnect(nil, p.Namespace)
			}
			if err != nil || hex.EncodeToString(got) != v.Hex {
				t.Errorf("got %.200x, %v\nwant %.400s", got, err, v.Hex)
			}
		})
	}
}

func holdsBytes(v any) bool {
	switch v := v.(type) {
	case []byte:
		return true
	case []any:
		for _, v := range v {
			if holdsBytes(v) {
				return true
			}
		}
	case map[string]any:
		for _, v := range v {
			if holdsBytes(v) {
				return true
			}
		}
	}
	return false
}

// TestVectorsErrors decodes what is no packet. Clients are tested with the same table.
func TestVectorsErrors(t *testing.T) {
	b, err := os.ReadFile("testdata/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Name, Hex string
		Go        string // why it is a packet here
	}
	if err := json.Unmarshal(b, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		t.Run(row.Name, func(t *testing.T) {
			if p, err := decode(hexed(row.Hex)); (err == nil) != (row.Go != "") {
				t.Errorf("%+v, %v; %s", p, err, row.Go)
			}
		})
	}
}
