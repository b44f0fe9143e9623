// The entry for Node.js: transports that know its options for TLS, agents and cookies.

import type { Connection } from './connection.js';
import { Engine, type Platform } from './engine.js';
import { lookup } from './lookup.js';
import { BaseManager } from './manager.js';
import type { EngineOptions } from './options.js';
import type { DefaultEventsMap, EventsMap } from './types.js';
import { CookieJar } from './cookies.js';
import { NodeWebSocket } from './node-websocket.js';
import { NodeXHR } from './node-polling.js';
import { Fetch } from './polling.js';
import { WebSocket } from './websocket.js';
import { WebTransport } from './webtransport.js';
import { XHR } from './xhr.js';

const platform: Platform = {
  transports: { polling: NodeXHR, websocket: NodeWebSocket, webtransport: WebTransport },
  binaryType: 'nodebuffer',
  createCookieJar: () => new CookieJar(),
};

/** Keeps the connection that sockets share. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends BaseManager<ListenEvents, EmitEvents> {
  /** @internal */
  protected connect_(uri: string | undefined, opts: EngineOptions): Connection {
    return new Engine(uri, opts, this, platform);
  }
}

const io = /* @__PURE__ */ lookup(Manager);

export * from './exports.js';
export { io, io as connect, io as default, Fetch, NodeWebSocket, NodeXHR, WebSocket, WebTransport, XHR };
export type { TransportCtor, TransportError } from './transport.js';
