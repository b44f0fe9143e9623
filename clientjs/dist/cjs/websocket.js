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
var websocket_exports = {};
__export(websocket_exports, {
  WebSocket: () => WebSocket
});
module.exports = __toCommonJS(websocket_exports);
var import_packet = require("./packet.js");
var import_transport = require("./transport.js");
class WebSocket extends import_transport.Transport {
  get name() {
    return "websocket";
  }
  doOpen() {
    const { timestampRequests, secure, protocols } = this.opts;
    const query = timestampRequests ? this.uniqueQuery() : { ...this.query };
    if (!this.supportsBinary) query.b64 = 1;
    let ws;
    try {
      ws = this.ws = this.createSocket(this.createUri(secure ? "wss" : "ws", query), protocols);
    } catch (err) {
      Promise.resolve().then(() => this.onError("websocket error", err));
      return;
    }
    ws.binaryType = this.socket.binaryType == "blob" ? "blob" : "arraybuffer";
    ws.onopen = () => this.onOpen();
    ws.onclose = (context) => this.onClose({ description: "websocket connection closed", context });
    ws.onmessage = (ev) => this.onData(ev.data);
    ws.onerror = (ev) => this.onError("websocket error", ev);
  }
  /** Returns a WebSocket that connects. */
  createSocket(uri, protocols) {
    const WebSocket2 = globalThis.WebSocket;
    return typeof navigator != "undefined" && navigator.product == "ReactNative" ? new WebSocket2(uri, protocols, { headers: this.opts.extraHeaders }) : new WebSocket2(uri, protocols || []);
  }
  write(packets) {
    this.writable = false;
    let missing = packets.length;
    for (const packet of packets) {
      (0, import_packet.encodePacket)(packet, this.supportsBinary, (data) => {
        try {
          this.doWrite(packet, data);
        } catch {
        }
        if (!--missing) this.drained();
      });
    }
  }
  /** Sends what a packet is encoded as. */
  doWrite(_packet, data) {
    this.ws.send(data);
  }
  doClose() {
    const { ws } = this;
    if (!ws) return;
    ws.onerror = () => {
    };
    ws.close();
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  WebSocket
});
