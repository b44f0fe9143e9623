/*! socketio-go MIT */
(function (global, factory) {
  typeof exports == 'object' && typeof module != 'undefined' ? (module.exports = factory()) :
  typeof define == 'function' && define.amd ? define(factory) : (global.io = factory());
})(typeof self == 'undefined' ? this : self, function () {
'use strict';

// src/emitter.ts
var Emitter = class {
  constructor() {
    /** A Map, and not an object: events may be called `__proto__`. */
    this.listeners_ = /* @__PURE__ */ new Map();
  }
  /** Adds a listener. */
  on(ev, listener) {
    this.listeners_.set(ev, [...this.listeners(ev), listener]);
    return this;
  }
  /** Adds a listener for the next time only. */
  once(ev, listener) {
    const once = (...args) => {
      this.off(ev, once);
      listener.apply(this, args);
    };
    once.fn = listener;
    return this.on(ev, once);
  }
  /** Removes a listener; all listeners of an event, if only that is given; all, if nothing is. */
  off(...args) {
    const [ev, listener] = args;
    let found = false;
    const others = this.listeners(ev).filter(
      (l) => args.length > 1 && (found || !(found = l == listener || l.fn == listener))
    );
    if (!args.length) this.listeners_.clear();
    else if (others[0]) this.listeners_.set(ev, others);
    else this.listeners_.delete(ev);
    return this;
  }
  /** Calls the listeners of an event. */
  emit(ev, ...args) {
    return this.emit_(ev, ...args);
  }
  /** Calls the listeners of one of the library's own events. */
  emit_(ev, ...args) {
    for (const listener of this.listeners(ev)) listener.apply(this, args);
    return this;
  }
  /** The listeners of an event. */
  listeners(ev) {
    return this.listeners_.get(ev) || [];
  }
  /** Whether an event has listeners. */
  hasListeners(ev) {
    return !!this.listeners(ev)[0];
  }
};
var prototype = Emitter.prototype;
prototype.removeListener = prototype.removeAllListeners = prototype.off;

// src/packet.ts
var protocol = 4;
var types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
var parserError = { type: "error", data: "parser error" };
function isBinary(value) {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob;
}
function encode({ type, data: data2 }) {
  return isBinary(data2) ? data2 : types.indexOf(type) + (data2 || "");
}
function decode(encoded) {
  if (typeof encoded != "string") return { type: "message", data: encoded };
  const type = types[encoded[0]];
  return !type ? parserError : encoded[1] ? { type, data: encoded.slice(1) } : { type };
}
function byteLength(data2) {
  return typeof data2 == "string" ? 1 + new Blob([data2]).size : data2.byteLength ?? data2.size;
}

// src/url.ts
var pattern = /^(((\w+:)?\/\/)?([^@/?#]*@)?(\[[^\]]*]|[^:/?#]+)(:(\d*))?)?([^?#]*)\??([^#]*)/;
function url(uri, path = "", loc = globalThis.location || // there is no page:
{ protocol: "http:", hostname: "localhost" }) {
  const [, , , protocol3 = loc.protocol, , name, , digits, nsp, query] = pattern.exec(uri || "");
  const secure = /[ps]s:/.test(protocol3);
  const hostname = name || loc.hostname;
  const port = (name ? digits : loc.port) || "";
  return {
    secure,
    hostname,
    port,
    path: nsp || "/",
    search_: query,
    id: `${protocol3}//${hostname}:${port || (secure ? 443 : 80)}${path}`
  };
}
function uriOf(scheme, opts, query, unique) {
  const { hostname, port, path, search_: search, timestampParam = "t" } = opts;
  const all = { ...query, ...unique && { [timestampParam]: Math.random().toString(36).slice(2) } };
  const pairs = Object.entries(all).map((pair) => pair.map(encodeURIComponent).join("="));
  return `${scheme}://${hostname}${port && ":" + port}${path}?${pairs.join("&")}${search && "&" + search}`;
}

// src/connection.ts
var Connection = class extends Emitter {
  constructor(uri, opts, host, binaryType) {
    super();
    /** The id of the session, which only server and client know. */
    this.id = null;
    this.readyState = "opening";
    /** When the server must have been heard of. Timers stand still while a device sleeps. */
    this._pingTimeoutTime = Infinity;
    const { query } = opts;
    this.opts = {
      ...url(opts.hostname || opts.host),
      ...opts,
      ...uri && url(uri),
      ...typeof query == "string" && { query: {}, search_: query },
      path: opts.path.replace(/\/$/, "") + (opts.addTrailingSlash === false ? "" : "/")
    };
    this.host_ = host;
    this.binaryType = binaryType;
  }
  /** The size in bytes of a message, as the server counts it. */
  sizeOf_(data2) {
    return byteLength(data2);
  }
  onPacket_(packet) {
    if (this.readyState == "closed") return;
    const { type, data: data2 } = packet;
    this.emit_("packet", packet);
    if (type == "open" && this.readyState == "opening") {
      try {
        this.onHandshake_(JSON.parse(data2));
      } catch (err) {
        this.fail_(err);
      }
    } else if (type == "ping") {
      this.send_("pong");
      this.emit_("ping");
      this.emit_("pong");
      this.heard_();
    } else if (type == "error" || type == "open") {
      this.fail_(new Error(data2));
    } else if (type == "message") {
      this.emit_("data", data2);
      this.emit_("message", data2);
    }
  }
  onHandshake_(data2) {
    this.emit_("handshake", data2);
    this.id = data2.sid;
    this.pingDelay_ = data2.pingInterval + data2.pingTimeout;
    this.maxPayload_ = data2.maxPayload;
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
  write(data2, options) {
    this.send_("message", data2, options);
    return this;
  }
  /** The same as write. */
  send(data2, options) {
    return this.write(data2, options);
  }
  send_(type, data2, options) {
    if (/clos/.test(this.readyState)) return;
    const packet = { type, data: data2, options: { compress: true, ...options } };
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
};

// src/engine.ts
var websocketWorks = false;
var Engine = class extends Connection {
  // of writeBuffer, by the transport, which has not confirmed it
  constructor(uri, opts, host, platform2) {
    super(uri, opts, host, platform2.binaryType);
    this.upgrading = false;
    /** Packets that have not been sent yet. */
    this.writeBuffer = [];
    this.ctors_ = { ...platform2.transports };
    const wanted = opts.transportImplementations || opts.transports || Object.keys(platform2.transports);
    this.transports = wanted.map((transport) => {
      if (typeof transport == "string") return transport;
      const { name } = transport.prototype;
      this.ctors_[name] = transport;
      return name;
    });
    if (false) this._cookieJar = platform2.createCookieJar?.();
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
      query: { ...opts.query, EIO: protocol, transport: name, ...this.id && { sid: this.id } },
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
    candidate.on("error", fail).on("close", onClose).on("open", () => candidate.send([{ type: "ping", data: "probe" }])).once("packet", ({ type, data: data2 }) => {
      if (type != "pong" || data2 != "probe") return onClose();
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
  onHandshake_(data2) {
    const { transport, transports, opts } = this;
    transport.query.sid = data2.sid;
    websocketWorks = transport.name == "websocket";
    super.onHandshake_(data2);
    this.flush_();
    if (opts.upgrade === false) return;
    const better = data2.upgrades.filter((name) => transports.includes(name));
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
  sizeOf_(data2) {
    const size = super.sizeOf_(data2);
    const base642 = typeof data2 != "string" && (this.opts.forceBase64 || this.transport.name == "polling");
    return base642 ? 1 + Math.ceil(size / 3) * 4 : size;
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
};

// src/protocol.ts
var protocol2 = 5;
function check(ok, message = "invalid packet") {
  if (!ok) throw new Error(message);
}
var reserved = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

// src/socket.ts
var Socket = class extends Emitter {
  /** @internal Use `io()` or `manager.socket()`. */
  constructor(io2, nsp, opts) {
    super();
    /** Whether the socket is connected. */
    this.connected = false;
    /** Whether the last connection went on where the one before had ended, with the events that were missed. */
    this.recovered = false;
    /** Whether the socket connects by itself once its Manager is connected. */
    this.active = false;
    /** Events that came before the connection was complete. */
    this.receiveBuffer = [];
    /** Packets that wait for the connection. */
    this.sendBuffer = [];
    /** @internal */
    this._queue = [];
    /** @internal */
    this.acks = {};
    this.ids_ = 0;
    this.flags_ = {};
    this.anyListeners_ = [];
    this.anyOutgoing_ = [];
    this.io = io2;
    this.nsp = nsp;
    this.opts_ = { ...opts };
    this.auth = opts?.auth;
  }
  /** Whether the socket is not connected. */
  get disconnected() {
    return !this.connected;
  }
  /** Connects. */
  connect() {
    if (!this.connected) {
      const { io: io2 } = this;
      this.active = true;
      if (!io2.reconnecting_) io2.open();
      if (io2.state_ == "open") this.opened_();
    }
    return this;
  }
  /** The same as connect. */
  open() {
    return this.connect();
  }
  /** Sends the event `message`. */
  send(...args) {
    return this.emit("message", ...args);
  }
  /**
   * Sends an event. While the socket is not connected, it waits for the connection. Arguments are what JSON knows, and
   * binary data. If the last one is a function, it is called with the acknowledgement.
   *
   * Throws if the event cannot be sent: for a reserved name, for data that JSON does not know, for more than the server
   * takes (its `maxPayload`), or if too many events wait already (`maxBuffer`).
   */
  emit(ev, ...args) {
    const { io: io2, flags_: flags, opts_: opts, sendBuffer } = this;
    this.flags_ = {};
    check(!reserved.includes(ev), `"${String(ev)}" is a reserved event name`);
    const data2 = [ev, ...args];
    const ack = typeof data2[data2.length - 1] == "function" ? data2.pop() : void 0;
    const packet = this.create_(2 /* EVENT */, data2);
    packet.options = { compress: flags.compress !== false };
    const connected = this.connected && !io2.engine.expired_();
    const queued = opts.retries && !flags.queued_ && !flags.volatile;
    const discarded = flags.volatile && !io2.engine?.transport.writable;
    check(
      connected || discarded || flags.queued_ || !(sendBuffer.length + this._queue.length >= opts.maxBuffer),
      `maxBuffer (${opts.maxBuffer}) is full`
    );
    if (ack && !queued) packet.id = this.ids_++;
    const messages = discarded ? [] : io2.encode_(packet);
    if (queued) {
      this.enqueue_(data2, flags, ack);
    } else {
      if (ack) this.await_(packet.id, ack, flags.timeout ?? opts.ackTimeout);
      if (connected && !discarded) this.push_(packet, messages);
      else if (!discarded) sendBuffer.push(packet);
    }
    return this;
  }
  create_(type, data2) {
    return { type, nsp: this.nsp, data: data2 };
  }
  push_(packet, messages) {
    for (const listener of this.anyOutgoing_.slice()) listener.apply(this, packet.data);
    this.io.send_(packet, messages);
  }
  /** Waits for an acknowledgement. */
  await_(id, ack, timeout) {
    const { io: io2, acks } = this;
    acks[id] = ack;
    if (timeout === void 0) return;
    const timer = io2.after_(timeout, () => {
      delete acks[id];
      this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
      ack.call(this, new Error("operation has timed out"));
    });
    acks[id] = (...args) => {
      io2.stop_(timer);
      ack.apply(this, args);
    };
    acks[id].withError_ = true;
  }
  /**
   * Sends an event, and returns a promise of its acknowledgement. It is rejected when the connection is lost, after the
   * `timeout`, and for what makes `emit` throw.
   */
  emitWithAck(ev, ...args) {
    return new Promise((resolve, reject) => {
      const ack = (err, value) => err ? reject(err) : resolve(value);
      ack.withError_ = true;
      this.emit(ev, ...[...args, ack]);
    });
  }
  /** Events to be retried are sent one after the other, each when the one before is acknowledged or given up. */
  enqueue_(data2, flags, ack) {
    const queue = this._queue;
    let tries = 0;
    let pending = false;
    const done = (err, ...response) => {
      if (send != queue[0]) return;
      if (!err || tries > this.opts_.retries) {
        queue.shift();
        ack?.(err, ...response);
      }
      pending = false;
      queue[0]?.();
    };
    const send = (force) => {
      if (this.connected && (!pending || force)) {
        pending = true;
        tries++;
        this.flags_ = { ...flags, queued_: true };
        try {
          this.emit(...data2, done);
        } catch (err) {
          tries = Infinity;
          done(err);
        }
      }
    };
    done.withError_ = true;
    queue.push(send);
    queue[0]();
  }
  /** @internal The Manager is connected. */
  opened_() {
    const { io: io2, auth, pid_: pid } = this;
    const { engine } = io2;
    const connect = (data2) => {
      if (engine != io2.engine || !this.active) return;
      io2.send_(this.create_(0 /* CONNECT */, pid ? { pid, offset: this.offset_, ...data2 } : data2));
    };
    if (typeof auth == "function") auth(connect);
    else connect(auth);
  }
  /** @internal The Manager failed. */
  failed_(err) {
    if (!this.connected) this.emit_("connect_error", err);
  }
  /** @internal The connection is lost. */
  closed_(reason, description) {
    this.connected = false;
    this.id = void 0;
    this.emit_("disconnect", reason, description);
    for (const id of Object.keys(this.acks)) {
      if (this.sendBuffer.some((packet) => packet.id == id)) continue;
      this.fail_(id, new Error("socket has been disconnected"));
    }
  }
  /** The callback of an acknowledgement, which is waited for no more. */
  take_(id) {
    const ack = this.acks[id];
    delete this.acks[id];
    return ack;
  }
  /** Gives up an acknowledgement. Returns whether somebody has been told. */
  fail_(id, err) {
    const ack = this.take_(id);
    if (ack?.withError_) ack.call(this, err);
    return ack?.withError_;
  }
  /** @internal A packet has come. */
  onpacket({ type, data: data2, id }) {
    if (type == 0 /* CONNECT */) {
      if (data2?.sid) this.connect_(data2.sid, data2.pid);
      else this.emit_("connect_error", new Error("server of Socket.IO 2"));
    } else if (type == 2 /* EVENT */) {
      if (id != null) data2.push(this.ack_(id));
      if (this.connected) this.emitEvent_(data2);
      else this.receiveBuffer.push(data2);
    } else if (type == 1 /* DISCONNECT */) {
      this.forget_();
      this.closed_("io server disconnect", { description: "by the server" });
    } else if (type == 4 /* CONNECT_ERROR */) {
      this.forget_();
      this.emit_("connect_error", Object.assign(new Error(data2.message ?? data2), { data: data2.data }));
    } else {
      const ack = this.take_(id);
      ack?.apply(this, ack.withError_ ? [null, ...data2] : data2);
    }
  }
  emitEvent_(args) {
    for (const listener of this.anyListeners_.slice()) listener.apply(this, args);
    super.emit.apply(this, args);
    const last = args[args.length - 1];
    if (this.pid_ && typeof last == "string") this.offset_ = last;
  }
  /** The function that acknowledges an event: once, and in the session that it came in. */
  ack_(id) {
    let session = this.id;
    return (...args) => {
      if (session && session == this.id) this.io.send_({ ...this.create_(3 /* ACK */, args), id });
      session = void 0;
    };
  }
  connect_(id, pid) {
    this.id = id;
    this.recovered = !!pid && this.pid_ === pid;
    this.pid_ = pid;
    this.connected = true;
    for (const args of this.receiveBuffer.splice(0)) this.emitEvent_(args);
    for (const packet of this.sendBuffer.splice(0)) {
      try {
        this.push_(packet, this.io.encode_(packet));
      } catch (err) {
        if (!this.fail_(packet.id, err)) this.io.emit("error", err);
      }
    }
    this._queue[0]?.(true);
    this.emit_("connect");
  }
  /** Wants no connection any more. */
  forget_() {
    this.active = false;
    this.io.release_();
  }
  /** Disconnects, for good. The last socket of a Manager closes the connection. */
  disconnect() {
    if (this.connected) this.io.send_(this.create_(1 /* DISCONNECT */));
    this.forget_();
    if (this.connected) this.closed_("io client disconnect", { description: "by the client" });
    return this;
  }
  /** The same as disconnect. */
  close() {
    return this.disconnect();
  }
  /** Whether the next event may be compressed, by transports that can. */
  compress(compress) {
    this.flags_.compress = compress;
    return this;
  }
  /** The next event is dropped if it cannot be sent at once. */
  get volatile() {
    this.flags_.volatile = true;
    return this;
  }
  /** The acknowledgement of the next event has to come within so many ms: its callback gets an error first, or null. */
  timeout(timeout) {
    this.flags_.timeout = timeout;
    return this;
  }
  /** Adds a listener for all events. It gets the name first. */
  onAny(listener) {
    this.anyListeners_.push(listener);
    return this;
  }
  /** Adds a listener for all events, before the others. */
  prependAny(listener) {
    this.anyListeners_.unshift(listener);
    return this;
  }
  /** Removes a listener for all events; all of them, if none is given. */
  offAny(listener) {
    remove(this.anyListeners_, listener);
    return this;
  }
  /** The listeners for all events. Changes of the array count. */
  listenersAny() {
    return this.anyListeners_;
  }
  /** Adds a listener for all events that are sent. It gets the name first. */
  onAnyOutgoing(listener) {
    this.anyOutgoing_.push(listener);
    return this;
  }
  /** Adds a listener for all events that are sent, before the others. */
  prependAnyOutgoing(listener) {
    this.anyOutgoing_.unshift(listener);
    return this;
  }
  /** Removes a listener for all events that are sent; all of them, if none is given. */
  offAnyOutgoing(listener) {
    remove(this.anyOutgoing_, listener);
    return this;
  }
  /** The listeners for all events that are sent. Changes of the array count. */
  listenersAnyOutgoing() {
    return this.anyOutgoing_;
  }
};
function remove(listeners, listener) {
  listeners.splice(listener ? listeners.indexOf(listener) >>> 0 : 0, listener ? 1 : Infinity);
}

// src/lookup.ts
function lookup(Manager2) {
  const managers = {};
  const io2 = ((uri, opts) => {
    if (typeof uri == "object") {
      opts = uri || opts;
      uri = void 0;
    }
    opts ||= {};
    const { id, path } = url(uri, opts.path ||= "/socket.io");
    const alone = opts.forceNew || opts.multiplex === false || managers[id]?.nsps[path];
    return (alone ? new Manager2(uri, opts) : managers[id] ||= new Manager2(uri, opts)).socket(path, opts);
  });
  return Object.assign(io2, { io: io2, connect: io2, Manager: Manager2, Socket, protocol: protocol2 });
}

// src/backoff.ts
function backoff(attempt, min, max, jitter) {
  return Math.min(min * 2 ** attempt * (1 + jitter * (Math.random() * 2 - 1)), max);
}

// src/parser.ts
var Encoder = class {
  /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
  encode({ type, nsp, data: data2, id }) {
    const attachments = [];
    const json = JSON.stringify(
      data2,
      type > 1 /* DISCONNECT */ && hasBinary(data2) ? function(key, value) {
        const part = [this[key], value].find(isBinary);
        return part ? { _placeholder: true, num: attachments.push(part) - 1 } : value;
      } : void 0
      // and not false, which is slower
    );
    const head2 = attachments[0] ? type + 3 + `${attachments.length}-` : type;
    return [[head2, nsp != "/" ? nsp + "," : "", id, json].join(""), ...attachments];
  }
};
function hasBinary(value, toJSON = value?.toJSON) {
  if (isBinary(value)) return true;
  if (!value || typeof value != "object") return false;
  return typeof toJSON == "function" ? hasBinary(value.toJSON(), null) : Object.values(value).some((member) => hasBinary(member));
}
var head = /^([0-4]|([56])0*([1-9]\d*)-)((\/[^,]*),?)?(\d+)?/;
var data = /^(0(\{|$)|1$|2\[\s*["\d-]|3\[|4["{])/;
var Decoder = class extends Emitter {
  /** Takes a message. Throws if it is none that a server may send here. */
  add(message) {
    let packet = this.packet_;
    if (typeof message == "string") {
      const match = head.exec(message);
      check(match && !packet);
      const [{ length }, type, binaryType, attachments, , nsp = "/", id] = match;
      packet = { type: binaryType ? +binaryType - 3 : +type, nsp };
      if (id) packet.id = +id;
      const json = this.json_ = message.slice(length);
      check(data.test(packet.type + json));
      if (json) packet.data = JSON.parse(json);
      check(packet.type != 2 /* EVENT */ || !reserved.includes(packet.data[0]));
      if (attachments) {
        this.packet_ = packet;
        this.buffers_ = [];
        this.missing_ = +attachments;
        return;
      }
    } else {
      const { buffers_: buffers } = this;
      check(packet && isBinary(message));
      if (buffers.push(message) < this.missing_) return;
      this.destroy();
      packet.data = JSON.parse(this.json_, (_, value) => {
        if (value?._placeholder !== true) return value;
        const buffer = typeof value.num == "number" && buffers[value.num];
        check(buffer);
        return buffer;
      });
    }
    this.emit_("decoded", packet);
  }
  /** Forgets the packet that waits for attachments. */
  destroy() {
    this.packet_ = void 0;
  }
};

// src/manager.ts
var nativeTimers = [setTimeout, clearTimeout];
var defaults = {
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1e3,
  reconnectionDelayMax: 5e3,
  randomizationFactor: 0.5,
  timeout: 2e4
};
var settings = Object.keys(defaults);
var active = /* @__PURE__ */ new Set();
var listen = (type) => globalThis.addEventListener?.(type, onPageEvent);
var onPageEvent = ({ type }) => active.forEach((manager) => manager.onPageEvent_(type));
["offline", "online", "visibilitychange"].forEach(listen);
var BaseManager = class extends Emitter {
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
      if (false) timer.unref?.();
      return timer;
    };
    this.stop_ = (timer) => clear(timer);
    for (const name of settings) this.settings_[name] = opts[name] ?? defaults[name];
    const parser = opts.parser || { Encoder, Decoder };
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
    on("data", (data2) => {
      try {
        this.decoder_.add(data2);
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
    const socket = this.nsps[nsp] ||= new Socket(this, nsp, opts);
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
      check(!size || size <= max, `${size} bytes > maxPayload ${max}`);
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
    const delay = backoff(
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
};
for (const name of settings) {
  BaseManager.prototype[name] = function(v) {
    if (v === void 0) return this.settings_[name];
    this.settings_[name] = v;
    return this;
  };
}

// src/payload.ts
var separator = "";
function bytesOf(data2) {
  return data2 instanceof ArrayBuffer ? new Uint8Array(data2) : new Uint8Array(data2.buffer, data2.byteOffset, data2.byteLength);
}
function encodeText(packet) {
  const { data: data2 } = packet;
  if (!isBinary(data2)) return encode(packet);
  return data2 instanceof Blob ? data2.arrayBuffer().then(base64) : base64(data2);
}
function base64(data2) {
  let text = "";
  for (const byte of bytesOf(data2)) text += String.fromCharCode(byte);
  return "b" + btoa(text);
}
function decodePacket(encoded, binaryType) {
  if (typeof encoded == "string") {
    if (encoded[0] != "b") return decode(encoded);
    try {
      encoded = Uint8Array.from(atob(encoded.slice(1)), (c) => c.charCodeAt(0));
    } catch {
      return parserError;
    }
  }
  return decode(toBinaryType(encoded, binaryType));
}
function toBinaryType(data2, binaryType) {
  if (data2 instanceof Blob) return data2;
  if (binaryType == "blob") return new Blob([data2]);
  const { buffer, byteOffset, byteLength: byteLength2 } = bytesOf(data2);
  if (false) return Buffer.from(buffer, byteOffset, byteLength2);
  return byteLength2 == buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength2);
}
async function encodePayload(packets) {
  return (await Promise.all(packets.map(encodeText))).join(separator);
}
function decodePayload(payload, binaryType) {
  const packets = [];
  for (const text of payload.split(separator)) {
    const packet = decodePacket(text, binaryType);
    packets.push(packet);
    if (packet == parserError) break;
  }
  return packets;
}

// src/transport.ts
function transportError(reason, description, context) {
  return Object.assign(new Error(reason), { type: "TransportError", description, context });
}
var Transport = class extends Emitter {
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
};

// src/polling.ts
var Polling = class extends Transport {
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
    const check2 = () => {
      if (this.polling_) {
        this.once("pollComplete", check2);
      } else if (!this.writable) {
        this.once("drain", check2);
      } else {
        this.state_ = "paused";
        onPause();
      }
    };
    check2();
  }
  onData_(data2) {
    for (const packet of decodePayload(data2, this.host_.binaryType)) {
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
    const fits = packets.findIndex(({ data: data2 = "" }, i) => (size += 1 + this.host_.sizeOf_(data2)) > max + 1 && i > 0);
    const rest = fits > 0 ? packets.splice(fits) : [];
    encodePayload(packets).then(
      (payload) => this.request_(() => rest[0] ? this.push_(rest) : this.drained_(), payload),
      (err) => this.fail_("encode error", err)
    );
  }
  /** The URL of a request. */
  uri_() {
    const { opts_: opts, query } = this;
    if (opts.forceBase64 && !query.sid) query.b64 = 1;
    return uriOf(opts.secure ? "https" : "http", opts, query, opts.timestampRequests !== false);
  }
};
var closing = "1";
var contentType = { "Content-Type": "text/plain;charset=UTF-8" };
var Fetch = class extends Polling {
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
};

// src/open-websocket.ts
function openWebSocket(uri, { protocols, extraHeaders }) {
  return false ? new WebSocket(uri, protocols, { headers: extraHeaders }) : new WebSocket(uri, protocols || []);
}

// src/websocket.ts
var WebSocket2 = class extends Transport {
  get name() {
    return "websocket";
  }
  open_() {
    const { opts_: opts, query } = this;
    if (opts.forceBase64) query.b64 = 1;
    try {
      const ws = this.create_(uriOf(opts.secure ? "wss" : "ws", opts, query, opts.timestampRequests));
      this.ws_ = ws;
      ws.binaryType = true ? this.host_.binaryType : "arraybuffer";
      ws.onopen = () => this.opened_();
      ws.onclose = (context) => this.end_({ description: "websocket connection closed", context });
      ws.onmessage = ({ data: data2 }) => this.onPacket_(decodePacket(data2, this.host_.binaryType));
      ws.onerror = (ev) => this.fail_("websocket error", ev);
    } catch (err) {
      Promise.resolve().then(() => this.fail_("websocket error", err));
    }
  }
  /** Returns a WebSocket that connects. */
  create_(uri) {
    return openWebSocket(uri, this.opts_);
  }
  push_(packets) {
    this.writable = false;
    this.write_(packets).then(
      () => this.drained_(),
      (err) => this.fail_("websocket error", err)
    );
  }
  async write_(packets) {
    for (const packet of packets) {
      this.send_(packet, this.opts_.forceBase64 ? await encodeText(packet) : encode(packet));
    }
  }
  /** Sends what a packet is encoded as. */
  send_(_packet, data2) {
    this.ws_.send(data2);
  }
  stop_() {
    const { ws_: ws } = this;
    if (!ws) return;
    ws.onerror = () => {
    };
    ws.close();
  }
};

// src/webtransport.ts
var WebTransport = class extends Transport {
  get name() {
    return "webtransport";
  }
  /** Runs something that may fail. */
  async try_(fn) {
    try {
      await fn();
    } catch (err) {
      this.fail_("webtransport error", err);
    }
  }
  open_() {
    this.try_(async () => {
      const { opts_: opts, query } = this;
      const { WebTransport: WebTransport2 } = globalThis;
      const session = new WebTransport2(uriOf("https", opts, {}), opts.transportOptions?.[this.name]);
      this.session_ = session;
      this.try_(() => session.closed.then(() => this.end_({ description: "transport closed by the server" })));
      await session.ready;
      const { readable, writable } = await session.createBidirectionalStream();
      this.writer_ = writable.getWriter();
      await this.frame_({ type: "open", data: query.sid && JSON.stringify({ sid: query.sid }) });
      this.opened_();
      await this.read_(readable.getReader());
    });
  }
  /** Cuts the stream into packets. Each comes after its length, in the form of WebSocket, and a bit for binary data. */
  async read_(reader) {
    let rest = new Uint8Array();
    const take = async (size) => {
      while (rest.length < size) {
        const { value } = await reader.read();
        if (!value) return new Promise(() => {
        });
        rest = concat(rest, value);
      }
      const taken = rest.slice(0, size);
      rest = rest.subarray(size);
      return taken;
    };
    for (; ; ) {
      const head2 = (await take(1))[0];
      let size = head2 & 127;
      if (size > 125) size = (await take(size > 126 ? 8 : 2)).reduce((sum, byte) => sum * 256 + byte, 0);
      const data2 = await take(size);
      this.onPacket_(decodePacket(head2 > 127 ? data2 : new TextDecoder().decode(data2), this.host_.binaryType));
    }
  }
  push_(packets) {
    this.writable = false;
    this.try_(async () => {
      for (const packet of packets) await this.frame_(packet);
      this.drained_();
    });
  }
  async frame_(packet) {
    let data2 = encode(packet);
    const binary = typeof data2 == "string" ? 0 : 128;
    if (data2 instanceof Blob) data2 = await data2.arrayBuffer();
    const bytes = binary ? bytesOf(data2) : new TextEncoder().encode(data2);
    const size = bytes.length;
    const length = [size >>> 24, size >>> 16, size >>> 8, size];
    const head2 = size < 126 ? [size] : size < 65536 ? [126, ...length.slice(2)] : [127, 0, 0, 0, 0, ...length];
    head2[0] += binary;
    return this.writer_.write(concat(Uint8Array.from(head2), bytes));
  }
  stop_() {
    this.session_?.close();
  }
};
function concat(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

// src/index.ts
var platform = {
  transports: { polling: Fetch, websocket: WebSocket2, webtransport: WebTransport },
  binaryType: "arraybuffer"
};
var Manager = class extends BaseManager {
  /** @internal */
  connect_(uri, opts) {
    return new Engine(uri, opts, this, platform);
  }
};
var io = /* @__PURE__ */ lookup(Manager);

// src/umd.ts
var umd_default = /* @__PURE__ */ Object.assign(io, { Fetch, WebSocket: WebSocket2, WebTransport });
  return umd_default;
});
//# sourceMappingURL=socket.io.js.map
