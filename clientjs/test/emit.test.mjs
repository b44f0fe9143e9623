import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, connected, limit, next, start } from './server.mjs';

const transports = ['polling', 'websocket'];
const text = (length) => 'a'.repeat(length);

test('events larger than maxPayload', limit, async (t) => {
  // What is sent is 42["e","…"] or 451-["e",{"_placeholder":true,"num":0}], and binary data by itself.
  for (const [name, transport, fits, tooLarge, size] of [
    ['text', 'polling', text(990), text(991), 1001],
    ['text', 'websocket', text(990), text(991), 1001],
    ['text of several bytes a character', 'polling', '€'.repeat(330), '€'.repeat(331), 1003],
    ['text of several bytes a character', 'websocket', '€'.repeat(330), '€'.repeat(331), 1003],
    ['binary, as base64', 'polling', Buffer.alloc(747), Buffer.alloc(748), 1001],
    ['binary', 'websocket', Buffer.alloc(1000), Buffer.alloc(1001), 1001],
    ['Blob', 'polling', new Blob([text(747)]), new Blob([text(748)]), 1001],
    ['Blob', 'websocket', new Blob([text(1000)]), new Blob([text(1001)]), 1001],
    ['ArrayBuffer', 'websocket', new ArrayBuffer(1000), new ArrayBuffer(1001), 1001],
  ]) {
    await t.test(`${name}, ${transport}`, async (t) => {
      const { socket, peer } = await connected(t, { transports: [transport] }, { maxHttpBufferSize: 1000 });
      const message = `${size} bytes > maxPayload 1000`;
      assert.throws(() => socket.emit('e', tooLarge), { message });
      // An acknowledgement has an id, which is one more byte.
      await assert.rejects(socket.emitWithAck('e', tooLarge), (err) => /^100\d bytes > maxPayload 1000$/.test(err.message));
      const got = next(peer, 'e');
      socket.emit('e', fits);
      const [value] = await got;
      assert.equal(value.length, fits.size ?? fits.byteLength ?? fits.length);
      assert.ok(socket.connected);
    });
  }
});

test('with base64 by option', limit, async (t) => {
  const opts = { transports: ['websocket'], forceBase64: true };
  const { socket, peer } = await connected(t, opts, { maxHttpBufferSize: 1000 });
  const got = next(peer, 'e');
  socket.emit('e', Buffer.alloc(747));
  assert.equal((await got)[0].length, 747);
  assert.throws(() => socket.emit('e', Buffer.alloc(748)), { message: '1001 bytes > maxPayload 1000' });
  assert.equal(await socket.timeout(1000).emitWithAck('none').catch((err) => err.message), 'operation has timed out');
});

test('too large, with retries', limit, async (t) => {
  const { socket, peer } = await connected(t, { retries: 3, ackTimeout: 1000 }, { maxHttpBufferSize: 1000 });
  const seen = [];
  peer.onAny((event, ...args) => args.pop()(event) ?? seen.push(event));
  assert.throws(() => socket.emit('large', text(1000)), /bytes > maxPayload 1000/);
  assert.throws(() => socket.emit('large', text(1000), () => assert.fail('called')), /bytes > maxPayload 1000/);
  await assert.rejects(socket.emitWithAck('large', text(1000)), /bytes > maxPayload 1000/);
  assert.equal(await socket.emitWithAck('small'), 'small', 'the queue goes on');
  assert.deepEqual(seen, ['small']);
});

