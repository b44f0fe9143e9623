import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as core from '../dist/esm/core.js';
import { Manager, NodeWebSocket, NodeXHR } from '../dist/esm/node.js';
import { client, connected, freePort, limit, next, start } from './server.mjs';

test('settings', () => {
  const manager = new Manager('http://localhost:1', { autoConnect: false });
  for (const [name, usual, other] of [
    ['reconnection', true, false],
    ['reconnectionAttempts', Infinity, 3],
    ['reconnectionDelay', 1000, 2],
    ['reconnectionDelayMax', 5000, 4],
    ['randomizationFactor', 0.5, 0],
    ['timeout', 20000, false],
  ]) {
    assert.equal(manager[name](), usual, name);
    assert.equal(manager[name](other), manager, name);
    assert.equal(manager[name](), other, name);
    assert.equal(new Manager('http://localhost:1', { autoConnect: false, [name]: other })[name](), other, name);
  }
});

test('reconnecting fails', limit, async (t) => {
  const opts = { reconnection: true, reconnectionAttempts: 3, reconnectionDelay: 1, reconnectionDelayMax: 2 };
  const socket = client(t, `http://localhost:${await freePort()}`, opts);
  const log = [];
  for (const event of ['reconnect_attempt', 'reconnect_error', 'reconnect', 'error']) {
    socket.io.on(event, (value) => log.push(value instanceof Error ? event : `${event} ${value}`));
  }
  let errors = 0;
  socket.on('connect_error', () => errors++);
  await next(socket.io, 'reconnect_failed');
  const attempt = (n) => [`reconnect_attempt ${n}`, 'error', 'reconnect_error'];
  // The last one tells that it was the last before it tells why.
  assert.deepEqual(log.slice(0, 9), ['error', ...attempt(1), ...attempt(2), ...attempt(3).slice(0, 2)]);
  assert.equal(errors, 4);
  assert.ok(socket.active);
});

test('reconnecting', limit, async (t) => {
  for (const transport of ['polling', 'websocket']) {
    await t.test(transport, async (t) => {
      const { socket, server } = await connected(t, { transports: [transport], reconnection: true });
      const { id } = socket;
      const [attempt, reconnect] = ['reconnect_attempt', 'reconnect'].map((event) => next(socket.io, event));
      const again = next(socket, 'connect');
      const answer = next(server, 'connection').then(([peer]) => next(peer, 'late'));
      socket.io.engine.close();
      socket.emit('late', 1);
      assert.deepEqual([await attempt, await reconnect], [[1], [1]]);
      await again;
      assert.notEqual(socket.id, id);
      assert.deepEqual(await answer, [1]);
    });
  }
  await t.test('not after the last word of either side', async (t) => {
    for (const end of [(all) => all.socket.disconnect(), (all) => all.peer.disconnect(true)]) {
      const all = await connected(t, { reconnection: true });
      all.socket.io.on('reconnect_attempt', () => assert.fail('reconnects'));
      const disconnect = next(all.socket, 'disconnect');
      end(all);
      await disconnect;
      assert.equal(all.socket.active, false);
      all.socket.connect();
      await next(all.socket, 'connect');
    }
  });
  await t.test('by hand', async (t) => {
    const { socket } = await connected(t);
    for (let i = 0; i < 3; i++) {
      socket.disconnect().connect();
      await next(socket, 'connect');
    }
  });
  await t.test('stopped by a listener', async (t) => {
    const { socket } = await connected(t, { reconnection: true });
    const attempt = next(socket.io, 'reconnect_attempt').then(() => socket.disconnect());
    socket.io.engine.close();
    await attempt;
    assert.equal(socket.active, false);
  });
});

test('tryAllTransports', limit, async (t) => {
  const server = await start(t, { transports: ['websocket'] });
  const [error] = await next(client(t, server.url), 'connect_error');
  assert.equal(error.message, 'xhr poll error');
  const socket = client(t, server.url, { tryAllTransports: true });
  await next(socket, 'connect');
  assert.equal(socket.io.engine.transport.name, 'websocket');
  const none = client(t, `http://localhost:${await freePort()}`, { tryAllTransports: true });
  assert.match((await next(none, 'connect_error'))[0].message, /./);
});

test('rememberUpgrade', limit, async (t) => {
  const { socket, server } = await connected(t);
  if (socket.io.engine.transport.name != 'websocket') await next(socket.io.engine, 'upgrade');
  assert.equal(socket.io.engine.transport.name, 'websocket');
  const first = client(t, server.url, { rememberUpgrade: true });
  assert.equal(first.io.engine.transport.name, 'websocket');
  await next(first, 'connect');
  const failed = client(t, `http://localhost:${await freePort()}`, { transports: ['polling'] });
  await next(failed, 'connect_error');
  assert.equal(client(t, server.url, { rememberUpgrade: true }).io.engine.transport.name, 'polling');
  const noUpgrade = client(t, server.url, { upgrade: false });
  await next(noUpgrade, 'connect');
  noUpgrade.io.engine.on('upgrading', () => assert.fail('upgrades'));
  await new Promise((resolve) => noUpgrade.timeout(50).emit('none', resolve));
});

/**
 * A transport that has what an engine needs, and no more: name, query, writable; on, once and off, which return
 * the transport; open, close, send, which drain follows, and pause.
 */
