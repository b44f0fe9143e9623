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
  closing: () => closing,
  contentType: () => contentType
});
module.exports = __toCommonJS(polling_exports);
var import_payload = require("./payload.js");
var import_transport = require("./transport.js");
var import_url = require("./url.js");
class Polling extends import_transport.Transport {
  get name() {
    return "polling";
  }
  /** Asks for packets. The first answer is the handshake. */
  open_() {
    this.polling_ = true;
    this.request_((text) => this.onData_(text));
  }
  pause(onPause) {
    this.state_ = "pausing";
    const check = () => {
      if (this.polling_) {
        this.once("pollComplete", check);
      } else if (!this.writable) {
        this.once("drain", check);
      } else {
        this.state_ = "paused";
        onPause();
      }
    };
    check();
  }
  onData_(data) {
    for (const packet of (0, import_payload.decodePayload)(data, this.host_.binaryType)) {
      if (packet.type == "open") {
        if (this.state_ == "opening") {
          this.opened_();
        } else if (this.state_ == "closed") {
          this.query.sid = /"sid":"(.+?)"/.exec(packet.data)?.[1];
          this.stop_();
        }
      }
      if (this.state_ == "closed") return;
      if (packet.type == "close") return this.end_({ description: "transport closed by the server" });
      this.onPacket_(packet);
    }
    this.polling_ = false;
    this.emit_("pollComplete");
    if (this.state_ == "open") this.open_();
  }
  stop_() {
    if (this.query.sid) this.push_([{ type: "close" }]);
    else this.host_.host_.after_(1e3, () => this.abort_());
  }
  /** Sends packets, in as many requests as it takes for none to be larger than the server takes. */
  push_(packets) {
    this.writable = false;
    let size = 0;
    const max = this.host_.maxPayload_ || Infinity;
    const fits = packets.findIndex(({ data = "" }, i) => (size += 1 + this.host_.sizeOf_(data)) > max + 1 && i > 0);
    const rest = fits > 0 ? packets.splice(fits) : [];
    (0, import_payload.encodePayload)(packets).then(
      (payload) => this.request_(() => rest[0] ? this.push_(rest) : this.drained_(), payload),
      (err) => this.fail_("encode error", err)
    );
  }
  /** The URL of a request. */
  uri_() {
    const { opts_: opts, query } = this;
    if (opts.forceBase64 && !query.sid) query.b64 = 1;
    return (0, import_url.uriOf)(opts.secure ? "https" : "http", opts, query, opts.timestampRequests !== false);
  }
}
const closing = "1";
const contentType = { "Content-Type": "text/plain;charset=UTF-8" };
class Fetch extends Polling {
  constructor() {
    super(...arguments);
    this.controller_ = new AbortController();
  }
  abort_() {
    this.controller_.abort();
  }
  request_(callback, body) {
    const { opts_: opts } = this;
    const { host_: host } = this.host_;
    const last = body == closing;
    const abort = () => this.abort_();
    const timer = opts.requestTimeout && host.after_(opts.requestTimeout, abort);
    fetch(this.uri_(), {
      method: body && "POST",
      body,
      headers: { ...body && contentType, ...opts.extraHeaders },
      credentials: opts.withCredentials ? "include" : "same-origin",
      // as XMLHttpRequest has it
      keepalive: last,
      // it may be sent by a page that goes
      signal: last ? null : this.controller_.signal
    }).then((response) => response.ok ? response.text() : Promise.reject(response)).finally(() => {
      host.stop_(timer);
      if (last) abort();
    }).then(
      callback,
      (error) => host.after_(0, () => this.fail_(`fetch ${body ? "write" : "read"} error`, error.status ?? error, error))
    );
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Fetch,
  Polling,
  closing,
  contentType
});
