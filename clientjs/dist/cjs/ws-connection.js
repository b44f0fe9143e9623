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
var ws_connection_exports = {};
__export(ws_connection_exports, {
  WebSocketConnection: () => WebSocketConnection
});
module.exports = __toCommonJS(ws_connection_exports);
var import_connection = require("./connection.js");
var import_open_websocket = require("./open-websocket.js");
var import_packet = require("./packet.js");
var import_url = require("./url.js");
class WebSocketConnection extends import_connection.Connection {
  constructor(uri, options, host) {
    super(uri, options, host, "arraybuffer");
    /** What tells of a connection by several transports which one it is. */
    this.transport = { name: "websocket", writable: false };
    const { opts } = this;
    const query = { ...opts.query, EIO: import_packet.protocol, transport: "websocket" };
    const ws = this.ws_ = this.create_((0, import_url.uriOf)(opts.secure ? "wss" : "ws", opts, query, opts.timestampRequests));
    ws.binaryType = "arraybuffer";
    ws.onmessage = ({ data }) => this.onPacket_((0, import_packet.decode)(data));
    ws.onclose = (context) => this.end_("transport close", { description: "websocket connection closed", context });
    ws.onerror = (err) => this.fail_(Object.assign(new Error("websocket error"), { context: err }));
  }
  create_(uri) {
    const { opts } = this;
    return false ? new WebSocket(uri, opts.protocols || []) : (0, import_open_websocket.openWebSocket)(uri, opts);
  }
  push_(packet) {
    const { transport } = this;
    this.ws_.send((0, import_packet.encode)(packet), packet.options);
    this.emit_("flush");
    transport.writable = false;
    Promise.resolve().then(() => {
      transport.writable = this.readyState == "open";
      this.emit_("drain");
    });
  }
  stop_() {
    this.transport.writable = false;
    this.ws_.close();
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  WebSocketConnection
});
