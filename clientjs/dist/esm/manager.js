import { Backoff } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { Engine, pageListeners, timers } from "./engine.js";
import * as json from "./parser.js";
import { Socket } from "./socket.js";
class BaseManager extends Emitter {
  constructor(uri, opts = {}) {
    super();
    /** @private */
    this._readyState = "closed";
    /** @private */
    this._reconnecting = false;
    this.nsps = /* @__PURE__ */ Object.create(null);
    this.subs = [];
    this.skipReconnect = false;
    if (typeof uri == "object") {
      opts = uri || opts;
      uri = void 0;
    }
    opts.path || (opts.path = "/socket.io");
    this.opts = opts;
    this.uri = uri;
    Object.assign(this, timers(opts));
    this._reconnection = opts.reconnection !== false;
    this._reconnectionAttempts = opts.reconnectionAttempts || Infinity;
    this.backoff = new Backoff(
      opts.reconnectionDelay || 1e3,
      opts.reconnectionDelayMax || 5e3,
      opts.randomizationFactor ?? 0.5
    );
    this._timeout = opts.timeout ?? 2e4;
    const parser = opts.parser || json;
    this.encoder = new parser.Encoder();
    this.decoder = new parser.Decoder();
    this._autoConnect = opts.autoConnect !== false;
    if (this._autoConnect) this.open();
  }
  reconnection(...args) {
    if (!args.length) return this._reconnection;
    this._reconnection = !!args[0];
    if (!args[0]) this.skipReconnect = true;
    return this;
  }
  reconnectionAttempts(v) {
    if (v === void 0) return this._reconnectionAttempts;
    this._reconnectionAttempts = v;
    return this;
  }
  reconnectionDelay(v) {
    return this.setting_("min", v);
  }
  randomizationFactor(v) {
    return this.setting_("jitter", v);
  }
  reconnectionDelayMax(v) {
    return this.setting_("max", v);
  }
  setting_(name, v) {
    if (v === void 0) return this.backoff[name];
    this.backoff[name] = v;
    return this;
  }
  timeout(v) {
    if (v === void 0) return this._timeout;
    this._timeout = v;
    return this;
  }
  /**
   * Connects, unless connected or about to. The callback gets the error, if there is one; without callback, the Manager
   * tries again by itself.
   */
  open(fn) {
    if (this._readyState != "closed") return this;
    const engine = this.engine = new Engine(this.uri, this.opts, this.platform);
    this._readyState = "opening";
    this.skipReconnect = false;
    const onError = (err) => {
      this.cleanup();
      this._readyState = "closed";
      this.emitReserved("error", err);
      if (fn) fn(err);
      else if (!this._reconnecting && this._reconnection && !this.backoff.attempts) this.reconnect();
    };
    const onOpen = () => {
      this.onopen();
      fn?.();
    };
    this.listen_(engine, { open: onOpen, error: onError });
    if (this._timeout !== false) {
      this.after_(this._timeout, () => {
        engine.off("open", onOpen);
        onError(new Error("timeout"));
        engine.close();
      });
    }
    return this;
  }
  /** The same as open. */
  connect(fn) {
    return this.open(fn);
  }
  /** Adds listeners that cleanup removes. */
  listen_(emitter, listeners) {
    for (const name of Object.keys(listeners)) {
      emitter.on(name, listeners[name]);
      this.subs.push(() => emitter.off(name, listeners[name]));
    }
  }
  /** Sets a timer that cleanup stops. */
  after_(delay, fn) {
    const timer = this.setTimeoutFn(fn, delay);
    this.subs.push(() => this.clearTimeoutFn(timer));
  }
  onopen() {
    this.cleanup();
    this._readyState = "open";
    this.emitReserved("open");
    this.listen_(this.engine, {
      ping: () => this.emitReserved("ping"),
      data: (data) => {
        try {
          this.decoder.add(data);
        } catch (err) {
          this.onclose("parse error", err);
        }
      },
      error: (err) => this.emitReserved("error", err),
      close: (reason, description) => this.onclose(reason, description)
    });
    this.listen_(this.decoder, {
      decoded: (packet) => Promise.resolve().then(() => this.emitReserved("packet", packet))
    });
  }
  /** The socket of a namespace. There is one for each. */
  socket(nsp, opts) {
    const socket = this.nsps[nsp];
    if (!socket) return this.nsps[nsp] = new Socket(this, nsp, opts);
    if (this._autoConnect && !socket.active) socket.connect();
    return socket;
  }
  /** @private Closes the connection if no socket needs it any more. */
  _destroy(_socket) {
    if (!Object.values(this.nsps).some((socket) => socket.active)) this._close();
  }
  /** @private The messages that a packet is sent as. Throws if the server would close the connection for one. */
  _encode(packet) {
    const { engine } = this;
    const messages = this.encoder.encode(packet);
    const max = engine?._maxPayload;
    if (max) {
      for (const message of messages) {
        const size = engine._sizeOf(message);
        if (size > max) throw new Error(`${size} bytes are too many: the server takes up to ${max}, its maxPayload`);
      }
    }
    return messages;
  }
  /** @private Sends messages. */
  _write(messages, options) {
    for (const message of messages) this.engine.write(message, options);
  }
  cleanup() {
    for (const sub of this.subs.splice(0)) sub();
    this.decoder.destroy();
  }
  /** @private */
  _close() {
    this.skipReconnect = true;
    this._reconnecting = false;
    this.onclose("forced close", { description: "closed by the client" });
  }
  /** Closes the connection, and does not reconnect. */
  disconnect() {
    this._close();
  }
  onclose(reason, description) {
    this.cleanup();
    this.engine?.close();
    this.backoff.reset();
    this._readyState = "closed";
    this.emitReserved("close", reason, description);
    if (this._reconnection && !this.skipReconnect) this.reconnect();
  }
  reconnect() {
    if (this._reconnecting || this.skipReconnect) return;
    const { backoff } = this;
    if (backoff.attempts >= this._reconnectionAttempts) {
      backoff.reset();
      this.emitReserved("reconnect_failed");
      return;
    }
    this._reconnecting = true;
    let attempt = () => {
      attempt = void 0;
      if (this.skipReconnect) return;
      this.emitReserved("reconnect_attempt", backoff.attempts);
      if (this.skipReconnect) return;
      this.open((err) => {
        this._reconnecting = false;
        if (err) {
          this.reconnect();
          this.emitReserved("reconnect_error", err);
        } else {
          const { attempts } = backoff;
          backoff.reset();
          this.emitReserved("reconnect", attempts);
        }
      });
    };
    this.after_(backoff.duration(), () => attempt?.());
    const onPageEvent = ({ type }) => {
      if (type == "visibilitychange" ? document.visibilityState == "visible" : type != "offline") attempt?.();
    };
    pageListeners.add(onPageEvent);
    this.subs.push(() => pageListeners.delete(onPageEvent));
  }
}
export {
  BaseManager
};
