package browser

import (
	"testing"

	"github.com/socketio-go/socketio"
)

func TestClientMaxPayload(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveClient(t, &socketio.ServerOptions{MaxPayload: 1000})
		p := openClient(t, w.name, s.url)
		p.connect(w, nil)
		p.run(`
			const tooLarge = async (fn, size) => {
				const error = await rejects(fn);
				const sizes = (error.message.replace(/(\d)[,_. ](?=\d{3})/g, '$1').match(/\d+/g) ?? []).map(Number);
				check(sizes.includes(1000) && sizes.some((n) => n >= size && n < 2 * size), 'both sizes in: ' + error.message);
				check(socket.connected, 'connected');
			};
			await tooLarge(() => socket.emit('n', 'x'.repeat(2000)), 2000);
			await tooLarge(() => socket.emit('n', 'ü'.repeat(600)), 1200);
			await tooLarge(() => socket.emit('n', new Uint8Array(2000)), 2000);
			await tooLarge(() => socket.emit('n', { list: ['x', new Uint8Array(1500).buffer] }), 1500);
			await tooLarge(() => socket.emit('echo', 'x'.repeat(2000), () => {}), 2000);
			await tooLarge(() => socket.volatile.emit('n', 'x'.repeat(2000)), 2000);
			let returned;
			await tooLarge(() => (returned = socket.emitWithAck('echo', 'x'.repeat(2000))), 2000);
			check(returned instanceof Promise, 'emitWithAck returns a promise');
			await tooLarge(() => socket.timeout(1000).emitWithAck('echo', 'x'.repeat(2000)), 2000);

			equal(await socket.emitWithAck('echo', 'x'.repeat(900)), 'x'.repeat(900), 'below the limit');
			try { // by polling it is larger than the limit, in base64
				equal((await socket.emitWithAck('echo', new Uint8Array(900))).byteLength, 900);
			} catch (error) {
				check(/1,?000/.test(error.message), error.message);
			}
			for (let i = 0; i < 30; i++) socket.emit('echo', i, 'x'.repeat(400)); // many at once
			equal(await socket.emitWithAck('echo', 'last'), 'last');
			equal(logged('disconnect'), []);
		`)
	})
}

// TestClientCloses has each side end the connection in order.
func TestClientCloses(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		p := openClient(t, w.name, s.url)
		p.connect(w, nil)
		socket := receive(t, "connection", s.connected)
		ended := func(want socketio.DisconnectReason) {
			t.Helper()
			if got := receive(t, "disconnection", s.disconnected); got != want {
				t.Errorf("the server's reason is %q, want %q", got, want)
			}
		}
		const says = `
			await until(() => logged('disconnect').length > a[0]);
			const [, reason, details] = logged('disconnect')[a[0]];
			equal([reason, socket.connected, socket.active], [a[1], false, a[2]]);
			check(typeof details === 'string' && details, 'details: ' + details);
		`
		p.run(`socket.emit('disconnect me', false)`)
		p.run(says, 0, "io server disconnect", false)
		ended(socketio.ServerDisconnect)
		p.run(`socket.connect(); await next(socket, 'connect'); socket.emit('disconnect me', true)`)
		p.run(says, 1, "io server disconnect", false)
		ended(socketio.ServerDisconnect)
		p.run(`socket.connect(); await next(socket, 'connect'); socket.disconnect()`)
		p.run(says, 2, "io client disconnect", false)
		ended(socketio.ClientDisconnect)
		if socket.Connected() {
			t.Error("the first socket is connected")
		}
	})
}
