import { lookup } from "./lookup.js";
import { BaseManager } from "./manager.js";
import { NodeWebSocketConnection } from "./node-ws-connection.js";
class Manager extends BaseManager {
  /** @internal */
  connect_(uri, opts) {
    return new NodeWebSocketConnection(uri, opts, this);
  }
}
const io = /* @__PURE__ */ lookup(Manager);
export * from "./exports.js";
export {
  Manager,
  io as connect,
  io as default,
  io
};