test('found too large when connected', limit, async (t) => {
  const setUp = async (t, opts) => {
    const server = await start(t, { maxHttpBufferSize: 1000 });
    server.on('connection', (peer) => peer.onAny((event, ...args) => args.at(-1)?.(event)));
    return client(t, server.url, opts);
  };
  await t.test('emitWithAck', async (t) => {
    const socket = await setUp(t);
    const large = socket.emitWithAck('large', text(1000));
    const small = socket.emitWithAck('small');
    await assert.rejects(large, /bytes > maxPayload 1000/);
    assert.equal(await small, 'small', 'others go on');
    assert.equal(Object.keys(socket.acks).length, 0);
  });
  await t.test('timeout', async (t) => {
    const socket = await setUp(t);
    const [err] = await new Promise((resolve) => {
      socket.timeout(1000).emit('large', text(1000), (...args) => resolve(args));
    });
    assert.match(err.message, /bytes > maxPayload 1000/);
  });
  for (const [name, args] of [['no callback', []], ['a callback that takes no error', [() => assert.fail('called')]]]) {
    await t.test(name, async (t) => {
      const socket = await setUp(t);
      const error = next(socket.io, 'error');
      socket.emit('large', text(1000), ...args);
      assert.match((await error)[0].message, /bytes > maxPayload 1000/);
      assert.equal(await socket.emitWithAck('small'), 'small');
    });
  }
  await t.test('retries', async (t) => {
    const socket = await setUp(t, { retries: 2, ackTimeout: 1000 });
    const large = socket.emitWithAck('large', text(1000));
    const small = socket.emitWithAck('small');
    await assert.rejects(large, /bytes > maxPayload 1000/);
    assert.equal(await small, 'small', 'others go on');
  });
});

test('maxBuffer', limit, async (t) => {
  for (const [name, opts] of [['one packet each', {}], ['retries', { retries: 1, ackTimeout: 1000 }]]) {
    await t.test(name, async (t) => {
      const server = await start(t);
      const seen = [];
      server.on('connection', (peer) => {
        peer.onAny((event, n, answer) => {
          seen.push(n);
          answer?.(n);
        });
      });
      const socket = client(t, server.url, { autoConnect: false, maxBuffer: 2, ...opts });
      socket.emit('e', 1);
      const second = socket.emitWithAck('e', 2);
      assert.throws(() => socket.emit('e', 3), { message: 'maxBuffer (2) is full' });
      await assert.rejects(socket.emitWithAck('e', 4), { message: 'maxBuffer (2) is full' });
      socket.volatile.emit('e', 5); // never waits
      socket.connect();
      assert.equal(await second, 2);
      const many = await Promise.all([6, 7, 8, 9].map((n) => socket.emitWithAck('e', n)));
      assert.deepEqual(many, [6, 7, 8, 9]);
      socket.disconnect();
      socket.emit('e', 10);
      socket.emit('e', 11);
      assert.throws(() => socket.emit('e', 12), { message: 'maxBuffer (2) is full' });
      assert.deepEqual(seen, [1, 2, 6, 7, 8, 9]);
    });
  }
  await t.test('zero keeps nothing', (t) => {
    const socket = client(t, 'http://localhost:1', { autoConnect: false, maxBuffer: 0 });
    assert.throws(() => socket.emit('e'), { message: 'maxBuffer (0) is full' });
  });
  await t.test('none by default', (t) => {
    const socket = client(t, 'http://localhost:1', { autoConnect: false });
    for (let n = 0; n < 1000; n++) socket.emit('e', n);
    assert.equal(socket.sendBuffer.length, 1000);
  });
  await t.test('given up, room again', limit, async (t) => {
    const socket = client(t, 'http://localhost:1', { autoConnect: false, maxBuffer: 1 });
    await assert.rejects(socket.timeout(1).emitWithAck('e'), { message: 'operation has timed out' });
    socket.emit('e');
    assert.equal(socket.sendBuffer.length, 1);
  });
});

test('what cannot be sent', limit, async (t) => {
  const circular = {};
  circular.self = circular;
  const { socket } = await connected(t);
  const offline = client(t, 'http://localhost:1', { autoConnect: false });
  const retrying = client(t, 'http://localhost:1', { autoConnect: false, retries: 1 });
  for (const [name, socketOf] of Object.entries({ socket, offline, retrying })) {
    for (const [what, args, error] of [
      ['circular', ['e', circular], Error],
      ['BigInt', ['e', 1n], TypeError],
      ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map((event) => [
        event,
        [event],
        { message: `"${event}" is a reserved event name` },
      ]),
    ]) {
      await t.test(`${name}, ${what}`, async () => {
        assert.throws(() => socketOf.emit(...args), error);
        assert.throws(() => socketOf.emit(...args, () => assert.fail('called')), error);
        await assert.rejects(socketOf.emitWithAck(...args), error);
        assert.deepEqual([socketOf.sendBuffer.length, socketOf._queue.length], [0, 0]);
      });
    }
  }
  assert.ok(socket.connected);
});

