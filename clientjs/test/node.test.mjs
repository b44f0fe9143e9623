// What there is in Node.js only.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { test } from 'node:test';
import { io as webSocketIo } from '../dist/esm/ws-node.js';
import { client, connected, freePort, limit, next, start, startHttp } from './server.mjs';

const transports = ['polling', 'websocket'];

/** The headers of all requests to a server, in order. */
function headersOf(server) {
  const headers = [];
  server.engine.on('initial_headers', (_, req) => headers.push(req.headers));
  server.engine.on('headers', (_, req) => req._query.sid && headers.push(req.headers));
  return headers;
}

test('cookies', limit, async (t) => {
  for (const [withCredentials, want] of [
    [true, 'a=1; b=2'],
    [false, undefined],
  ]) {
    await t.test(`withCredentials: ${withCredentials}`, async (t) => {
      const server = await start(t);
      server.engine.on('initial_headers', (headers) => (headers['set-cookie'] = ['a=1; HttpOnly', 'b=2', 'c=3; Max-Age=0']));
      const seen = [];
      server.httpServer.on('request', (req) => seen.push(req));
      server.httpServer.on('upgrade', (req) => seen.push(req));
      const socket = client(t, server.url, { withCredentials });
      await next(socket.io.engine, 'upgrade');
      assert.equal(seen[0].headers.cookie, undefined);
      const later = seen.slice(1).map((req) => req.headers.cookie);
      assert.ok(later.length >= 2);
      assert.ok(seen.some((req) => req.headers.upgrade), 'WebSocket, too');
      for (const cookie of later) assert.equal(cookie, want);
    });
  }
  await t.test('beside those of the user', async (t) => {
    const server = await start(t, { cookie: true });
    const opts = { withCredentials: true, extraHeaders: { Cookie: 'mine=1' }, transports: ['polling'] };
    const headers = headersOf(server);
    const socket = client(t, server.url, opts);
    await next(socket, 'connect');
    const { id } = socket.io.engine;
    assert.equal(headers[0].cookie, 'mine=1');
    assert.equal(headers.at(-1).cookie, `mine=1; io=${id}`);
  });
});

test('headers, query and protocols', limit, async (t) => {
  for (const transport of transports) {
    for (const [entry, connect] of [['node'], ...(transport == 'websocket' ? [['ws-node', webSocketIo]] : [])]) {
      await t.test(`${transport}, ${entry}`, async (t) => {
        const server = await start(t);
        const connection = next(server, 'connection');
        const opts = { transports: [transport], extraHeaders: { 'X-Mine': 'é'.normalize('NFC') }, query: { a: '&= é' } };
        client(t, server.url, { ...opts, protocols: ['one', 'two'] }, connect);
        const [{ handshake, conn }] = await connection;
        assert.equal(handshake.headers['x-mine'], 'é');
        assert.equal(handshake.query.a, '&= é');
        assert.equal(handshake.query.transport, transport);
        const wanted = conn.request.headers['sec-websocket-protocol'];
        assert.equal(wanted, transport == 'websocket' ? 'one,two' : undefined);
      });
    }
  }
});

test('agent', limit, async (t) => {
  for (const transport of transports) {
    await t.test(transport, async (t) => {
      const server = await start(t);
      let used = 0;
      const agent = new (class extends Agent {
        createConnection(...args) {
          used++;
          return super.createConnection(...args);
        }
      })();
      t.after(() => agent.destroy());
      await next(client(t, server.url, { transports: [transport], agent }), 'connect');
      assert.ok(used > 0);
    });
  }
});

test('TLS', limit, async (t) => {
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(new URL(`tls/${name}.pem`, import.meta.url)));
  const server = await start(t, {}, createTlsServer({ key, cert }));
  for (const transport of transports) {
    for (const [entry, connect] of [['node'], ...(transport == 'websocket' ? [['ws-node', webSocketIo]] : [])]) {
      await t.test(`${transport}, ${entry}`, async (t) => {
        for (const trust of [{ ca: cert.toString() }, { rejectUnauthorized: false }]) {
          const socket = client(t, server.url, { transports: [transport], ...trust }, connect);
          await next(socket, 'connect');
          assert.equal(socket.io.engine.opts.secure, true);
        }
        const [err] = await next(client(t, server.url, { transports: [transport] }, connect), 'connect_error');
        const cause = err.description ?? err.context;
        assert.equal((cause.error ?? cause).code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
      });
    }
  }
});

