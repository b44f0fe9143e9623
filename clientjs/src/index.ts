// The entry for browsers, workers, Deno, Bun and React Native: all transports of the platform.

import type { Connection } from './connection.js';
import { Engine, type Platform } from './engine.js';
import { lookup } from './lookup.js';
import { BaseManager } from './manager.js';
import type { EngineOptions } from './options.js';
import type { DefaultEventsMap, EventsMap } from './types.js';
import { Fetch } from './polling.js';
import { WebSocket } from './websocket.js';
import { WebTransport } from './webtransport.js';
import { XHR } from './xhr.js';

const platform: Platform = {
  transports: { polling: Fetch, websocket: WebSocket, webtransport: WebTransport },
  binaryType: 'arraybuffer',
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
export {
  io,
  io as connect,
  io as default,
  Fetch,
  WebSocket,
  WebTransport,
  XHR,
  XHR as NodeXHR,
  WebSocket as NodeWebSocket,
};
export type { TransportCtor, TransportError } from './transport.js';
