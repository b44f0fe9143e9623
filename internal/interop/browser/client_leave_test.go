package browser

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/socketio-go/socketio"
)

// TestClientBack leaves the page and comes back: the browser has kept it in its back/forward cache.
func TestClientBack(t *testing.T) {
	each(t, append(allWays, way{"upgrading", byUpgrade.transports}), func(t *testing.T, w way) {
		s := serveClient(t, nil)
		p := openClient(t, w.name, s.url)
		if w.name == "upgrading" {
			p.run(`
				self.socket = watch(io({ transports: a[0], reconnectionDelay: 50 }));
				await next(socket, 'connect');
			`, w.transports)
		} else {
			p.connect(w, map[string]any{"reconnectionDelay": 50})
		}
		p.run(`self.kept = true`)
		for range 2 {
			p.do(chromedp.Navigate(s.url + "/elsewhere"))
			p.back()
			p.run(`
				await until(() => document.visibilityState === 'visible' && self.persisted !== undefined);
				equal([self.persisted, self.kept], [true, true], 'page from the cache');
				// What is emitted to a connection that turns out to be dead is lost, as ever.
				await until(() => socket.timeout(500).emitWithAck('echo', 1).catch(() => 0));
				check(socket.connected, 'connected');
				delete self.persisted;
			`)
			eventually(t, "one connection", func() bool { return s.io.ConnectionCount() == 1 })
		}
	})
}

// back goes back in the history.
func (p *page) back() {
	p.t.Helper()
	history, err := chromedp.Call(p.ctx, cdppage.GetNavigationHistory, cdp.Empty{})
	if err != nil {
		p.t.Fatal(err)
	}
	id := history.Entries[history.CurrentIndex-1].ID
	params := cdppage.NavigateToHistoryEntryParams{EntryID: id}
	if _, err := chromedp.Call(p.ctx, cdppage.NavigateToHistoryEntry, params); err != nil {
		p.t.Fatal(err)
	}
}

// TestClientLeave ends pages: the server hears of it at once, long before it would miss them.
func TestClientLeave(t *testing.T) {
	for _, row := range []struct {
		name                string
		way                 way
		closeOnBeforeunload bool
	}{
		{"polling", byPolling, false},
		{"websocket", byWebSocket, false},
		{"polling, closeOnBeforeunload", byPolling, true},
		{"websocket, closeOnBeforeunload", byWebSocket, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serveClient(t, nil)
			p := openClient(t, row.name, s.url)
			connect := func() {
				t.Helper()
				p.connect(row.way, map[string]any{"closeOnBeforeunload": row.closeOnBeforeunload})
				p.run(`await socket.emitWithAck('echo', 1)`)
				receive(t, "connection", s.connected)
			}
			ended := func() {
				t.Helper()
				reason := receive(t, "disconnection", s.disconnected)
				if reason != socketio.TransportClose && (row.closeOnBeforeunload || reason != socketio.TransportError) {
					t.Errorf("the server sees %q", reason)
				}
				eventually(t, "no connection", func() bool { return s.io.ConnectionCount() == 0 })
			}
			connect()
			p.do(chromedp.Reload())
			ended()
			p.wait("typeof watch === 'function'")
			p.run(`
				check(earlier[0][0] === 'connect', 'no log before the reload');
				// By default a browser may tell a page that goes of the end of its requests.
				if (a[0]) equal(earlier.length, 1, 'log before the reload');
			`, row.closeOnBeforeunload)
			connect()
			if _, err := chromedp.Call(p.ctx, cdppage.Close, cdp.Empty{}); err != nil {
				t.Fatal(err)
			}
			ended()
		})
	}
}
