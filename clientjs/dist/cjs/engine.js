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
var engine_exports = {};
__export(engine_exports, {
  Engine: () => Engine
});
module.exports = __toCommonJS(engine_exports);
var import_connection = require("./connection.js");
var import_packet = require("./packet.js");
let websocketWorks = false;
class Engine extends import_connection.Connection {
  // of writeBuffer, by the transport, which has not confirmed it
  constructor(uri, opts, host, platform) {
    super(uri, opts, host, platform.binaryType);
    this.upgrading = false;
    /** Packets that have not been sent yet. */
    this.writeBuffer = [];
    this.ctors_ = { ...platform.transports };
    const wanted = opts.transportImplementations || opts.transports || Object.keys(platform.transports);
    this.transports = wanted.map((transport) => {
      if (typeof transport == "string") return transport;
      const { name } = transport.prototype;
      this.ctors_[name] = transport;
      return name;
    });
    if (opts.withCredentials) this._cookieJar = platform.createCookieJar?.();
    this.open_();
  }
  open_() {
    const { transports, opts } = this;
    const remembered = opts.rememberUpgrade && websocketWorks && transports.includes("websocket");
    const transport = this.create_(remembered ? "websocket" : transports[0]);
    this.use_(transport);
    transport.open();
  }
  create_(name = "") {
    const { opts } = this;
    const ctor = this.ctors_[name];
    if (!ctor) throw new Error(`no transport "${name}"`);
    return new ctor({
      ...opts,
      query: { ...opts.query, EIO: import_packet.protocol, transport: name, ...this.id && { sid: this.id } },
      socket: this,
      ...opts.transportOptions?.[name]
    });
  }
  /** Goes over to a transport. */
  use_(transport) {
    this.transport?.off();
    this.transport = transport.on("drain", () => {
      this.writeBuffer.splice(0, this.sent_);
      this.sent_ = 0;
      if (this.writeBuffer[0]) this.flush_();
      else this.emit_("drain");
    }).on("packet", (packet) => this.onPacket_(packet)).on("error", (err) => this.fail_(err)).on("close", (details) => this.end_("transport close", details));
  }
  /** Tries a better transport, and goes over to it once the server has answered there. */
  probe_(name, delay) {
    const candidate = this.create_(name);
    let over = false;
    let pausing = false;
    websocketWorks = false;
    const stop = () => {
      over = true;
      candidate.off();
      this.off("close", onClose).off("upgrading", onUpgrading);
    };
    const fail = (cause) => {
      if (over) return;
      stop();
      candidate.close();
      const error = Object.assign(new Error("probe error: " + cause), { transport: name });
      this.emit_("upgradeError", error);
      if (pausing) this.fail_(error);
    };
    const onClose = () => fail("closed");
    const onUpgrading = (to) => {
      if (to == candidate) return;
      stop();
      candidate.close();
    };
    this.on("close", onClose).on("upgrading", onUpgrading);
    candidate.on("error", fail).on("close", onClose).on("open", () => candidate.send([{ type: "ping", data: "probe" }])).once("packet", ({ type, data }) => {
      if (type != "pong" || data != "probe") return onClose();
      this.upgrading = pausing = true;
      this.emit_("upgrading", candidate);
      this.transport.pause(() => {
        if (over || this.readyState == "closed") return;
        stop();
        this.use_(candidate);
        candidate.send([{ type: "upgrade" }]);
        this.upgrading = false;
        websocketWorks = name == "websocket";
        this.emit_("upgrade", candidate);
        this.flush_();
      });
    });
    const open = () => over || candidate.open();
    if (delay) this.host_.after_(delay, open);
    else open();
  }
  onHandshake_(data) {
    const { transport, transports, opts } = this;
    transport.query.sid = data.sid;
    websocketWorks = transport.name == "websocket";
    super.onHandshake_(data);
    this.flush_();
    if (opts.upgrade === false) return;
    const better = data.upgrades.filter((name) => transports.includes(name));
    const start = better.includes("webtransport") ? 200 : 0;
    for (const name of better) if (this.readyState == "open") this.probe_(name, name == "webtransport" ? 0 : start);
  }
  push_(packet) {
    this.writeBuffer.push(packet);
    this.flush_();
  }
  flush_() {
    const { transport, writeBuffer } = this;
    if (this.readyState == "closed" || this.upgrading || !transport.writable || !writeBuffer[0]) return;
    this.sent_ = writeBuffer.length;
    transport.send([...writeBuffer]);
    this.emit_("flush");
  }
  sizeOf_(data) {
    const size = super.sizeOf_(data);
    const base64 = typeof data != "string" && (this.opts.forceBase64 || this.transport.name == "polling");
    return base64 ? 1 + Math.ceil(size / 3) * 4 : size;
  }
  /** Closes the connection, once everything has been sent. */
  close() {
    if (/open/.test(this.readyState)) {
      this.readyState = "closing";
      const close = () => {
        if (this.upgrading) this.once("upgrade", close).once("upgradeError", close);
        else super.close();
      };
      if (this.writeBuffer[0]) this.once("drain", close);
      else close();
    }
    return this;
  }
  fail_(err) {
    websocketWorks = false;
    const { transport, transports } = this;
    if (this.opts.tryAllTransports && this.readyState == "opening" && transports[1]) {
      this.transports = transports.filter((name) => name != transport.name);
      return this.open_();
    }
    super.fail_(err);
  }
  stop_() {
    const { transport } = this;
    transport.off();
    transport.close();
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Engine
});
