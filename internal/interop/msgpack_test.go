package interop

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// TestMsgpack runs scenarios with the official socket.io-msgpack-parser and ours.
func TestMsgpack(t *testing.T) {
	opts := &socketio.ServerOptions{Parser: msgpack.Codec{}}
	for file, s := range map[string]struct {
		setup func(*socketio.Server)
		names []string
	}{
		"msgpack":    {handleEvents, []string{"kinds"}},
		"events":     {handleEvents, []string{"names", "typed", "large", "binary", "order", "upgrade"}},
		"acks":       {handleAcks, []string{"answers", "many", "errors", "asked"}},
		"namespaces": {handleNamespaces, []string{"multiplexed", "unknown", "handshake", "middlewares"}},
		"rooms":      {handleRooms, []string{"casting", "acked"}},
	} {
		t.Run(file, func(t *testing.T) { scenariosWith(t, opts, file, s.setup, s.names...) })
	}
	t.Run("recovery", func(t *testing.T) { testRecovery(t, msgpack.Codec{}) })
}

// TestWrongParser has the ends use different ones.
func TestWrongParser(t *testing.T) {
	for client, opts := range map[string]*socketio.ServerOptions{"json": {Parser: msgpack.Codec{}}, "msgpack": nil} {
		t.Run(client, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				s := newServer(t, opts)
				s.start(t)
				s.parser = client
				start := time.Now()
				var reason string
				s.run(t, m, "msgpack.wrong", nil, &reason)
				if reason != "transport close" {
					t.Errorf("the client's reason is %q", reason)
				}
				if took := time.Since(start); took > patience {
					t.Errorf("closed after %v", took)
				}
			})
		})
	}
}

// TestMsgpackClient compares what our JavaScript client writes and reads with what the official parser does.
func TestMsgpackClient(t *testing.T) {
	node.Run(t, scenario.Job{Scenario: "msgpack.client"}, nil)
}

var update = flag.Bool("update", false, "write the vectors of parser/msgpack anew")

const vectorsFile = "../../parser/msgpack/testdata/vectors.json"

// TestMsgpackVectors compares the committed vectors with what the official parser makes today, and has it decode what
// we encode. After a change of the vectors: go test -run MsgpackVectors -update
func TestMsgpackVectors(t *testing.T) {
	var vectors []struct {
		Name   string          `json:"name"`
		Same   bool            `json:"same,omitempty"`
		Packet json.RawMessage `json:"packet"`
		Hex    string          `json:"hex"`
	}
	node.Run(t, scenario.Job{Scenario: "msgpack.vectors"}, &vectors)
	var b bytes.Buffer // a vector a line, as it is
	b.WriteString("[\n")
	for i, v := range vectors {
		if i > 0 {
			b.WriteString(",\n")
		}
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		must(enc.Encode(v))
		b.Truncate(b.Len() - 1)
	}
	b.WriteString("\n]\n")
	if *update {
		must(os.WriteFile(vectorsFile, b.Bytes(), 0o644))
	}
	committed, err := os.ReadFile(vectorsFile)
	must(err)
	if !bytes.Equal(committed, b.Bytes()) {
		t.Error("testdata/vectors.json of parser/msgpack is not what the official parser says: " +
			"go test -run MsgpackVectors -update")
	}

	args := []any{
		nil, true, 1 << 40, -1, 0.5, "text☃\n",
		[]byte{1, 2},
		[]any{},
		map[string]any{"a": []any{[]byte("deep")}},
		1e300, -1e21, make([]any, 20),
	}
	event, _, err := msgpack.Codec{}.AppendEvent(nil, "/ns", 300, true, "event", args)
	must(err)
	var got []struct {
		Type int    `json:"type"`
		Nsp  string `json:"nsp"`
		ID   int    `json:"id"`
		Data []any  `json:"data"`
	}
	node.Run(t, scenario.Job{Scenario: "msgpack.decoded", Args: []string{hex.EncodeToString(event)}}, &got)
	want := []any{
		"event", nil, true, float64(1 << 40), -1.0, 0.5, "text☃\n",
		map[string]any{"$bytes": "0102"},
		[]any{},
		map[string]any{"a": []any{map[string]any{"$bytes": "64656570"}}},
		1e300, -1e21, make([]any, 20),
	}
	if len(got) != 1 || got[0].Type != 2 || got[0].Nsp != "/ns" || got[0].ID != 300 || !reflect.DeepEqual(got[0].Data, want) {
		t.Errorf("decoded as %+v, want %v", got, want)
	}
}
