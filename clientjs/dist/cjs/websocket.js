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
var import_open_websocket = require("./open-websocket.js");
var import_packet = require("./packet.js");
var import_payload = require("./payload.js");
var import_transport = require("./transport.js");
var import_url = require("./url.js");
class WebSocket extends import_transport.Transport {
  get name() {
    return "websocket";
  }
  open_() {
    const { opts_: opts, query } = this;
    if (opts.forceBase64) query.b64 = 1;
    try {
      const ws = this.create_((0, import_url.uriOf)(opts.secure ? "wss" : "ws", opts, query, opts.timestampRequests));
      this.ws_ = ws;
      ws.binaryType = this.host_.binaryType == "blob" ? this.host_.binaryType : "arraybuffer";
      ws.onopen = () => this.opened_();
      ws.onclose = (context) => this.end_({ description: "websocket connection closed", context });
      ws.onmessage = ({ data }) => this.onPacket_((0, import_payload.decodePacket)(data, this.host_.binaryType));
      ws.onerror = (ev) => this.fail_("websocket error", ev);
    } catch (err) {
      Promise.resolve().then(() => this.fail_("websocket error", err));
    }
  }
  /** Returns a WebSocket that connects. */
  create_(uri) {
    return (0, import_open_websocket.openWebSocket)(uri, this.opts_);
  }
  push_(packets) {
    this.writable = false;
    this.write_(packets).then(
      () => this.drained_(),
      (err) => this.fail_("websocket error", err)
    );
  }
  async write_(packets) {
    for (const packet of packets) {
      this.send_(packet, this.opts_.forceBase64 ? await (0, import_payload.encodeText)(packet) : (0, import_packet.encode)(packet));
    }
  }
  /** Sends what a packet is encoded as. */
  send_(_packet, data) {
    this.ws_.send(data);
  }
  stop_() {
    const { ws_: ws } = this;
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
