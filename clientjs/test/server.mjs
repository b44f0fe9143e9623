// Servers for tests, and clients of them: all of them end with their test.

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from '../dist/esm/node.js';

/** Starts a server of socket.io on a free port, on an HTTP server that may be given. */
export async function start(t, opts = {}, http = createServer()) {
  const server = new Server(http, opts);
  // How long the last word waits for a poll to answer. Otherwise it is 30 seconds, for which tests would not end.
  server.engine.on('connection', ({ transport }) => (transport.closeTimeout = 50));
  t.after(() => {
    for (const conn of Object.values(server.engine.clients)) conn.close(true);
    server.close();
    http.closeAllConnections();
  });
  server.url = `${http.key ? 'https' : 'http'}://localhost:${await listen(http)}`;
  return server;
}

/** Starts an HTTP server that is no Socket.IO server yet, and returns its URL. */
export async function startHttp(t, http) {
  t.after(() => {
    http.close();
    http.closeAllConnections();
  });
  return `http://localhost:${await listen(http)}`;
}

async function listen(http) {
  await new Promise((resolve) => http.listen(0, resolve));
  return http.address().port;
}

/** A socket of its own connection, which does not reconnect unless told to. */
export function client(t, url, opts = {}, connect = io) {
  const socket = connect(url, { forceNew: true, reconnection: false, reconnectionDelay: 1, ...opts });
  t.after(() => {
    socket.disconnect();
    socket.io.disconnect();
  });
  return socket;
}

/** The arguments with which an event comes next. */
export function next(emitter, event) {
  return new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
}

/** Starts a server and a client, and returns both once they are connected, with the server's socket. */
export async function connected(t, opts = {}, serverOpts = {}) {
  const server = await start(t, serverOpts);
  const connection = next(server, 'connection');
  const socket = client(t, server.url, opts);
  await next(socket, 'connect');
  const [peer] = await connection;
  return { server, socket, peer };
}

/** A port that nobody listens to. */
export async function freePort() {
  const http = createServer();
  const port = await listen(http);
  await new Promise((resolve) => http.close(resolve));
  return port;
}

/** What runs tests so that one that waits for ever fails. */
export const limit = { timeout: 5000 };
