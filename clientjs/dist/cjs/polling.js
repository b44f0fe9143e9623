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
var polling_exports = {};
__export(polling_exports, {
  Fetch: () => Fetch,
  Polling: () => Polling,
  closing: () => closing
});
module.exports = __toCommonJS(polling_exports);
var import_packet = require("./packet.js");
var import_transport = require("./transport.js");
class Polling extends import_transport.Transport {
  constructor() {
    super(...arguments);
    this.polling_ = false;
  }
  get name() {
    return "polling";
  }
  doOpen() {
    this.poll_();
  }
  pause(onPause) {
    this.readyState = "pausing";
    const check = () => {
      if (this.polling_) {
        this.once("pollComplete", check);
      } else if (!this.writable) {
        this.once("drain", check);
      } else {
        this.readyState = "paused";
        onPause();
      }
    };
    check();
  }
  poll_() {
    this.polling_ = true;
    this.doPoll();
    this.emitReserved("poll");
  }
  onData(data) {
    for (const packet of (0, import_packet.decodePayload)(data, this.socket.binaryType)) {
      if (packet.type == "open") {
        if (this.readyState == "opening") {
          this.onOpen();
        } else if (this.readyState == "closed") {
          this.query.sid = JSON.parse(packet.data).sid;
          this.doClose();
        }
      }
      if (this.readyState == "closed") return;
      if (packet.type == "close") return this.onClose({ description: "transport closed by the server" });
      this.onPacket(packet);
    }
    this.polling_ = false;
    this.emitReserved("pollComplete");
    if (this.readyState == "open") this.poll_();
  }
  doClose() {
    if (this.query.sid) this.write([{ type: "close" }]);
  }
  write(packets) {
    this.writable = false;
    (0, import_packet.encodePayload)(
      packets,
      (data) => this.doWrite(data, () => {
        this.writable = true;
        this.emitReserved("drain");
      })
    );
  }
  /** The URL of a request. */
  uri() {
    const query = this.opts.timestampRequests === false ? { ...this.query } : this.uniqueQuery();
    if (!this.supportsBinary && !query.sid) query.b64 = 1;
    return this.createUri(this.opts.secure ? "https" : "http", query);
  }
}
const closing = "1";
class Fetch extends Polling {
  constructor() {
    super(...arguments);
    this.abort_ = new AbortController();
  }
  doPoll() {
    this.fetch_("read", (text) => this.onData(text));
  }
  doWrite(data, callback) {
    this.fetch_("write", callback, data);
  }
  fetch_(what, callback, body) {
    const { opts, abort_, socket } = this;
    const headers = new Headers(opts.extraHeaders);
    if (body) headers.set("content-type", "text/plain;charset=UTF-8");
    const abort = () => abort_.abort();
    const timer = opts.requestTimeout && socket.setTimeoutFn(abort, opts.requestTimeout);
    const last = body == closing;
    fetch(this.uri(), {
      method: body ? "POST" : "GET",
      body,
      headers,
      credentials: opts.withCredentials ? "include" : "same-origin",
      // as XMLHttpRequest has it
      keepalive: last,
      // it may be sent by a page that goes
      signal: last ? null : abort_.signal
    }).then((response) => response.ok ? response.text() : Promise.reject(response)).finally(() => {
      socket.clearTimeoutFn(timer);
      if (last) abort();
    }).then(callback, (error) => this.onError(`fetch ${what} error`, error.status ?? error, error));
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Fetch,
  Polling,
  closing
});
