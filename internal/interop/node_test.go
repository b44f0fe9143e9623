package interop

import (
	"os"
	"testing"

	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// node runs the scenarios of all tests, one at a time.
var node = scenario.Runner{Dir: "."}

func TestMain(m *testing.M) {
	code := m.Run()
	node.Stop()
	os.Exit(code)
}
