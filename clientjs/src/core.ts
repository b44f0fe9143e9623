// The entry without transports: `io({ transports: [WebSocket] })` takes those along that are named, and no others.

import type { Connection } from './connection.js';
import { Engine, type Platform } from './engine.js';
import { lookup } from './lookup.js';
import { BaseManager } from './manager.js';
import type { EngineOptions } from './options.js';
import type { DefaultEventsMap, EventsMap } from './types.js';

const platform: Platform = {
  transports: {},
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
export { io, io as connect, io as default };
export { Fetch } from './polling.js';
export { WebSocket } from './websocket.js';
export { WebTransport } from './webtransport.js';
export { XHR } from './xhr.js';
export type { TransportCtor, TransportError } from './transport.js';
