import { Engine } from "./engine.js";
import { lookup } from "./lookup.js";
import { BaseManager } from "./manager.js";
const platform = {
  transports: {},
  binaryType: "arraybuffer"
};
class Manager extends BaseManager {
  /** @internal */
  connect_(uri, opts) {
    return new Engine(uri, opts, this, platform);
  }
}
const io = /* @__PURE__ */ lookup(Manager);
export * from "./exports.js";
import { Fetch } from "./polling.js";
import { WebSocket } from "./websocket.js";
import { WebTransport } from "./webtransport.js";
import { XHR } from "./xhr.js";
export {
  Fetch,
  Manager,
  WebSocket,
  WebTransport,
  XHR,
  io as connect,
  io as default,
  io
};