class Small {
  writable = false;
  #listeners = new Map();

  constructor({ query, hostname, port, path }) {
    this.query = query;
    this.uri = `ws://${hostname}:${port}${path}?${new URLSearchParams(query)}`;
  }
  get name() {
    return 'websocket';
  }
  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }
  once(event, listener) {
    const once = (...args) => {
      this.#listeners.set(event, this.#listeners.get(event).filter((other) => other != once));
      listener(...args);
    };
    return this.on(event, once);
  }
  off() {
    this.#listeners.clear();
    return this;
  }
  #tell(event, ...args) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args);
  }
  async open() {
    const { WebSocket } = await import('ws');
    this.ws = new WebSocket(this.uri);
    const types = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'];
    this.ws.onopen = () => {
      this.writable = true;
      this.#tell('open');
    };
    this.ws.onmessage = ({ data }) => this.#tell('packet', { type: types[data[0]], data: data.slice(1) });
    this.ws.onerror = (err) => this.#tell('error', err.error);
    this.ws.onclose = () => this.#tell('close', { description: 'small one closed' });
    this.types = types;
  }
  close() {
    this.ws?.close();
  }
  send(packets) {
    for (const { type, data = '' } of packets) this.ws.send(this.types.indexOf(type) + data);
    this.writable = false;
    queueMicrotask(() => {
      this.writable = true;
      this.#tell('drain');
    });
  }
  pause(paused) {
    paused();
  }
}

test('transports', limit, async (t) => {
  class Mine extends NodeWebSocket {}
  for (const [name, opts, first, last, cls, connect] of [
    ['by name', { transports: ['polling'] }, 'polling', 'polling', NodeXHR],
    ['by class', { transports: [NodeXHR] }, 'polling', 'polling', NodeXHR],
    ['both, by class', { transports: [NodeXHR, NodeWebSocket] }, 'polling', 'websocket', NodeWebSocket],
    ['both forms', { transports: ['polling', Mine] }, 'polling', 'websocket', Mine],
    ['a class of its own', { transports: [Mine] }, 'websocket', 'websocket', Mine],
    ['transportImplementations', { transportImplementations: [Mine] }, 'websocket', 'websocket', Mine],
    ['the small interface', { transports: [Small] }, 'websocket', 'websocket', Small],
    ['the small interface, upgraded to', { transports: ['polling', Small] }, 'polling', 'websocket', Small],
    ['core', { transports: [core.Fetch] }, 'polling', 'polling', core.Fetch, core.io],
  ]) {
    await t.test(name, async (t) => {
      const server = await start(t);
      server.on('connection', (peer) => peer.on('echo', (...args) => args.pop()(...args)));
      const socket = client(t, server.url, opts, connect);
      const { engine } = socket.io;
      assert.equal(engine.transport.name, first);
      const upgrade = first != last && next(engine, 'upgrade');
      await next(socket, 'connect');
      await upgrade;
      assert.equal(engine.transport.name, last);
      assert.ok(engine.transport instanceof cls);
      assert.equal(await socket.emitWithAck('echo', 'é'), 'é');
      assert.throws(() => socket.emit('large', 'x'.repeat(1e6)), /maxPayload 1000000/);
      const disconnect = next(socket, 'disconnect');
      socket.disconnect();
      await disconnect;
    });
  }
  await t.test('unknown', () => {
    const unknown = { message: /no transport "carrier pigeon"/ };
    const opts = { transports: ['carrier pigeon'], forceNew: true };
    assert.throws(() => client(t, 'http://localhost:1', opts), unknown);
    assert.throws(() => client(t, 'http://localhost:1', { ...opts, transports: [] }), { message: /no transport/ });
    assert.throws(() => core.io('http://localhost:1', { forceNew: true }), { message: /no transport/ });
  });
});

test('connection state recovery', limit, async (t) => {
  const server = await start(t, { connectionStateRecovery: {} });
  const socket = client(t, server.url, { reconnection: true });
  await next(socket, 'connect');
  assert.equal(socket.recovered, false);
  const { id } = socket;
  const first = next(socket, 'e');
  server.emit('e', 1);
  assert.equal((await first)[0], 1);
  const missed = next(socket, 'e');
  const connect = next(socket, 'connect');
  socket.io.engine.close();
  server.emit('e', 2);
  await connect;
  assert.equal(socket.recovered, true);
  assert.equal(socket.id, id);
  assert.equal((await missed)[0], 2);
});

test('auth', limit, async (t) => {
  const server = await start(t);
  const seen = [];
  server.use(({ handshake }, done) => {
    seen.push(handshake.auth);
    done(handshake.auth.n == 2 ? Object.assign(new Error('no'), { data: { code: 7 } }) : undefined);
  });
  let n = 0;
  const late = [];
  const socket = client(t, server.url, { auth: (cb) => (late.push(cb), cb({ n: ++n })) });
  await next(socket, 'connect');
  const error = next(socket, 'connect_error');
  socket.disconnect().connect();
  const [err] = await error;
  assert.deepEqual([err.message, err.data, socket.active], ['no', { code: 7 }, false]);
  socket.connect();
  await next(socket, 'connect');
  late[0]({ n: 'late' });
  socket.auth = { n: 'object' };
  socket.disconnect().connect();
  await next(socket, 'connect');
  assert.deepEqual(seen, [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 'object' }]);
});
