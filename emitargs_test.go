package socketio_test

import (
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// What is emitted stays as it was: binary is taken out of a copy.
func TestEmitLeavesArguments(t *testing.T) {
	type inner struct {
		Photo []byte
		More  map[string][]byte
	}
	arguments := func() []any {
		return []any{
			[]byte("a"),
			map[string]any{"b": []any{[]byte("c"), nil}},
			&inner{[]byte("d"), map[string][]byte{"e": []byte("f")}},
			[][]byte{[]byte("g")},
		}
	}
	for name, codec := range map[string]parser.Codec{"JSON": parser.JSON{}, "msgpack": msgpack.Codec{}} {
		for _, recovery := range []*socketio.RecoveryOptions{nil, {}} { // which adds an argument
			if recovery != nil {
				name += ", with recovery"
			}
			bubble(t, name, func(t *testing.T) {
				a := serve(t, &socketio.ServerOptions{Parser: codec, Recovery: recovery})
				n := a.Of("/n")
				done := make(chan struct{})
				n.OnConnection(func(s *socketio.Socket) {
					args := append(make([]any, 0, 10), arguments()...)
					_ = s.Emit("e", args...)
					_ = n.Emit("e", args...)
					_, _ = s.Timeout(1).EmitWithAck(s.Context(), "e", args...)
					equal(t, "arguments", args, arguments())
					equal(t, "room behind them", args[:10][len(args):], make([]any, 10-len(args)))
					close(done)
				})
				connect, err := codec.AppendConnect(nil, "/n", nil)
				isErr(t, "AppendConnect", err, nil)
				c := a.dial()
				if codec.Binary() {
					c.SendBinary(connect)
				} else {
					c.Send("4" + string(connect))
				}
				<-done
			})
		}
	}
}
