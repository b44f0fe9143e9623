// The entry without transports: `io({ transports: [WebSocket] })` takes those along that are named, and no others.

import type { Platform } from './engine.js';
import { lookup } from './lookup.js';
import { BaseManager } from './manager.js';
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
  protected get platform(): Platform {
    return platform;
  }
}

const io = /* @__PURE__ */ lookup(Manager);

export * from './exports.js';
export { io, io as connect, io as default };
export { Fetch } from './polling.js';
export { WebSocket } from './websocket.js';
export { WebTransport } from './webtransport.js';
export { XHR } from './xhr.js';
