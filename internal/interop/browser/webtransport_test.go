package browser

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// call runs a scenario of the page's script, and gives what it returns.
func call[T any](p *page, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, js, err)
	}
	return v
}

// TestWebTransport has pages talk with the official server by WebTransport: with the official client, which shows that
// the test does, and ours.
func TestWebTransport(t *testing.T) {
	node := &scenario.Runner{Dir: ".."}
	t.Cleanup(node.Stop)
	browser := startBrowser(t, chromedp.Flag("disable-quic", false))
	for _, row := range []struct{ name, script string }{
		{"official", "../node_modules/socket.io-client/dist/socket.io.js"},
		{"ours", "../../../clientjs/dist/socket.io.min.js"},
	} {
		t.Run(row.name, func(t *testing.T) {
			script, err := os.ReadFile(filepath.FromSlash(row.script))
			if err != nil {
				t.Fatal(err)
			}
			s := serveWebTransport(t, node, script)
			p := open(t, browser, row.name, s.url+"/?client="+row.name+"&hash="+hex.EncodeToString(s.hash))
			for _, js := range []string{
				`messages()`,
				`sizes()`,
				`upgrade(["polling", "webtransport"])`,
				`upgrade(["polling", "websocket", "webtransport"])`,
				`refused()`,
				`early()`,
			} {
				call[chromedp.Void](p, js)
			}
			testEndings(p, s, node)
		})
	}
}

// testEndings ends connections in each way, and compares the reasons that both sides give.
func testEndings(p *page, s *webTransportServer, node *scenario.Runner) {
	p.t.Helper()
	type ending struct {
		ID     string `json:"id"`
		Reason string `json:"reason"`
	}
	call[chromedp.Void](p, `hold()`)
	s.cut()
	for _, row := range []struct {
		name, js string
		client   string // or several, which may all be
		server   string // "": not always the same, since what was sent right before the end of a session may be lost
	}{
		{"the connection fails", `lost()`, "transport error", "transport close"},
		{
			"the client disconnects", `ending((socket) => socket.disconnect())`,
			"io client disconnect", "",
		},
		{"the server disconnects", `ending("bye")`, "io server disconnect", "server namespace disconnect"},
		{
			"the client closes the session", `ending((socket) => socket.io.engine.close())`,
			"forced close", "transport close",
		},
		{ // under load, Chromium may take even that for a lost connection
			"the server closes the session", `ending("close")`,
			"transport close|transport error", "forced close",
		},
	} {
		got := call[ending](p, row.js)
		var server string
		node.Run(p.t, scenario.Job{Scenario: "webtransport.ending", Args: got.ID}, &server)
		if !slices.Contains(strings.Split(row.client, "|"), got.Reason) || row.server != "" && server != row.server {
			p.t.Errorf("%s: the client says %q, the server %q; want %q and %q",
				row.name, got.Reason, server, row.client, row.server)
		}
	}
}
