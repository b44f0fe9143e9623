// The entry for those who need WebSocket alone.

import type { Connection } from './connection.js';
import { lookup } from './lookup.js';
import { BaseManager } from './manager.js';
import type { EngineOptions } from './options.js';
import type { DefaultEventsMap, EventsMap } from './types.js';
import { WebSocketConnection } from './ws-connection.js';

/** Keeps the connection that sockets share. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends BaseManager<ListenEvents, EmitEvents> {
  /** @internal */
  protected connect_(uri: string | undefined, opts: EngineOptions): Connection {
    return new WebSocketConnection(uri, opts, this);
  }
}

const io = /* @__PURE__ */ lookup(Manager);

export * from './exports.js';
export { io, io as connect, io as default };
