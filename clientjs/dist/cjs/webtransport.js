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
var import_transport = require("./transport.js");
class WebTransport extends import_transport.Transport {
  get name() {
    return "webtransport";
  }
  doOpen() {
    this.run_().catch((err) => this.onError("webtransport error", err));
  }
  async run_() {
    const options = this.opts.transportOptions[this.name];
    const session = new globalThis.WebTransport(this.createUri("https"), options);
    this.session_ = session;
    session.closed.then(
      () => this.onClose(),
      (err) => this.onError("webtransport error", err)
    );
    await session.ready;
    const { readable, writable } = await session.createBidirectionalStream();
    this.writer_ = writable.getWriter();
    const { sid } = this.query;
    await this.frame_({ type: "open", data: sid && JSON.stringify({ sid }) });
    this.onOpen();
    await this.read_(readable.getReader());
  }
  /** Cuts the stream into packets. Each comes after its length, in the form of WebSocket, and a bit for binary data. */
  async read_(reader) {
    let rest = new Uint8Array();
    const take = async (size) => {
      if (rest.length < size) {
        const chunks = [rest];
        for (let missing = size - rest.length; missing > 0; missing -= chunks[chunks.length - 1].length) {
          const { value } = await reader.read();
          if (!value) return new Promise(() => {
          });
          chunks.push(value);
        }
        rest = concat(chunks);
      }
      const taken = rest.slice(0, size);
      rest = rest.subarray(size);
      return taken;
    };
    for (; ; ) {
      const head = (await take(1))[0];
      let size = head & 127;
      if (size > 125) {
        const view = new DataView((await take(size == 126 ? 2 : 8)).buffer);
        size = size == 126 ? view.getUint16(0) : view.getUint32(0) * 2 ** 32 + view.getUint32(4);
      }
      const data = await take(size);
      this.onPacket((0, import_packet.decodePacket)(head & 128 ? data : new TextDecoder().decode(data), this.socket.binaryType));
    }
  }
  write(packets) {
    this.writable = false;
    (async () => {
      for (const packet of packets) await this.frame_(packet);
      this.drained();
    })().catch((err) => this.onError("webtransport error", err));
  }
  async frame_(packet) {
    let data;
    (0, import_packet.encodePacket)(packet, true, (encoded) => data = encoded);
    const text = typeof data == "string";
    if ((0, import_packet.isBlob)(data)) data = await data.arrayBuffer();
    const bytes = text ? new TextEncoder().encode(data) : (0, import_packet.bytesOf)(data);
    const size = bytes.length;
    const head = new Uint8Array(size < 126 ? 1 : size < 65536 ? 3 : 9);
    const view = new DataView(head.buffer);
    head[0] = text ? 0 : 128;
    if (size < 126) {
      head[0] += size;
    } else if (size < 65536) {
      head[0] += 126;
      view.setUint16(1, size);
    } else {
      head[0] += 127;
      view.setUint32(1, size / 2 ** 32);
      view.setUint32(5, size);
    }
    return this.writer_.write(concat([head, bytes]));
  }
  doClose() {
    this.session_?.close();
  }
}
function concat(chunks) {
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  WebTransport
});
