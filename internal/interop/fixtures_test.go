package interop

import (
	"testing"

	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// TestFixtures has the official parsers run the tables of packets that ours are tested with.
func TestFixtures(t *testing.T) {
	for _, name := range []string{"packets", "errors", "payloads", "msgpackErrors"} {
		t.Run(name, func(t *testing.T) { node.Run(t, scenario.Job{Scenario: "fixtures." + name}, nil) })
	}
}
