import { lookup } from "./lookup.js";
import { BaseManager } from "./manager.js";
import { WebSocket } from "./websocket.js";
const platform = {
  transports: { websocket: WebSocket },
  binaryType: "arraybuffer"
};
class Manager extends BaseManager {
  get platform() {
    return platform;
  }
}
const io = /* @__PURE__ */ lookup(Manager);
export * from "./exports.js";
export {
  Manager,
  WebSocket,
  io as connect,
  io as default,
  io
};
