"use strict";
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var node_websocket_exports = {};
__export(node_websocket_exports, {
  NodeWebSocket: () => NodeWebSocket,
  nodeWebSocket: () => nodeWebSocket
});
module.exports = __toCommonJS(node_websocket_exports);
var import_ws = require("ws");
var import_node_options = require("./node-options.js");
var import_packet = require("./packet.js");
var import_websocket = require("./websocket.js");
function nodeWebSocket(uri, opts, cookieJar) {
  const ws = new import_ws.WebSocket(uri, opts.protocols, {
    perMessageDeflate: { threshold: 1024 },
    ...(0, import_node_options.nodeOptions)(opts, ["perMessageDeflate", "protocolVersion", "origin", "maxPayload"]),
    headers: (0, import_node_options.nodeHeaders)(opts, cookieJar)
  });
  if (opts.autoUnref) {
    ws.once("upgrade", ({ socket }) => socket.unref());
  }
  return ws;
}
class NodeWebSocket extends import_websocket.WebSocket {
  create_(uri) {
    return nodeWebSocket(uri, this.opts_, this.host_._cookieJar);
  }
  send_(packet, data) {
    const { threshold = 1024 } = Object(this.opts_.perMessageDeflate);
    this.ws_.send(data, { compress: packet.options?.compress !== false && (0, import_packet.byteLength)(data) >= threshold });
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  NodeWebSocket,
  nodeWebSocket
});
