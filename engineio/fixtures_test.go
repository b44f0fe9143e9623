package engineio

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// The fixtures are tables of payloads that the JavaScript client, too, is tested with. A row that differs somewhere
// says why, as "go", "js" (our client) or "official" (its decoder).

func fixtures(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFixtures(t *testing.T) {
	var rows []struct {
		Name, Payload string
		DecodeOnly    bool `json:"decode"` // encoders write it otherwise
		Packets       []struct {
			Type string
			Data json.RawMessage // text, or {"$bytes": hex}
		}
	}
	fixtures(t, "payloads.json", &rows)
	types := map[string]packetType{
		"open": packetOpen, "close": packetClose, "ping": packetPing, "pong": packetPong,
		"message": packetMessage, "upgrade": packetUpgrade, "noop": packetNoop,
	}
	for _, row := range rows {
		t.Run(row.Name, func(t *testing.T) {
			var want []packet
			var messages []Message
			for _, p := range row.Packets {
				data, binary := fixtureData(t, p.Data)
				want = append(want, packet{typ: types[p.Type], binary: binary, data: data})
				switch {
				case binary:
					messages = append(messages, CopyBinary(data))
				case p.Type == "message":
					messages = append(messages, textMessage(string(data)))
				default:
					messages = append(messages, controlPacket(types[p.Type], string(data)))
				}
			}
			if got, err := decodePayload([]byte(row.Payload)); err != nil || !equalPackets(got, want) {
				t.Errorf("decoded as %v, %v; want %v", got, err, want)
			}
			if got := appendPayload(nil, messages); !row.DecodeOnly && !bytes.Equal(got, []byte(row.Payload)) {
				t.Errorf("encoded as %q, want %q", got, row.Payload)
			}
		})
	}
}

func fixtureData(t *testing.T, raw json.RawMessage) (data []byte, binary bool) {
	t.Helper()
	if len(raw) == 0 {
		return nil, false
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text), false
	}
	var b struct {
		Bytes string `json:"$bytes"`
	}
	err := json.Unmarshal(raw, &b)
	if err == nil {
		data, err = hex.DecodeString(b.Bytes)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data, true
}

func TestFixturesErrors(t *testing.T) {
	var rows []struct {
		Name, Payload string
		Before        int // packets before the error
	}
	fixtures(t, "errors.json", &rows)
	for _, row := range rows {
		t.Run(row.Name, func(t *testing.T) {
			if got, err := decodePayload([]byte(row.Payload)); err == nil || len(got) != row.Before {
				t.Errorf("%v, %v; want %d packets and an error", got, err, row.Before)
			}
		})
	}
}
