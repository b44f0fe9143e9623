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
var webtransport_exports = {};
__export(webtransport_exports, {
  WebTransport: () => WebTransport
});
module.exports = __toCommonJS(webtransport_exports);
var import_packet = require("./packet.js");
var import_payload = require("./payload.js");
var import_transport = require("./transport.js");
var import_url = require("./url.js");
class WebTransport extends import_transport.Transport {
  get name() {
    return "webtransport";
  }
  /** Runs something that may fail. */
  async try_(fn) {
    try {
      await fn();
    } catch (err) {
      this.fail_("webtransport error", err);
    }
  }
  open_() {
    this.try_(async () => {
      const { opts_: opts, query } = this;
      const { WebTransport: WebTransport2 } = globalThis;
      const session = new WebTransport2((0, import_url.uriOf)("https", opts, {}), opts.transportOptions?.[this.name]);
      this.session_ = session;
      this.try_(() => session.closed.then(() => this.end_({ description: "transport closed by the server" })));
      await session.ready;
      const { readable, writable } = await session.createBidirectionalStream();
      this.writer_ = writable.getWriter();
      await this.frame_({ type: "open", data: query.sid && JSON.stringify({ sid: query.sid }) });
      this.opened_();
      await this.read_(readable.getReader());
    });
  }
  /** Cuts the stream into packets. Each comes after its length, in the form of WebSocket, and a bit for binary data. */
  async read_(reader) {
    let rest = new Uint8Array();
    const take = async (size) => {
      while (rest.length < size) {
        const { value } = await reader.read();
        if (!value) return new Promise(() => {
        });
        rest = concat(rest, value);
      }
      const taken = rest.slice(0, size);
      rest = rest.subarray(size);
      return taken;
    };
    for (; ; ) {
      const head = (await take(1))[0];
      let size = head & 127;
      if (size > 125) size = (await take(size > 126 ? 8 : 2)).reduce((sum, byte) => sum * 256 + byte, 0);
      const data = await take(size);
      this.onPacket_((0, import_payload.decodePacket)(head > 127 ? data : new TextDecoder().decode(data), this.host_.binaryType));
    }
  }
  push_(packets) {
    this.writable = false;
    this.try_(async () => {
      for (const packet of packets) await this.frame_(packet);
      this.drained_();
    });
  }
  async frame_(packet) {
    let data = (0, import_packet.encode)(packet);
    const binary = typeof data == "string" ? 0 : 128;
    if (data instanceof Blob) data = await data.arrayBuffer();
    const bytes = binary ? (0, import_payload.bytesOf)(data) : new TextEncoder().encode(data);
    const size = bytes.length;
    const length = [size >>> 24, size >>> 16, size >>> 8, size];
    const head = size < 126 ? [size] : size < 65536 ? [126, ...length.slice(2)] : [127, 0, 0, 0, 0, ...length];
    head[0] += binary;
    return this.writer_.write(concat(Uint8Array.from(head), bytes));
  }
  stop_() {
    this.session_?.close();
  }
}
function concat(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  WebTransport
});
