package parser

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"strconv"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// The fixtures are tables of packets as they travel that the JavaScript client, too, is tested with. In them,
// {"$bytes": hex} stands for binary data. A row that differs somewhere says why, as "go", "js" (our client) or
// "official" (its decoder).

// A fixture is a row of packets.json, or of errors.json, in which nobody finds a packet.
type fixture struct {
	Name       string
	DecodeOnly bool `json:"decode"` // encoders write it otherwise
	Packet     struct {
		Type      Type
		Namespace string `json:"nsp"`
		ID        *uint64
		Data      jsontext.Value
	}
	Wire []any  // messages: string for text, map for bytes
	Go   string // why it is not so here
}

func fixtures(t *testing.T, file string) (list []fixture) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		for j, m := range list[i].Wire {
			list[i].Wire[j] = fixtureValue(m)
		}
	}
	return list
}

// fixtureValue puts bytes where they are meant.
func fixtureValue(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = fixtureValue(v[i])
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
			v[name] = fixtureValue(v[name])
		}
	}
	return v
}

// args decodes the data of an event, with its name, or of an acknowledgement.
func (f *fixture) args(t *testing.T) (list []any) {
	t.Helper()
	if err := json.Unmarshal(f.Packet.Data, &list); err != nil {
		t.Fatal(err)
	}
	fixtureValue(list)
	return list
}

func TestFixturesDecode(t *testing.T) {
	for _, f := range fixtures(t, "packets.json") {
		t.Run(f.Name, func(t *testing.T) {
			var (
				d   Decoder
				p   Packet
				ok  bool
				err error
			)
			for _, message := range f.Wire {
				if ok || err != nil {
					break
				}
				p, ok, err = feed(&d, message)
			}
			if f.Go != "" {
				if err == nil {
					t.Errorf("is decoded, but it says: %s", f.Go)
				}
				return
			}
			if err != nil || !ok || d.Pending() {
				t.Fatalf("ok %t, pending %t, error %v", ok, d.Pending(), err)
			}
			want := decoded{Type: f.Packet.Type, Namespace: f.Packet.Namespace}
			if f.Packet.ID != nil {
				want.ID = strconv.FormatUint(*f.Packet.ID, 10)
			}
			switch f.Packet.Type {
			case Event:
				args := f.args(t)
				want.Event = eventNameOf(args[0])
				want.Args = args[1:]
			case Ack:
				want.Args = f.args(t)
			default:
				want.Data = string(f.Packet.Data)
			}
			if len(want.Args) == 0 {
				want.Args = nil
			}
			if got := flatten(t, p); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func eventNameOf(v any) string {
	if n, ok := v.(float64); ok {
		return strconv.FormatInt(int64(n), 10)
	}
	return v.(string)
}

func TestFixturesEncode(t *testing.T) {
	for _, f := range fixtures(t, "packets.json") {
		if f.DecodeOnly || f.Go != "" {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			var (
				p           = f.Packet
				id          uint64
				text        []byte
				attachments [][]byte
				err         error
			)
			if p.ID != nil {
				id = *p.ID
			}
			switch p.Type {
			case Event:
				args := f.texts(t)
				text, attachments, err = AppendEvent(nil, p.Namespace, id, p.ID != nil, f.args(t)[0].(string), args[1:])
			case Ack:
				text, attachments, err = AppendAck(nil, p.Namespace, id, f.texts(t))
			case Connect:
				text, err = AppendConnect(nil, p.Namespace, payloadOf(p.Data))
			case ConnectError:
				text, err = AppendConnectError(nil, p.Namespace, payloadOf(p.Data))
			default:
				text = AppendDisconnect(nil, p.Namespace)
			}
			got := []any{string(text)}
			for _, a := range attachments {
				got = append(got, a)
			}
			if err != nil || !reflect.DeepEqual(got, f.Wire) {
				t.Errorf("got  %q, %v\nwant %q", got, err, f.Wire)
			}
		})
	}
}

// texts is args, but those without binary data are the JSON that they are in the fixture: a map of Go has no order.
func (f *fixture) texts(t *testing.T) []any {
	t.Helper()
	var texts []jsontext.Value
	if err := json.Unmarshal(f.Packet.Data, &texts); err != nil {
		t.Fatal(err)
	}
	args := f.args(t)
	for i, text := range texts {
		var plain any
		if err := json.Unmarshal(text, &plain); err != nil {
			t.Fatal(err)
		}
		if reflect.DeepEqual(plain, args[i]) {
			args[i] = text
		}
	}
	return args
}

func payloadOf(v jsontext.Value) any {
	if v == nil {
		return nil
	}
	return v
}

func TestFixturesErrors(t *testing.T) {
	for _, f := range fixtures(t, "errors.json") {
		t.Run(f.Name, func(t *testing.T) {
			var d Decoder
			for i, message := range f.Wire {
				_, _, err := feed(&d, message)
				if last := i == len(f.Wire)-1; (err != nil) != (last && f.Go == "") {
					t.Fatalf("message %d: error %v; %s", i, err, f.Go)
				}
			}
		})
	}
}
