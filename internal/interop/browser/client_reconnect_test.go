package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/socketio-go/socketio"
)

func TestClientServerKilled(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveProgram(t, freeAddr(t))
		p := openClient(t, w.name, "http://"+s.addr)
		p.connect(w, map[string]any{"reconnectionDelay": 50, "reconnectionDelayMax": 200})
		p.run(`
			for (let i = 0; i < 5; i++) socket.emit('n', i);
			equal(await socket.emitWithAck('numbers'), [0, 1, 2, 3, 4]);
			socket.io.on('reconnect_attempt', (n) => note('attempt', n));
			socket.io.on('reconnect_error', (error) => note('reconnect_error', error instanceof Error));
			socket.io.on('reconnect', (n) => note('reconnect', n));
		`)
		s.kill()
		p.run(`
			await until(() => !socket.connected);
			const [[, reason, details]] = logged('disconnect');
			check(['transport close', 'transport error'].includes(reason), reason);
			check(typeof details === 'string' && details, 'details: ' + details);
			check(socket.active && !socket.recovered, 'active');
			for (let i = 0; i < 10; i++) {
				socket.emit('n', i);
				socket.volatile.emit('n', 1000 + i);
			}
			self.answer = socket.emitWithAck('echo', 'buffered', new Uint8Array([7]));
			await until(() => logged('reconnect_error').length > 1);
		`)
		again := serveProgram(t, s.addr)
		p.run(`
			equal(await answer, 'buffered', 'ack of a buffered event');
			equal(await socket.emitWithAck('numbers'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'buffered events');
			const attempts = logged('attempt').map((entry) => entry[1]);
			equal(attempts, Array.from(attempts, (_, i) => i + 1), 'attempts');
			equal(logged('reconnect'), [['reconnect', attempts.length]]);
			check(logged('reconnect_error').every((entry) => entry[1]), 'Errors');
			equal([logged('connect').length, logged('disconnect').length], [2, 1], 'connects and disconnects');
		`)
		again.interrupt()
		p.run(`
			await until(() => !socket.connected);
			check(logged('disconnect')[1][2], 'details of the second disconnect');
			socket.disconnect();
		`)
	})
}

func TestClientRecovery(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveClient(t, &socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}})
		p := openClient(t, w.name, s.url)
		p.run(`
			self.socket = watch(io({ transports: a[0], reconnectionDelay: 150 }));
			self.down = [];
			socket.on('down', (n, bin) => {
				equal(bin, new Uint8Array([n]).buffer);
				down.push(n);
			});
			await until(() => socket.connected && socket.io.engine.transport.name === a[0].at(-1));
			check(!socket.recovered, 'recovered at first');
		`, w.transports)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan int)
		go func() { // ends with stop
			i := 0
			for ; ctx.Err() == nil; i++ {
				s.io.Emit("down", i, []byte{byte(i)})
				<-time.After(2 * time.Millisecond)
			}
			ended <- i
		}()
		defer stop()
		receive(t, "connection", s.connected)
		for range 3 {
			p.run(`
				const id = socket.id;
				const before = down.length;
				await until(() => down.length > before + 20);
				socket.io.engine.close();
				check(!socket.connected, 'still connected');
				const missed = down.at(-1);
				await next(socket, 'connect');
				equal([socket.recovered, socket.id], [true, id], 'recovered');
				await until(() => down.at(-1) > missed + 60);
			`)
			if socket := receive(t, "recovered connection", s.connected); !socket.Recovered() {
				t.Error("the server has not recovered")
			}
		}
		stop()
		sent := <-ended
		p.run(`
			await until(() => down.at(-1) >= a[0] - 1);
			equal(down, Array.from({ length: a[0] }, (_, i) => i), 'events');
			equal(logged('disconnect').length, 3, 'disconnects');
		`, sent)
	})
}

// setOffline cuts the page off from the network, or ends that.
func (p *page) setOffline(offline bool) {
	p.t.Helper()
	state := func() error {
		_, err := chromedp.Call(p.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
		})
		return err
	}
	traffic := func() error {
		_, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		return err
	}
	steps := []func() error{state, traffic} // the page is told first
	if !offline {
		steps = []func() error{traffic, state}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			p.t.Fatal(err)
		}
	}
}

