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
var connection_exports = {};
__export(connection_exports, {
  Connection: () => Connection
});
module.exports = __toCommonJS(connection_exports);
var import_emitter = require("./emitter.js");
var import_packet = require("./packet.js");
var import_url = require("./url.js");
class Connection extends import_emitter.Emitter {
  constructor(uri, opts, host, binaryType) {
    super();
    /** The id of the session, which only server and client know. */
    this.id = null;
    this.readyState = "opening";
    /** When the server must have been heard of. Timers stand still while a device sleeps. */
    this._pingTimeoutTime = Infinity;
    const { query } = opts;
    this.opts = {
      ...(0, import_url.url)(opts.hostname || opts.host),
      ...opts,
      ...uri && (0, import_url.url)(uri),
      ...typeof query == "string" && { query: {}, search_: query },
      path: opts.path.replace(/\/$/, "") + (opts.addTrailingSlash === false ? "" : "/")
    };
    this.host_ = host;
    this.binaryType = binaryType;
  }
  /** The size in bytes of a message, as the server counts it. */
  sizeOf_(data) {
    return (0, import_packet.byteLength)(data);
  }
  onPacket_(packet) {
    if (this.readyState == "closed") return;
    const { type, data } = packet;
    this.emit_("packet", packet);
    if (type == "open" && this.readyState == "opening") {
      try {
        this.onHandshake_(JSON.parse(data));
      } catch (err) {
        this.fail_(err);
      }
    } else if (type == "ping") {
      this.send_("pong");
      this.emit_("ping");
      this.emit_("pong");
      this.heard_();
    } else if (type == "error" || type == "open") {
      this.fail_(new Error(data));
    } else if (type == "message") {
      this.emit_("data", data);
      this.emit_("message", data);
    }
  }
  onHandshake_(data) {
    this.emit_("handshake", data);
    this.id = data.sid;
    this.pingDelay_ = data.pingInterval + data.pingTimeout;
    this.maxPayload_ = data.maxPayload;
    this.readyState = "open";
    this.heard_();
    this.emit_("open");
  }
  heard_() {
    const { pingDelay_: delay, host_: host } = this;
    host.stop_(this.timer_);
    if (this.readyState == "closed") return;
    this._pingTimeoutTime = Date.now() + delay;
    this.timer_ = host.after_(delay, () => this.expire_());
  }
  expire_() {
    this.end_("ping timeout", { description: `no ping in ${this.pingDelay_} ms` });
  }
  /**
   * Whether the server should have been heard of by now. If so, the connection is closed, a moment later. It tells what
   * the timer would have told if the device had not been asleep.
   */
  expired_() {
    const expired = Date.now() > this._pingTimeoutTime;
    if (expired) Promise.resolve().then(() => this.expire_());
    return expired;
  }
  /** Sends a message. */
  write(data, options) {
    this.send_("message", data, options);
    return this;
  }
  /** The same as write. */
  send(data, options) {
    return this.write(data, options);
  }
  send_(type, data, options) {
    if (/clos/.test(this.readyState)) return;
    const packet = { type, data, options: { compress: true, ...options } };
    this.emit_("packetCreate", packet);
    this.push_(packet);
  }
  /** Closes the connection. */
  close() {
    this.end_("forced close", { description: "by the client" });
    return this;
  }
  fail_(err) {
    if (this.readyState == "closed") return;
    this.emit_("error", err);
    this.end_("transport error", err);
  }
  end_(reason, description) {
    if (this.readyState == "closed") return;
    this.readyState = "closed";
    this.heard_();
    this.stop_();
    this.id = null;
    this.emit_("close", reason, description);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Connection
});
