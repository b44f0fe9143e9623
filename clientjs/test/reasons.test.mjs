// Every disconnect says its cause.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { io as webSocketIo } from '../dist/esm/ws-node.js';
import { client, connected, limit, next, startHttp } from './server.mjs';

/** A server that completes the handshakes of both protocols, and then does what it is told with the WebSocket. */
async function startRaw(t, { pingInterval = 60_000, pingTimeout = 60_000, then = () => {} } = {}) {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (ws) => {
    ws.send('0' + JSON.stringify({ sid: 'x', upgrades: [], pingInterval, pingTimeout, maxPayload: 1e6 }));
    ws.once('message', () => {
      ws.send('40{"sid":"y"}');
      then(ws);
    });
  });
  t.after(() => server.clients.forEach((ws) => ws.terminate()));
  return startHttp(t, http);
}

/** What is wanted of the details of a disconnect: that their description, or the message of an error, matches. */
function checkDetails([reason, details], wantReason, want) {
  assert.equal(reason, wantReason);
  assert.match(details instanceof Error ? details.message : details.description, want);
}

test('a server of socket.io ends it', limit, async (t) => {
  for (const [name, end, reason, polling, websocket] of [
    ['server disconnect', ({ peer }) => peer.disconnect(), 'io server disconnect', /by the server/],
    ['server disconnect and close', ({ peer }) => peer.disconnect(true), 'io server disconnect', /by the server/],
    ['client disconnect', ({ socket }) => socket.disconnect(), 'io client disconnect', /by the client/],
    ['client close', ({ socket }) => socket.close(), 'io client disconnect', /by the client/],
    ['manager disconnect', ({ socket }) => socket.io.disconnect(), 'forced close', /by the client/],
    ['engine closed', ({ socket }) => socket.io.engine.close(), 'forced close', /by the client/],
    [
      'engine closed by the server',
      ({ peer }) => peer.conn.close(),
      'transport close',
      /transport closed by the server/,
      /websocket connection closed/,
    ],
  ]) {
    for (const transport of ['polling', 'websocket']) {
      await t.test(`${name}, ${transport}`, async (t) => {
        const all = await connected(t, { transports: [transport] });
        const disconnect = next(all.socket, 'disconnect');
        end(all);
        checkDetails(await disconnect, reason, (transport == 'websocket' && websocket) || polling);
        assert.equal(all.socket.connected, false);
        assert.equal(all.socket.id, undefined);
      });
    }
  }
});

test('the server is closed', limit, async (t) => {
  for (const [transport, reason, want] of [
    ['polling', 'transport error', /xhr poll error/],
    ['websocket', 'transport close', /websocket connection closed/],
  ]) {
    await t.test(transport, async (t) => {
      const { socket, server } = await connected(t, { transports: [transport] });
      const disconnect = next(socket, 'disconnect');
      server.engine.close();
      checkDetails(await disconnect, reason, want);
    });
  }
});

test('the connection is cut', limit, async (t) => {
  await t.test('polling', async (t) => {
    const { socket, server } = await connected(t, { transports: ['polling'] });
    const disconnect = next(socket, 'disconnect');
    const cut = setInterval(() => server.httpServer.closeAllConnections(), 10); // until the poll is among them
    t.after(() => clearInterval(cut));
    const args = await disconnect;
    checkDetails(args, 'transport error', /xhr poll error/);
    assert.equal(args[1].type, 'TransportError');
    assert.equal(args[1].description.code, 'ECONNRESET');
  });
  await t.test('websocket', async (t) => {
    const { socket, peer } = await connected(t, { transports: ['websocket'] });
    const disconnect = next(socket, 'disconnect');
    peer.conn.transport.socket.terminate();
    const args = await disconnect;
    checkDetails(args, 'transport close', /websocket connection closed/);
    assert.equal(args[1].context.code, 1006);
  });
  await t.test('the session is unknown', async (t) => {
    const { socket, server } = await connected(t, { transports: ['polling'] });
    const { clients } = server.engine;
    const { id } = socket.io.engine;
    const conn = clients[id];
    t.after(() => conn.close(true));
    delete clients[id];
    const disconnect = next(socket, 'disconnect');
    socket.emit('e');
    const args = await disconnect;
    checkDetails(args, 'transport error', /xhr (poll|post) error/); // whichever comes first
    assert.equal(args[1].description, 400);
  });
});

