package browser

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"

	"github.com/socketio-go/socketio"
)

// A way is one of the ways in which a client connects, with the names of its transports.
type way struct {
	name       string
	transports []string
}

var (
	byPolling   = way{"polling", []string{"polling"}}
	byWebSocket = way{"websocket", []string{"websocket"}}
	byUpgrade   = way{"upgrade", []string{"polling", "websocket"}}
	allWays     = []way{byPolling, byWebSocket, byUpgrade}
	pureWays    = []way{byPolling, byWebSocket}
)

// last is the transport that the client ends up with.
func (w way) last() string { return w.transports[len(w.transports)-1] }

// each runs a test for some ways, at the same time.
func each(t *testing.T, ways []way, test func(*testing.T, way)) {
	t.Parallel()
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			test(t, w)
		})
	}
}

// connect makes the page's socket and waits until it is connected by the last transport.
func (p *page) connect(w way, options map[string]any) {
	p.t.Helper()
	p.run(`
		self.socket = watch(io({ transports: a[0], ...a[1] }));
		await until(() => socket.connected && socket.io.engine.transport.name === a[0].at(-1), 'connected');
	`, w.transports, options)
}

// pollsOf returns how the page has sent its requests to the server's Socket.IO: "Fetch", "XHR".
func (p *page) pollsOf(path string) (types []network.ResourceType) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.requests {
		if strings.Contains(r.Request.URL, path+"?") && r.Type != network.ResourceTypeWebSocket &&
			r.Type != network.ResourceTypePreflight && !slices.Contains(types, r.Type) {
			types = append(types, r.Type)
		}
	}
	return types
}

func TestClientExchange(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		p := openClient(t, w.name, s.url)
		p.connect(w, nil)
		socket := receive(t, "connection", s.connected)
		eventually(t, "the server uses "+w.last(), func() bool { return socket.Conn().Transport() == w.last() })

		p.run(`
			const text = 'Grüße, 你好 🎉 \u2028 "\\\u0000';
			const values = ['text', text, '', 1.5, -0.1, null, true, [1, [2]], { a: { b: [] } }];
			const echo = next(socket, 'echo');
			const ack = new Promise((resolve) => socket.emit('echo', ...values, (...args) => resolve(args)));
			equal(await echo, values, 'event');
			equal(await ack, values, 'ack');
			equal(await socket.emitWithAck('echo', 'a', 'b'), 'a', 'emitWithAck');
			equal(await socket.timeout(20_000).emitWithAck('echo', 'c'), 'c', 'timeout');
			socket.timeout(50).emit('nobody answers', (error) => { self.late = error; });
			await until(() => self.late instanceof Error, 'the timeout of an ack');
		`)
		p.run(`
			const bytes = (...b) => new Uint8Array(b);
			const view = new Uint8Array([9, 9, 1, 2, 3, 9]).subarray(2, 5);
			const value = {
				view,
				list: [bytes(4, 5).buffer, { blob: new Blob([bytes(6, 0, 255)]) }],
				words: new Uint16Array([0x102]),
				empty: bytes(),
				text: 'ü',
			};
			const want = {
				view: bytes(1, 2, 3).buffer,
				list: [bytes(4, 5).buffer, { blob: bytes(6, 0, 255).buffer }],
				words: bytes(2, 1).buffer,
				empty: bytes().buffer,
				text: 'ü',
			};
			const sorted = (v) => Object.fromEntries(Object.entries(v).sort());
			const echo = next(socket, 'echo');
			equal(sorted(await socket.emitWithAck('echo', value)), sorted(want), 'ack');
			equal(sorted((await echo)[0]), sorted(want), 'event');
			equal(describe(view), 'Uint8Array(1,2,3)', 'what was sent');

			const all = new Uint8Array(100_000).map((_, i) => i % 251);
			const back = await socket.emitWithAck('echo', all);
			equal(new Uint8Array(back).every((b, i) => b === all[i]) && back.byteLength, all.length, 'large');
			socket.on('question', (bin, text, ack) => ack(new Blob([bin, text]), describe(bin)));
		`)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		answer, err := socket.EmitWithAck(ctx, "question", []byte{1, 0, 255}, "ü")
		var bin []byte
		var got string
		if err == nil {
			err = answer.Scan(&bin, &got)
		}
		if err != nil || string(bin) != "\x01\x00\xffü" || got != "ArrayBuffer(1,0,255)" {
			t.Errorf("the page answered % x, %q, %v", bin, got, err)
		}
		p.run(`equal(logged('disconnect'), [])`)
		if got := p.pollsOf("/socket.io/"); slices.Contains(w.transports, "polling") {
			if !slices.Equal(got, []network.ResourceType{network.ResourceTypeFetch}) {
				t.Errorf("the page polls by %q", got)
			}
		} else if got != nil {
			t.Errorf("the page uses %q", got)
		}
	})
}

