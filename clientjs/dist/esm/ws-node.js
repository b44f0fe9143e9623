import { lookup } from "./lookup.js";
import { BaseManager } from "./manager.js";
import { NodeWebSocket } from "./node-websocket.js";
import { CookieJar } from "./cookies.js";
const platform = {
  transports: { websocket: NodeWebSocket },
  binaryType: "nodebuffer",
  createCookieJar: () => new CookieJar()
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
  NodeWebSocket,
  NodeWebSocket as WebSocket,
  io as connect,
  io as default,
  io
};