test('requestTimeout', limit, async (t) => {
  const url = await startHttp(t, createServer(() => {}));
  const [err] = await next(client(t, url, { transports: ['polling'], requestTimeout: 20 }), 'connect_error');
  assert.equal(err.message, 'xhr poll error');
  assert.equal(err.description.message, 'timeout');
});

test('perMessageDeflate', limit, async (t) => {
  for (const [name, own, sends, compressed] of [
    ['of both', {}, 'x'.repeat(2000), true],
    ['below the threshold', {}, 'x'.repeat(100), false],
    ['own threshold', { perMessageDeflate: { threshold: 10 } }, 'x'.repeat(100), true],
    ['none', { perMessageDeflate: false }, 'x'.repeat(2000), false],
  ]) {
    await t.test(name, async (t) => {
      const opts = { transports: ['websocket'], ...own };
      const { socket, peer } = await connected(t, opts, { perMessageDeflate: true });
      const { _socket: tcp } = peer.conn.transport.socket;
      const before = tcp.bytesRead;
      const got = next(peer, 'e');
      socket.emit('e', sends);
      await got;
      assert.equal(tcp.bytesRead - before < sends.length, compressed);
    });
  }
  await t.test('compress(false)', async (t) => {
    const { socket, peer } = await connected(t, { transports: ['websocket'] }, { perMessageDeflate: true });
    const { _socket: tcp } = peer.conn.transport.socket;
    const before = tcp.bytesRead;
    const got = next(peer, 'e');
    socket.compress(false).emit('e', 'x'.repeat(2000));
    await got;
    assert.ok(tcp.bytesRead - before > 2000);
  });
});

test('autoUnref', { timeout: 15_000 }, async (t) => {
  const program = (connect, opts) => `
    import { io } from ${JSON.stringify(new URL(`../dist/esm/${connect}.js`, import.meta.url))};
    const socket = io(process.argv[1], { autoUnref: true, ...${JSON.stringify(opts)} });
    const hold = setTimeout(() => {}, 10_000);
    const free = () => clearTimeout(hold);
    socket.on('connect', () => (console.log('connect'), free()));
    socket.io.on('reconnect_attempt', () => (console.log('attempt'), free()));`;
  const offline = `http://localhost:${await freePort()}`;
  const retrying = { reconnectionDelay: 1, reconnectionDelayMax: 1e6, randomizationFactor: 0 };
  await Promise.all(
    [
      ['polling', 'node', { transports: ['polling'] }, undefined, 'connect'],
      ['websocket', 'node', { transports: ['websocket'] }, undefined, 'connect'],
      ['websocket alone', 'ws-node', {}, undefined, 'connect'],
      ['while reconnecting', 'node', retrying, offline, 'attempt'],
    ].map(([name, entry, opts, url, want]) =>
      t.test(name, async (t) => {
        const server = url ? undefined : await start(t);
        const args = ['--input-type=module', '--eval', program(entry, opts), url ?? server.url];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        t.after(() => child.kill());
        let out = '';
        child.stdout.setEncoding('utf8').on('data', (chunk) => (out += chunk));
        assert.deepEqual(await next(child, 'close'), [0, null]);
        assert.equal(out.split('\n')[0], want);
      }),
    ),
  );
});

test('closing during the handshake closes the session', limit, async (t) => {
  for (const transport of transports) {
    await t.test(transport, async (t) => {
      const server = await start(t);
      const connection = next(server.engine, 'connection');
      const socket = client(t, server.url, { transports: [transport] });
      const closed = connection.then(([conn]) => next(conn, 'close'));
      // The server has the request, and the client not yet the answer.
      server.engine.once('initial_headers', () => socket.disconnect());
      const [reason] = await closed;
      assert.match(reason, /^transport (close|error)$/);
      assert.equal(server.engine.clientsCount, 0);
    });
  }
});