// A stream is the server's part of the test of the order.
func stream(s *socketio.Socket) {
	stop, sent := make(chan struct{}), make(chan int, 1)
	s.On("start", func() {
		go func() { // ends with stop or the socket
			for i := 0; ; i++ {
				select {
				case <-stop:
					sent <- i
					return
				case <-s.Context().Done():
					return
				case <-time.After(time.Millisecond):
					s.Emit("down", i, strings.Repeat("ü", i%500))
					if i%20 == 0 {
						s.Emit("binary", i, []byte{byte(i)})
					}
				}
			}
		}()
	})
	s.On("stop", func() int { close(stop); return <-sent })
}

func TestClientOrder(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		s.io.OnConnection(stream)
		p := openClient(t, w.name, s.url)
		p.run(`
			self.socket = watch(io({ transports: a[0] }));
			let up = 0;
			const down = [];
			const names = [];
			socket.on('down', (n, text) => {
				check(text === 'ü'.repeat(n % 500), 'text of ' + n);
				down.push(n);
				const name = socket.io.engine.transport.name;
				if (name !== names.at(-1)) names.push(name);
			});
			socket.on('binary', (n, bin) => {
				equal(n, down.at(-1), 'event before a binary one');
				equal(bin, new Uint8Array([n]).buffer, 'bytes');
			});
			await next(socket, 'connect');
			socket.emit('start');
			for (let rest = 100; rest > 0; ) {
				socket.emit('n', up++);
				if (up % 20 === 0) socket.emit('echo', new Uint8Array([up]));
				socket.emit('n', up++);
				await new Promise((r) => setTimeout(r, 1));
				if (names.at(-1) === a[0].at(-1)) rest--;
				check(up < 20_000, 'no upgrade');
			}
			const sent = await socket.emitWithAck('stop');
			await until(() => down.length >= sent);
			equal(down, Array.from({ length: sent }, (_, i) => i), 'from the server');
			equal(await socket.emitWithAck('numbers'), Array.from({ length: up }, (_, i) => i), 'from the page');
			check(names.length <= a[0].length, 'transports ' + names);
			equal(logged('disconnect'), []);
		`, w.transports)
	})
}

func TestClientHandshake(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		p := openClient(t, w.name, s.url)
		p.run(`
			self.socket = watch(io({
				transports: a[0],
				extraHeaders: { 'X-Test': 'from the page' },
				query: { q: 'ü & = ?', n: 1 },
				auth: { token: 'first' },
			}));
			await next(socket, 'connect');
			let seen = await socket.emitWithAck('handshake');
			equal([seen.query.q, seen.query.n, seen.query.EIO], ['ü & = ?', '1', '4'], 'query');
			equal(seen.auth, { token: 'first' }, 'auth');
			if (a[0][0] === 'polling') equal(seen.headers['x-test'], 'from the page', 'header');

			socket.disconnect();
			socket.auth = (send) => setTimeout(() => send({ token: 'second' }), 10);
			socket.connect();
			await next(socket, 'connect');
			seen = await socket.emitWithAck('handshake');
			equal(seen.auth, { token: 'second' }, 'auth of a function');
			equal(logged('connect').length, 2, 'connections');

			self.fromURL = watch(io('/?from=url', { transports: a[0], forceNew: true }));
			equal((await fromURL.emitWithAck('handshake')).query.from, 'url', 'query of the URL');
		`, w.transports)
	})
}

func TestClientNamespaces(t *testing.T) {
	each(t, allWays, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		s.io.Of("/closed").Use(func(*socketio.Socket) error {
			return &socketio.ConnectError{Message: "closed", Data: map[string]int{"until": 8}}
		})
		p := openClient(t, w.name, s.url)
		p.connect(w, nil)
		p.run(`
			self.other = watch(io('/other', { transports: a[0] }));
			equal(await other.emitWithAck('session'), await socket.emitWithAck('session'), 'connection');
			check(other.io === socket.io && other.id !== socket.id, 'one manager');
			const heard = [];
			socket.on('echo', (text) => heard.push('/ ' + text));
			other.on('echo', (text) => heard.push('/other ' + text));
			await other.emitWithAck('echo', 1);
			await socket.emitWithAck('echo', 2);
			await other.emitWithAck('echo', new Uint8Array([3]));
			equal(heard, ['/other 1', '/ 2', '/other [object ArrayBuffer]'], 'heard');

			const closed = io('/closed', { transports: a[0] });
			const [error] = await next(closed, 'connect_error');
			check(error instanceof Error, 'an Error');
			equal([error.message, error.data, closed.active], ['closed', { until: 8 }, false]);
			const [nowhere] = await next(io('/nowhere', { transports: a[0] }), 'connect_error');
			equal(nowhere.message, 'Invalid namespace');

			other.disconnect();
			equal(await socket.emitWithAck('echo', 4), 4, 'after the other has left');
			equal(logged('disconnect').map((entry) => entry[1]), ['io client disconnect']);
		`, w.transports)
		if n := s.io.ConnectionCount(); n != 1 {
			t.Errorf("%d connections", n)
		}
		p.run(`
			const own = watch(io('/other', { transports: a[0], forceNew: true }));
			check(own.io !== socket.io, 'forceNew');
			check(await own.emitWithAck('session') !== await socket.emitWithAck('session'), 'two connections');
		`, w.transports)
	})
}

