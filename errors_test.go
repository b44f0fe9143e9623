package socketio_test

import (
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/metrics"
)

// TestReasonsAreCounted: each reason has a series of its own.
func TestReasonsAreCounted(t *testing.T) {
	for _, reason := range []socketio.DisconnectReason{
		socketio.ClientDisconnect, socketio.ServerDisconnect, socketio.TransportClose, socketio.TransportError,
		socketio.PingTimeout, socketio.ParseError, socketio.ForcedClose, socketio.ServerShutdown,
		socketio.SlowConsumer, socketio.HandlersTooSlow, socketio.PayloadTooLarge,
	} {
		_, label := metrics.DisconnectedBy(string(reason)).Label()
		equal(t, "label of a disconnection", label, string(reason))
	}
	for _, reason := range []engineio.CloseReason{
		engineio.TransportClose, engineio.TransportError, engineio.PingTimeout, engineio.ParseError,
		engineio.ForcedClose, engineio.ServerShutdown, engineio.SlowConsumer, engineio.PayloadTooLarge,
		engineio.CloseReason(socketio.HandlersTooSlow),
	} {
		_, label := metrics.ClosedBy(string(reason)).Label()
		equal(t, "label of a session's end", label, string(reason))
	}
}
