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
var manager_exports = {};
__export(manager_exports, {
  BaseManager: () => BaseManager
});
module.exports = __toCommonJS(manager_exports);
var import_backoff = require("./backoff.js");
var import_emitter = require("./emitter.js");
var import_parser = require("./parser.js");
var import_protocol = require("./protocol.js");
var import_socket = require("./socket.js");
const nativeTimers = [setTimeout, clearTimeout];
const defaults = {
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1e3,
  reconnectionDelayMax: 5e3,
  randomizationFactor: 0.5,
  timeout: 2e4
};
const settings = Object.keys(defaults);
const active = /* @__PURE__ */ new Set();
const listen = (type) => globalThis.addEventListener?.(type, onPageEvent);
const onPageEvent = ({ type }) => active.forEach((manager) => manager.onPageEvent_(type));
["offline", "online", "visibilitychange"].forEach(listen);
class BaseManager extends import_emitter.Emitter {
  constructor(uri, opts) {
    super();
    /** @internal */
    this.state_ = "closed";
    /** @internal */
    this.nsps = {};
    // when the page or the network came back
    /** Attempts to reconnect since the connection was lost. */
    this.attempts_ = 0;
    this.settings_ = {};
    if (typeof uri == "object") {
      opts = uri || opts;
      uri = void 0;
    }
    opts ||= {};
    opts.path ||= "/socket.io";
    this.opts = opts;
    this.uri_ = uri;
    const [set, clear] = opts.useNativeTimers ? nativeTimers : [setTimeout, clearTimeout];
    this.after_ = (delay, fn) => {
      const timer = set(fn, delay);
      if (opts.autoUnref) timer.unref?.();
      return timer;
    };
    this.stop_ = (timer) => clear(timer);
    for (const name of settings) this.settings_[name] = opts[name] ?? defaults[name];
    const parser = opts.parser || { Encoder: import_parser.Encoder, Decoder: import_parser.Decoder };
    this.encoder_ = new parser.Encoder();
    this.decoder_ = new parser.Decoder();
    this.decoder_.on("decoded", (packet) => {
      const { current_: current } = this;
      Promise.resolve().then(() => {
        this.emit_("packet", packet);
        const socket = this.nsps[packet.nsp];
        if (socket?.active && (packet.type || current == this.current_)) socket.onpacket(packet);
      });
    });
    this.autoConnect_ = opts.autoConnect !== false;
    if (this.autoConnect_) this.open();
  }
  /**
   * Connects, unless connected or about to. The callback gets the error, if there is one; without callback, the Manager
   * tries again by itself.
   */
  open(fn) {
    if (this.state_ != "closed") return this;
    this.forget_();
    this.skipReconnect_ = false;
    const engine = this.engine = this.current_ = this.connect_(this.uri_, this.opts);
    this.state_ = "opening";
    active.add(this);
    if (this.opts.closeOnBeforeunload) listen("beforeunload");
    const fail = (err) => {
      this.forget_();
      this.state_ = "closed";
      this.failed_(err);
      if (fn) {
        fn(err);
      } else {
        this.reconnecting_ = false;
        this.reconnect_();
      }
    };
    const on = (name, listener) => engine.on(name, (...args) => {
      if (engine == this.current_) listener(...args);
    });
    on("open", () => {
      this.stop_(this.timer_);
      this.state_ = "open";
      this.each_((socket) => socket.opened_());
      this.emit_("open");
      fn?.();
    });
    on("error", (err) => this.state_ == "open" ? this.failed_(err) : fail(err));
    on(
      "close",
      (reason, description) => this.state_ == "open" ? this.closed_(reason, description) : fail(new Error(reason))
    );
    on("ping", () => this.emit_("ping"));
    on("data", (data) => {
      try {
        this.decoder_.add(data);
      } catch (err) {
        this.closed_("parse error", err);
      }
    });
    const { timeout } = this.settings_;
    if (timeout !== false) {
      this.timer_ = this.after_(timeout, () => {
        fail(new Error("timeout"));
        engine.close();
      });
    }
    return this;
  }
  /** The same as open. */
  connect(fn) {
    return this.open(fn);
  }
  /** Calls back with the sockets that want to be connected. */
  each_(fn) {
    for (const socket of Object.values(this.nsps)) if (socket.active) fn(socket);
  }
  failed_(err) {
    this.each_((socket) => socket.failed_(err));
    this.emit_("error", err);
  }
  /** Listens no more, and waits no more. */
  forget_() {
    active.delete(this);
    this.stop_(this.timer_);
    this.current_ = this.retry_ = void 0;
    this.decoder_.destroy();
  }
  /** The socket of a namespace. There is one for each. */
  socket(nsp, opts) {
    const socket = this.nsps[nsp] ||= new import_socket.Socket(this, nsp, opts);
    if (this.autoConnect_ && !socket.active) socket.connect();
    return socket;
  }
  /** @internal Closes the connection if no socket needs it any more. */
  release_() {
    if (!Object.values(this.nsps).some((socket) => socket.active)) this._close();
  }
  /** @internal The messages that a packet is sent as. Throws if the server would close the connection for one. */
  encode_(packet) {
    const { engine } = this;
    const max = engine?.maxPayload_;
    return this.encoder_.encode(packet).map((message) => {
      const size = max && !(message.length * 11 < max) && engine.sizeOf_(message);
      (0, import_protocol.check)(!size || size <= max, `${size} bytes > maxPayload ${max}`);
      return message;
    });
  }
  /** @internal Sends a packet. */
  send_(packet, messages = this.encode_(packet)) {
    for (const message of messages) this.engine.write(message, packet.options);
  }
  /** @internal */
  _close() {
    this.skipReconnect_ = true;
    this.closed_("forced close", { description: "by the client" });
  }
  /** Closes the connection, and does not reconnect. */
  disconnect() {
    this._close();
  }
  closed_(reason, description) {
    this.forget_();
    this.engine?.close();
    this.attempts_ = 0;
    this.reconnecting_ = false;
    this.state_ = "closed";
    this.each_((socket) => socket.closed_(reason, description));
    this.emit_("close", reason, description);
    this.reconnect_();
  }
  /** Whether reconnecting is not wanted. */
  stopped_() {
    return this.skipReconnect_ || !this.settings_.reconnection;
  }
  reconnect_() {
    const { settings_: settings2 } = this;
    if (this.reconnecting_ || this.stopped_() || this.state_ != "closed") return;
    if (this.attempts_ >= (settings2.reconnectionAttempts || Infinity)) {
      this.attempts_ = 0;
      this.emit_("reconnect_failed");
      return;
    }
    this.reconnecting_ = true;
    this.retry_ = () => {
      this.forget_();
      if (!this.stopped_()) this.emit_("reconnect_attempt", this.attempts_);
      if (this.stopped_()) {
        this.reconnecting_ = false;
      } else {
        this.open((err) => {
          this.reconnecting_ = false;
          if (err) {
            this.reconnect_();
            this.emit_("reconnect_error", err);
          } else {
            const attempts = this.attempts_;
            this.attempts_ = 0;
            this.emit_("reconnect", attempts);
          }
        });
      }
    };
    const delay = (0, import_backoff.backoff)(
      this.attempts_++,
      settings2.reconnectionDelay || 1e3,
      settings2.reconnectionDelayMax || 5e3,
      settings2.randomizationFactor
    );
    this.timer_ = this.after_(Date.now() - this.awake_ < 2e3 ? 0 : delay, this.retry_);
    this.awake_ = 0;
    active.add(this);
  }
  /** @internal Reacts to the network and the page coming and going. */
  onPageEvent_(type) {
    const { engine, opts } = this;
    if (type == "beforeunload") {
      if (opts.closeOnBeforeunload) engine.stop_();
    } else if (type == "offline") {
      if (engine.opts.hostname != "localhost") {
        engine.end_("transport close", { description: "network connection lost" });
      }
    } else if (type == "online" || !document.hidden) {
      this.awake_ = Date.now();
      engine.expired_();
      this.retry_?.();
    }
  }
}
for (const name of settings) {
  BaseManager.prototype[name] = function(v) {
    if (v === void 0) return this.settings_[name];
    this.settings_[name] = v;
    return this;
  };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  BaseManager
});