func TestClientRememberUpgrade(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		remember bool
		want     string
	}{
		{"remember", true, "websocket"},
		{"forget", false, "polling"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serveClient(t, nil)
			p := openClient(t, row.name, s.url)
			p.connect(byUpgrade, map[string]any{"rememberUpgrade": row.remember, "reconnectionDelay": 20})
			first := receive(t, "connection", s.connected)
			p.run(`socket.io.engine.close(); await next(socket, 'connect')`)
			second := receive(t, "second connection", s.connected)
			for i, socket := range []*socketio.Socket{first, second} {
				want := []string{"polling", row.want}[i]
				if got := socket.Request().URL.Query().Get("transport"); got != want {
					t.Errorf("connection %d began by %s, want %s", i, got, want)
				}
			}
		})
	}
}

func TestClientTryAllTransports(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name       string
		server     string // the only transport of the server
		transports []string
		try        bool
		connects   bool
	}{
		{"WebSocket is blocked", "polling", []string{"websocket", "polling"}, true, true},
		{"polling is blocked", "websocket", []string{"polling", "websocket"}, true, true},
		{"not asked for", "polling", []string{"websocket", "polling"}, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serveClient(t, &socketio.ServerOptions{Transports: []string{row.server}})
			p := openClient(t, row.name, s.url)
			p.run(`
				self.socket = watch(io({ transports: a[0], tryAllTransports: a[1], reconnection: false }));
				await until(() => log.length);
				equal(log[0][0], a[2] ? 'connect' : 'connect_error');
				if (a[2]) equal(socket.io.engine.transport.name, a[3]);
				else check(!socket.connected, 'connected');
			`, row.transports, row.try, row.connects, row.server)
		})
	}
}

func TestClientTransportClasses(t *testing.T) {
	t.Parallel()
	fetch, xhr := []network.ResourceType{network.ResourceTypeFetch}, []network.ResourceType{network.ResourceTypeXHR}
	for _, row := range []struct {
		name    string
		classes []string
		last    string
		polls   []network.ResourceType
	}{
		{"Fetch", []string{"Fetch"}, "polling", fetch},
		{"XHR, of the package's modules", []string{"XHR"}, "polling", xhr},
		{"WebSocket", []string{"WebSocket"}, "websocket", nil},
		{"Fetch and WebSocket", []string{"Fetch", "WebSocket"}, "websocket", fetch},
		{"WebTransport is passed over", []string{"Fetch", "WebTransport"}, "polling", fetch},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serveClient(t, nil)
			p := openClient(t, row.name, s.url)
			p.run(`
				const client = a[0][0] in io ? io : await import('/modules/index.js');
				const classes = a[0].map((name) => client[name]);
				check(classes.every((c) => typeof c === 'function'), 'it has ' + Object.keys(client));
				self.socket = watch(client.io({ transports: classes, extraHeaders: { 'X-Test': 'ü'.length } }));
				await until(() => socket.connected && socket.io.engine.transport.name === a[1]);
				equal(await socket.emitWithAck('echo', new Uint8Array([1, 2])), new Uint8Array([1, 2]).buffer);
				equal(logged('disconnect'), []);
			`, row.classes, row.last)
			if got := p.pollsOf("/socket.io/"); !slices.Equal(got, row.polls) {
				t.Errorf("the page polls by %q, want %q", got, row.polls)
			}
		})
	}
}

// TestClientPolicy shows that the pages of all these tests forbid eval and all that is not of their own origin.
func TestClientPolicy(t *testing.T) {
	each(t, []way{byUpgrade}, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		p := openClient(t, w.name, s.url)
		p.run(`check(strict, 'eval is allowed')`)
		p.connect(w, nil)
		p.run(`equal(await socket.emitWithAck('echo', new Blob(['a'])), new Uint8Array([97]).buffer)`)
	})
}