test('volatile', limit, async (t) => {
  const server = await start(t);
  const socket = client(t, server.url);
  const seen = [];
  server.on('connection', (peer) => peer.onAny((event, answer) => seen.push(event) && answer?.()));
  socket.volatile.emit('offline');
  socket.emit('kept');
  await next(socket, 'connect');
  if (!socket.io.engine.transport.writable) await next(socket.io.engine, 'drain');
  socket.volatile.emit('online');
  await socket.emitWithAck('last');
  assert.deepEqual(seen, ['kept', 'online', 'last']);
  const got = await new Promise((resolve) => {
    socket.disconnect().timeout(1).volatile.emit('nobody', resolve);
  });
  assert.equal(got.message, 'operation has timed out');
});

test('compress', limit, async (t) => {
  const { socket } = await connected(t, { transports: ['websocket'] });
  const options = [];
  socket.io.engine.on('packetCreate', ({ options: { compress } }) => options.push(compress));
  socket.compress(false).emit('a').emit('b'); // the flag counts for one event only
  socket.compress(true).emit('c');
  assert.deepEqual(options, [false, true, true]);
});

test('timeout', limit, async (t) => {
  const { socket, peer } = await connected(t);
  peer.on('ask', (answer) => answer('yes'));
  const args = await new Promise((resolve) => socket.timeout(1000).emit('ask', (...args) => resolve(args)));
  assert.deepEqual(args, [null, 'yes']);
  assert.equal(await socket.timeout(1000).emitWithAck('ask'), 'yes');
  await assert.rejects(socket.timeout(5).emitWithAck('nobody'), { message: 'operation has timed out' });
  assert.equal(Object.keys(socket.acks).length, 0);
  const lost = socket.timeout(60_000).emitWithAck('nobody');
  const plain = socket.emitWithAck('nobody');
  socket.disconnect();
  for (const promise of [lost, plain]) await assert.rejects(promise, { message: 'socket has been disconnected' });
});

test('binary data', limit, async (t) => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
  const plain = Buffer.from(bytes);
  for (const transport of transports) {
    const { socket, peer } = await connected(t, { transports: [transport] });
    peer.on('echo', (...args) => args.pop()(...args));
    for (const [name, value, want] of [
      ['Buffer', plain, plain],
      ['Buffer, part of', plain.subarray(3, 9), plain.subarray(3, 9)],
      ['ArrayBuffer', bytes.buffer, plain],
      ['Uint8Array, part of', bytes.subarray(250), plain.subarray(250)],
      ['Uint16Array', new Uint16Array(bytes.buffer, 2, 4), plain.subarray(2, 10)],
      ['DataView', new DataView(bytes.buffer, 1, 2), plain.subarray(1, 3)],
      ['Blob', new Blob([bytes]), plain],
      ['File', ...(globalThis.File ? [new File([bytes], 'f')] : [new Blob([bytes])]), plain],
      ['empty', new ArrayBuffer(0), Buffer.alloc(0)],
    ]) {
      await t.test(`${name}, ${transport}`, async () => {
        const got = await socket.emitWithAck('echo', { value: [value, { value }] });
        assert.deepEqual(got, { value: [want, { value: want }] });
      });
    }
    await t.test(`order, ${transport}`, async () => {
      const seen = [];
      peer.on('n', (n) => seen.push(Buffer.isBuffer(n) ? n.toString() : n));
      socket.emit('n', 1).emit('n', new Blob(['2'])).emit('n', 3).emit('n', Buffer.from('4'));
      socket.emit('n', new Blob(['5'])).emit('n', new Blob(['6']));
      await socket.emitWithAck('echo');
      assert.deepEqual(seen, [1, '2', 3, '4', '5', '6']);
    });
  }
});
