// The entry for those who need WebSocket alone: `transports` may still name other classes.

import type { Platform } from './engine.js';
import { lookup } from './lookup.js';
import { BaseManager } from './manager.js';
import type { DefaultEventsMap, EventsMap } from './types.js';
import { WebSocket } from './websocket.js';

const platform: Platform = {
  transports: { websocket: WebSocket },
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
export { io, io as connect, io as default, WebSocket };
