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
var transport_exports = {};
__export(transport_exports, {
  Transport: () => Transport,
  TransportError: () => TransportError
});
module.exports = __toCommonJS(transport_exports);
var import_emitter = require("./emitter.js");
var import_packet = require("./packet.js");
var import_url = require("./url.js");
class TransportError extends Error {
  constructor(reason, description, context) {
    super(reason);
    this.description = description;
    this.context = context;
    this.type = "TransportError";
  }
}
class Transport extends import_emitter.Emitter {
  constructor(opts) {
    super();
    /** Whether packets may be given to send: the ones before have left. */
    this.writable = false;
    this.opts = opts;
    this.query = opts.query;
    this.socket = opts.socket;
    this.supportsBinary = !opts.forceBase64;
  }
  /** Opens the transport. */
  open() {
    this.readyState = "opening";
    this.doOpen();
    return this;
  }
  /** Closes the transport. */
  close() {
    if (this.readyState == "opening" || this.readyState == "open") {
      this.doClose();
      this.onClose();
    }
    return this;
  }
  /** Sends packets. To be called if writable only; `drain` follows. */
  send(packets) {
    if (this.readyState == "open") this.write(packets);
  }
  /** Calls back when nothing is under way any more. For transports that another one takes over from. */
  pause(_onPause) {
  }
  onError(reason, description, context) {
    return this.emitReserved("error", new TransportError(reason, description, context));
  }
  onOpen() {
    this.readyState = "open";
    this.writable = true;
    this.emitReserved("open");
  }
  onData(data) {
    this.onPacket((0, import_packet.decodePacket)(data, this.socket.binaryType));
  }
  onPacket(packet) {
    this.emitReserved("packet", packet);
  }
  onClose(details) {
    this.readyState = "closed";
    this.emitReserved("close", details);
  }
  /** Tells that packets may be given again, once the engine has taken note of those that have been sent. */
  drained() {
    Promise.resolve().then(() => {
      this.writable = true;
      this.emitReserved("drain");
    });
  }
  /** The URL of a request. */
  createUri(schema, query = {}) {
    const { secure, port, hostname, path } = this.opts;
    const text = (0, import_url.encodeQuery)(query);
    return `${schema}://${(0, import_url.hostInUrl)(hostname)}` + (port && +port != (secure ? 443 : 80) ? ":" + port : "") + path + (text && "?" + text);
  }
  /** The query of a request, with a parameter that makes it one of a kind. */
  uniqueQuery() {
    return { ...this.query, [this.opts.timestampParam]: Date.now().toString(36) + Math.random().toString(36).slice(2, 7) };
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Transport,
  TransportError
});
