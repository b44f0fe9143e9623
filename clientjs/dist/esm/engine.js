import { Emitter } from "./emitter.js";
import { byteLength, protocol } from "./packet.js";
import { parseQuery, url } from "./url.js";
const nativeSetTimeout = setTimeout;
const nativeClearTimeout = clearTimeout;
function timers({ useNativeTimers, autoUnref }) {
  const set = (useNativeTimers ? nativeSetTimeout : setTimeout).bind(globalThis);
  return {
    setTimeoutFn(fn, delay) {
      const timer = set(fn, delay);
      if (autoUnref) timer.unref?.();
      return timer;
    },
    clearTimeoutFn: (useNativeTimers ? nativeClearTimeout : clearTimeout).bind(globalThis)
  };
}
const pageListeners = /* @__PURE__ */ new Set();
if (typeof addEventListener == "function") {
  for (const type of ["offline", "online", "pageshow", "visibilitychange"]) {
    addEventListener(type, (event) => pageListeners.forEach((listener) => listener(event)));
  }
}
const _Engine = class _Engine extends Emitter {
  constructor(uri, opts, platform) {
    super();
    /** The id of the session, which only server and client know. */
    this.id = null;
    this.readyState = "opening";
    /** Packets that have not been sent yet. */
    this.writeBuffer = [];
    this.upgrading = false;
    /** When the server must have been heard of. Timers stand still while a device sleeps. */
    this._pingTimeoutTime = Infinity;
    /** The largest message that the server takes, in bytes; 0 if it did not say. */
    this._maxPayload = 0;
    this.sent_ = 0;
    this.upgrades_ = [];
    this.pingDelay_ = 0;
    this.onPageEvent_ = ({ type }) => {
      if (type != "offline") this._hasPingExpired();
      else if (this.hostname != "localhost") this.close_("transport close", { description: "network connection lost" });
    };
    this.onUnload_ = () => {
      this.transport.off();
      this.transport.close();
    };
    this.opts = opts = {
      path: "/engine.io",
      upgrade: true,
      timestampParam: "t",
      addTrailingSlash: true,
      transportOptions: {},
      perMessageDeflate: { threshold: 1024 },
      ...opts
    };
    let { query, hostname, secure, port } = opts;
    if (typeof query == "string") query = parseQuery(query);
    const loc = typeof location != "undefined" ? location : {};
    if (uri || opts.host) {
      const parsed = url(uri || opts.host);
      hostname = parsed.host;
      if (uri) {
        secure = /s$/.test(parsed.protocol);
        port = parsed.port;
        query = { ...query, ...parsed.query };
      }
    }
    this.secure = secure ?? (secure = loc.protocol == "https:");
    const standardPort = secure ? "443" : "80";
    this.port = port || !hostname && loc.port || standardPort;
    this.hostname = hostname || loc.hostname || "localhost";
    opts.query = query;
    opts.path = opts.path.replace(/\/$/, "") + (opts.addTrailingSlash ? "/" : "");
    Object.assign(this, timers(opts));
    this.binaryType = platform.binaryType;
    this.ctors_ = platform.transports;
    const listed = opts.transportImplementations || opts.transports || Object.keys(platform.transports);
    this.transports = listed.map((transport) => {
      if (typeof transport == "string") return transport;
      const { name } = transport.prototype;
      this.ctors_ = { ...this.ctors_, [name]: transport };
      return name;
    });
    if (opts.withCredentials) this._cookieJar = platform.createCookieJar?.();
    pageListeners.add(this.onPageEvent_);
    if (opts.closeOnBeforeunload) globalThis.addEventListener?.("beforeunload", this.onUnload_);
    this.open_();
  }
  createTransport_(name) {
    const ctor = this.ctors_[name];
    if (!ctor) throw new Error(`there is no transport "${name}": give its class in the option transports`);
    const query = { ...this.opts.query, EIO: protocol, transport: name };
    if (this.id) query.sid = this.id;
    return new ctor({
      ...this.opts,
      query,
      socket: this,
      hostname: this.hostname,
      secure: this.secure,
      port: this.port,
      ...this.opts.transportOptions[name]
    });
  }
  open_() {
    const name = this.opts.rememberUpgrade && _Engine.priorWebsocketSuccess && this.transports.includes("websocket") ? "websocket" : this.transports[0];
    if (!name) {
      this.setTimeoutFn(() => this.emitReserved("error", new Error("No transports available")), 0);
      return;
    }
    const transport = this.createTransport_(name);
    this.setTransport_(transport);
    transport.open();
  }
  setTransport_(transport) {
    this.transport?.off();
    this.transport = transport;
    transport.on("drain", () => this.onDrain_()).on("packet", (packet) => this.onPacket_(packet)).on("error", (err) => this.onError_(err)).on("close", (details) => this.close_("transport close", details));
  }
  /** Tries a better transport, and goes over to it once the server has answered there. */
  probe_(name) {
    let transport = this.createTransport_(name);
    const candidate = transport;
    _Engine.priorWebsocketSuccess = false;
    const stop = () => {
      candidate.off();
      this.off("close", onClose);
      this.off("upgrading", onUpgrading);
      transport = void 0;
    };
    const fail = (cause) => {
      if (!transport) return;
      stop();
      candidate.close();
      const error = new Error(`probe error: ${cause}`);
      error.transport = name;
      this.emitReserved("upgradeError", error);
      if (this.upgrading) this.onError_(error);
    };
    const onClose = () => fail("socket closed");
    const onUpgrading = (to) => to == candidate || fail("another transport was faster");
    this.on("close", onClose);
    this.on("upgrading", onUpgrading);
    candidate.on("error", fail).on("close", () => fail("transport closed")).on("open", () => candidate.send([{ type: "ping", data: "probe" }])).once("packet", ({ type, data }) => {
      if (type != "pong" || data != "probe") return fail("unexpected packet");
      this.upgrading = true;
      this.emitReserved("upgrading", candidate);
      _Engine.priorWebsocketSuccess = name == "websocket";
      this.transport.pause(() => {
        if (!transport || this.readyState == "closed") return;
        stop();
        this.setTransport_(candidate);
        candidate.send([{ type: "upgrade" }]);
        this.upgrading = false;
        this.emitReserved("upgrade", candidate);
        this.flush_();
      });
    });
    if (name != "webtransport" && this.upgrades_.includes("webtransport")) {
      this.setTimeoutFn(() => transport?.open(), 200);
    } else {
      candidate.open();
    }
  }
  onOpen_() {
    this.readyState = "open";
    _Engine.priorWebsocketSuccess = this.transport.name == "websocket";
    this.emitReserved("open");
    this.flush_();
    if (this.opts.upgrade) {
      for (const name of this.upgrades_) if (this.isOpen_()) this.probe_(name);
    }
  }
  isOpen_() {
    return this.readyState == "open";
  }
  onPacket_(packet) {
    if (this.readyState == "closed") return;
    this.emitReserved("packet", packet);
    this.emitReserved("heartbeat");
    const { type, data } = packet;
    if (type == "open") {
      this.onHandshake_(JSON.parse(data));
    } else if (type == "ping") {
      this.sendPacket_("pong");
      this.emitReserved("ping");
      this.emitReserved("pong");
      this.resetPingTimer_();
    } else if (type == "error") {
      const error = new Error("server error");
      error.code = data;
      this.onError_(error);
    } else if (type == "message") {
      this.emitReserved("data", data);
      this.emitReserved("message", data);
    }
  }
  onHandshake_(data) {
    this.emitReserved("handshake", data);
    this.id = this.transport.query.sid = data.sid;
    this.upgrades_ = data.upgrades.filter((name) => this.transports.includes(name));
    this.pingDelay_ = data.pingInterval + data.pingTimeout;
    this._maxPayload = data.maxPayload || 0;
    this.onOpen_();
    if (this.readyState != "closed") this.resetPingTimer_();
  }
  resetPingTimer_() {
    this.clearTimeoutFn(this.pingTimer_);
    this._pingTimeoutTime = Date.now() + this.pingDelay_;
    this.pingTimer_ = this.setTimeoutFn(() => this.pingTimeout_(), this.pingDelay_);
  }
  pingTimeout_() {
    this.close_("ping timeout", { description: `heard nothing of the server for ${this.pingDelay_} ms` });
  }
  /**
   * Whether the server should have been heard of by now. If so, the connection is closed, a moment later. It tells what
   * the timer would have told if the device had not been asleep.
   */
  _hasPingExpired() {
    const expired = Date.now() > this._pingTimeoutTime;
    if (expired) Promise.resolve().then(() => this.pingTimeout_());
    return expired;
  }
  onDrain_() {
    this.writeBuffer.splice(0, this.sent_);
    this.sent_ = 0;
    this.writeBuffer.length ? this.flush_() : this.emitReserved("drain");
  }
  flush_() {
    if (this.readyState == "closed" || !this.transport.writable || this.upgrading || !this.writeBuffer.length) return;
    const packets = this.writablePackets_();
    this.sent_ = packets.length;
    this.transport.send(packets);
    this.emitReserved("flush");
  }
  /** As many packets as fit into one request. */
  writablePackets_() {
    let size = 0;
    const n = this._maxPayload && this.transport.name == "polling" ? this.writeBuffer.findIndex(({ data }, i) => (size += 1 + this._sizeOf(data)) > this._maxPayload + 1 && i) : -1;
    return this.writeBuffer.slice(0, n < 0 ? void 0 : n);
  }
  /** The size in bytes of a message, as the server counts it. */
  _sizeOf(data) {
    if (typeof data == "string" || data == null) return 1 + byteLength(data || "");
    const size = byteLength(data);
    return this.transport.name == "polling" ? 1 + Math.ceil(size / 3) * 4 : size;
  }
  /** Sends a message. The callback is called once it is on its way. */
  write(data, options, fn) {
    this.sendPacket_("message", data, options, fn);
    return this;
  }
  /** The same as write. */
  send(data, options, fn) {
    return this.write(data, options, fn);
  }
  sendPacket_(type, data, options, fn) {
    if (this.readyState == "closing" || this.readyState == "closed") return;
    const packet = { type, data, options: { ...options, compress: options?.compress !== false } };
    this.emitReserved("packetCreate", packet);
    this.writeBuffer.push(packet);
    if (fn) this.once("flush", fn);
    this.flush_();
  }
  /** Closes the connection, once everything has been sent. */
  close() {
    const close = () => {
      if (this.upgrading) this.once("upgrade", close).once("upgradeError", close);
      else this.close_("forced close", { description: "closed by the client" });
    };
    if (this.readyState == "opening" || this.readyState == "open") {
      this.readyState = "closing";
      this.writeBuffer.length ? this.once("drain", close) : close();
    }
    return this;
  }
  onError_(err) {
    _Engine.priorWebsocketSuccess = false;
    if (this.opts.tryAllTransports && this.transports.length > 1 && this.readyState == "opening") {
      this.transports = this.transports.filter((name) => name != this.transport.name);
      return this.open_();
    }
    this.emitReserved("error", err);
    this.close_("transport error", err);
  }
  close_(reason, description) {
    if (this.readyState == "closed") return;
    this.clearTimeoutFn(this.pingTimer_);
    pageListeners.delete(this.onPageEvent_);
    if (this.opts.closeOnBeforeunload) globalThis.removeEventListener?.("beforeunload", this.onUnload_);
    this.transport.off("close");
    this.transport.close();
    this.transport.off();
    this.readyState = "closed";
    this.id = null;
    this.emitReserved("close", reason, description);
    this.writeBuffer = [];
    this.sent_ = 0;
  }
};
/** Whether a connection by WebSocket has worked lately; for all connections. */
_Engine.priorWebsocketSuccess = false;
_Engine.protocol = protocol;
let Engine = _Engine;
export {
  Engine,
  pageListeners,
  timers
};