// patientDelay is a reconnectionDelay that no test waits for.
const patientDelay = 60_000 // ms

func TestClientOffline(t *testing.T) {
	each(t, pureWays, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		p := openClient(t, w.name, s.url)
		p.connect(w, map[string]any{"reconnectionDelay": patientDelay, "reconnectionDelayMax": patientDelay})
		p.setOffline(true)
		p.run(`
			await until(() => !socket.connected);
			equal(logged('disconnect').map((entry) => entry[1]), ['transport close']);
			check(logged('disconnect')[0][2], 'details');
			equal(navigator.onLine, false);
			self.answer = socket.emitWithAck('echo', 'later');
		`)
		p.setOffline(false)
		p.run(`
			equal(await answer, 'later');
			check(socket.connected, 'connected');
			equal(logged('connect').length, 2);
		`)
	})
}

// hide puts another tab before the page. show brings the page back.
func (p *page) hide() (show func()) {
	p.t.Helper()
	id := chromedp.FromContext(p.ctx).BrowserContextID
	tab, cancel := chromedp.NewContext(p.ctx, chromedp.WithExistingBrowserContext(id), chromedp.WithNewWindow(false))
	p.t.Cleanup(cancel)
	if err := chromedp.Do(tab); err != nil {
		p.t.Fatal(err)
	}
	p.front(tab)
	p.wait(`document.visibilityState === "hidden"`)
	return func() { p.t.Helper(); p.front(p.ctx) }
}

func (p *page) front(tab context.Context) {
	p.t.Helper()
	if _, err := chromedp.Call(tab, cdppage.BringToFront, cdp.Empty{}); err != nil {
		p.t.Fatal(err)
	}
}

func TestClientVisible(t *testing.T) {
	each(t, pureWays, func(t *testing.T, w way) {
		s := serveProgram(t, freeAddr(t))
		p := openClient(t, w.name, "http://"+s.addr)
		p.connect(w, map[string]any{"reconnectionDelay": patientDelay, "reconnectionDelayMax": patientDelay})
		show := p.hide()
		p.run(`equal(await socket.emitWithAck('echo', 'hidden'), 'hidden')`)
		s.kill()
		p.run(`await until(() => !socket.connected)`)
		again := serveProgram(t, s.addr)
		p.run(`check(!socket.connected, 'connected while hidden')`)
		show()
		p.run(`
			equal(await socket.emitWithAck('echo', 'visible'), 'visible');
			equal([logged('connect').length, logged('disconnect').length], [2, 1]);
			socket.disconnect();
		`)
		again.interrupt()
	})
}

// TestClientFrozen has the browser freeze the page, as it does with one that is long in the background.
func TestClientFrozen(t *testing.T) {
	each(t, pureWays, func(t *testing.T, w way) {
		s := serveProgram(t, freeAddr(t))
		p := openClient(t, w.name, "http://"+s.addr)
		p.connect(w, map[string]any{"reconnectionDelay": patientDelay, "reconnectionDelayMax": patientDelay})
		p.run(`
			document.addEventListener('freeze', () => note('freeze'));
			document.addEventListener('resume', () => note('resume'));
		`)
		show := p.hide()
		p.setLifecycle(cdppage.SetWebLifecycleStateStateFrozen)
		s.kill()
		again := serveProgram(t, s.addr)
		p.setLifecycle(cdppage.SetWebLifecycleStateStateActive)
		p.run(`await until(() => logged('resume').length && !socket.connected)`)
		show()
		p.run(`
			await until(() => logged('connect').length === 2 && socket.connected);
			equal(await socket.emitWithAck('echo', 'visible'), 'visible');
			equal(logged('disconnect').length, 1);
			socket.disconnect();
		`)
		again.interrupt()
	})
}

func (p *page) setLifecycle(state cdppage.SetWebLifecycleStateState) {
	p.t.Helper()
	params := cdppage.SetWebLifecycleStateParams{State: state}
	if _, err := chromedp.Call(p.ctx, cdppage.SetWebLifecycleState, params); err != nil {
		p.t.Fatal(err)
	}
}
