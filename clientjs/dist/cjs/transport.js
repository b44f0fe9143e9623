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
  transportError: () => transportError
});
module.exports = __toCommonJS(transport_exports);
var import_emitter = require("./emitter.js");
function transportError(reason, description, context) {
  return Object.assign(new Error(reason), { type: "TransportError", description, context });
}
class Transport extends import_emitter.Emitter {
  constructor(opts) {
    super();
    this.opts_ = opts;
    this.query = opts.query;
    this.host_ = opts.socket;
  }
  /** Opens the transport. */
  open() {
    this.state_ = "opening";
    this.open_();
  }
  /** Closes the transport. */
  close() {
    if (this.state_ && this.state_ != "closed") {
      this.stop_();
      this.end_();
    }
  }
  /** Sends packets. To be called if writable only; `drain` follows. */
  send(packets) {
    if (this.state_ == "open") this.push_(packets);
  }
  /** Calls back when nothing is under way any more. For transports that another one takes over from. */
  pause(_onPause) {
  }
  fail_(reason, description, context) {
    this.emit_("error", transportError(reason, description, context));
  }
  opened_() {
    this.state_ = "open";
    this.writable = true;
    this.emit_("open");
  }
  onPacket_(packet) {
    this.emit_("packet", packet);
  }
  end_(details) {
    this.state_ = "closed";
    this.writable = false;
    this.emit_("close", details);
  }
  /** Tells that packets may be given again. */
  drained_() {
    this.writable = true;
    this.emit_("drain");
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Transport,
  transportError
});