test('a server that is broken', limit, async (t) => {
  for (const [name, send, reason, message] of [
    ['unknown type of packet', '49', 'parse error', /./],
    ['event that is no array', '42{}', 'parse error', /./],
    ['JSON that is none', '42["e",', 'parse error', /./],
    ['reserved event', '42["connect"]', 'parse error', /./],
    ['too many attachments', '451e9-["e"]', 'parse error', /./],
    ['text between attachments', ['451-["e",{"_placeholder":true,"num":0}]', '42["e"]'], 'parse error', /./],
    ['unexpected attachment', Buffer.from('e'), 'parse error', /./],
    ['unknown packet of the engine', 'x', 'transport error', /parser error/],
    ['second handshake', '0{}', 'transport error', /./],
  ]) {
    for (const [entry, connect] of Object.entries({ node: undefined, 'ws-node': webSocketIo })) {
      await t.test(`${name}, ${entry}`, async (t) => {
        const url = await startRaw(t, { then: (ws) => [send].flat().forEach((data) => ws.send(data)) });
        const socket = client(t, url, { transports: ['websocket'] }, connect);
        const args = await next(socket, 'disconnect');
        assert.ok(args[1] instanceof Error);
        checkDetails(args, reason, message);
      });
    }
  }
});

test('a server that falls silent', limit, async (t) => {
  for (const [entry, connect] of Object.entries({ node: undefined, 'ws-node': webSocketIo })) {
    await t.test(entry, async (t) => {
      const url = await startRaw(t, { pingInterval: 20, pingTimeout: 10 });
      const socket = client(t, url, { transports: ['websocket'] }, connect);
      checkDetails(await next(socket, 'disconnect'), 'ping timeout', /^no ping in 30 ms$/);
    });
  }
});

test('a clock that has gone on', limit, async (t) => {
  const url = await startRaw(t);
  const socket = client(t, url, { transports: ['websocket'] });
  await next(socket, 'connect');
  const disconnect = next(socket, 'disconnect');
  socket.io.engine._pingTimeoutTime = Date.now() - 1; // the device has slept
  const answer = socket.emitWithAck('e');
  assert.equal(socket.sendBuffer.length, 1, 'it waits for the next connection');
  checkDetails(await disconnect, 'ping timeout', /^no ping in 120000 ms$/);
  socket.sendBuffer = [];
  answer.catch(() => {});
});

test('the Manager says it, too', limit, async (t) => {
  const { socket, peer } = await connected(t, { transports: ['websocket'] });
  const close = next(socket.io, 'close');
  peer.conn.close();
  checkDetails(await close, 'transport close', /websocket connection closed/);
});

test('failing to connect', limit, async (t) => {
  const url = await startHttp(t, createServer((req, res) => res.writeHead(418).end()));
  for (const [name, opts, message, description] of [
    ['polling', { transports: ['polling'] }, 'xhr poll error', (d) => d == 418],
    ['websocket', { transports: ['websocket'] }, 'websocket error', (d) => /418/.test(d.message)],
  ]) {
    await t.test(name, async (t) => {
      const [err] = await next(client(t, url, opts), 'connect_error');
      assert.equal(err.message, message);
      assert.ok(description(err.description), String(err.description));
      assert.equal(err.type, 'TransportError');
    });
  }
  await t.test('timeout', async (t) => {
    const silent = await startHttp(t, createServer(() => {}));
    const [err] = await next(client(t, silent, { timeout: 10 }), 'connect_error');
    assert.equal(err.message, 'timeout');
  });
  await t.test('no Socket.IO', async (t) => {
    const page = await startHttp(t, createServer((req, res) => res.end('<html>')));
    const [err] = await next(client(t, page), 'connect_error');
    assert.equal(err.message, 'parser error');
  });
});
