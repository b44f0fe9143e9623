/*! Socket.IO for Go client | MIT */
(function (global, factory) {
  typeof exports == 'object' && typeof module != 'undefined' ? (module.exports = factory()) :
  typeof define == 'function' && define.amd ? define(factory) : (global.io = factory());
})(typeof self == 'undefined' ? this : self, function () {
'use strict';
var __defProp = Object.defineProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// src/emitter.ts
var Emitter = class _Emitter {
  constructor() {
    /** A Map, and not an object: events may be called `__proto__`. */
    this.listeners_ = /* @__PURE__ */ new Map();
  }
  /** Adds a listener. */
  on(ev, listener) {
    const list = this.listeners_.get(ev);
    list ? list.push(listener) : this.listeners_.set(ev, [listener]);
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
    const list = this.listeners_.get(ev);
    if (!args.length) this.listeners_.clear();
    else if (args.length < 2) this.listeners_.delete(ev);
    else if (list) {
      const i = list.findIndex((l) => l === listener || l.fn === listener);
      if (i >= 0) list.splice(i, 1);
      if (!list.length) this.listeners_.delete(ev);
    }
    return this;
  }
  /** Calls the listeners of an event. */
  emit(ev, ...args) {
    for (const listener of [...this.listeners_.get(ev) || []]) listener.apply(this, args);
    return this;
  }
  /** Calls the listeners of one of the library's own events. */
  emitReserved(ev, ...args) {
    return _Emitter.prototype.emit.call(this, ev, ...args);
  }
  /** The listeners of an event. */
  listeners(ev) {
    return this.listeners_.get(ev) || [];
  }
  /** Whether an event has listeners. */
  hasListeners(ev) {
    return this.listeners_.has(ev);
  }
};
var prototype = Emitter.prototype;
prototype.addEventListener = prototype.on;
prototype.removeListener = prototype.removeAllListeners = prototype.removeEventListener = prototype.off;

// src/parser.ts
var parser_exports = {};
__export(parser_exports, {
  Decoder: () => Decoder,
  Encoder: () => Encoder,
  PacketType: () => PacketType,
  protocol: () => protocol2
});

// src/packet.ts
var protocol = 4;
var types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
var parserError = { type: "error", data: "parser error" };
var separator = "";
function isBinary(value) {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || isBlob(value);
}
function isBlob(value) {
  return typeof Blob != "undefined" && value instanceof Blob;
}
function bytesOf(data) {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
function byteLength(data) {
  if (typeof data != "string") return data.byteLength ?? data.size ?? 0;
  let n = data.length;
  for (let i = data.length; i--; ) {
    const code = data.charCodeAt(i);
    if (code > 127) n += code < 2048 || code >> 11 == 27 ? 1 : 2;
  }
  return n;
}
function encodePacket({ type, data }, supportsBinary, callback) {
  if (!isBinary(data)) callback(types.indexOf(type) + (data || ""));
  else if (supportsBinary) callback(data);
  else if (isBlob(data)) data.arrayBuffer().then((buffer) => callback(base64(bytesOf(buffer))));
  else callback(base64(bytesOf(data)));
}
function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return "b" + btoa(text);
}
function decodePacket(encoded, binaryType) {
  if (typeof encoded != "string") return { type: "message", data: toBinaryType(encoded, binaryType) };
  const data = encoded.slice(1);
  if (encoded[0] == "b") {
    try {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      return { type: "message", data: toBinaryType(bytes, binaryType) };
    } catch {
      return parserError;
    }
  }
  const type = types[encoded[0]];
  if (!type) return parserError;
  return data ? { type, data } : { type };
}
function toBinaryType(data, binaryType) {
  if (isBlob(data)) return data;
  if (binaryType == "blob") return new Blob([data]);
  if (binaryType == "nodebuffer") {
    return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return data;
  return data.byteLength == data.buffer.byteLength ? data.buffer : data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
}
function encodePayload(packets, callback) {
  const encoded = [];
  let missing = packets.length;
  packets.forEach(
    (packet, i) => encodePacket(packet, false, (text) => {
      encoded[i] = text;
      if (!--missing) callback(encoded.join(separator));
    })
  );
}
function decodePayload(payload, binaryType) {
  const packets = [];
  for (const text of payload.split(separator)) {
    const packet = decodePacket(text, binaryType);
    packets.push(packet);
    if (packet.type == "error") break;
  }
  return packets;
}

// src/parser.ts
var protocol2 = 5;
var PacketType = /* @__PURE__ */ ((PacketType2) => {
  PacketType2[PacketType2["CONNECT"] = 0] = "CONNECT";
  PacketType2[PacketType2["DISCONNECT"] = 1] = "DISCONNECT";
  PacketType2[PacketType2["EVENT"] = 2] = "EVENT";
  PacketType2[PacketType2["ACK"] = 3] = "ACK";
  PacketType2[PacketType2["CONNECT_ERROR"] = 4] = "CONNECT_ERROR";
  PacketType2[PacketType2["BINARY_EVENT"] = 5] = "BINARY_EVENT";
  PacketType2[PacketType2["BINARY_ACK"] = 6] = "BINARY_ACK";
  return PacketType2;
})(PacketType || {});
var Encoder = class {
  /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
  encode({ type, nsp, data, id }) {
    const attachments = [];
    let json = "";
    if (data != null) {
      json = (type == 2 /* EVENT */ || type == 3 /* ACK */) && hasBinary(data, true) ? JSON.stringify(data, function(key, value) {
        const original = this[key];
        const binary = isBinary(original) ? original : value;
        return isBinary(binary) ? { _placeholder: true, num: attachments.push(binary) - 1 } : value;
      }) : JSON.stringify(data);
    }
    const head2 = attachments.length ? type + 3 + `${attachments.length}-` : type;
    return [head2 + (nsp && nsp != "/" ? nsp + "," : "") + (id ?? "") + json, ...attachments];
  }
};
function hasBinary(value, toJSON) {
  if (!value || typeof value != "object") return false;
  if (isBinary(value)) return true;
  if (Array.isArray(value)) return value.some((v) => hasBinary(v, true));
  if (toJSON && typeof value.toJSON == "function") return hasBinary(value.toJSON());
  return Object.keys(value).some((key) => hasBinary(value[key], true));
}
var reserved = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
var head = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?/;
var Decoder = class extends Emitter {
  constructor() {
    super(...arguments);
    // that waits for attachments
    this.json_ = "";
    this.buffers_ = [];
  }
  /** Takes a message. Throws if it is none that a server may send here. */
  add(data) {
    if (typeof data == "string") this.text_(data);
    else if (isBinary(data)) this.attachment_(data);
    else throw new Error("unknown type of message");
  }
  /** Forgets the packet that waits for attachments. */
  destroy() {
    this.packet_ = void 0;
    this.buffers_ = [];
  }
  text_(text) {
    if (this.packet_) throw new Error("got text instead of an attachment");
    const match = head.exec(text);
    if (!match) throw new Error("unknown packet type");
    const type = +match[1];
    const packet = { type, nsp: match[3] || "/" };
    if (match[4]) packet.id = +match[4];
    const attachments = +(match[2] || 0);
    const json = text.slice(match[0].length);
    if (json) packet.data = JSON.parse(json);
    if (type > 4 != attachments > 0) throw new Error("illegal attachments");
    if (type > 4) packet.type -= 3;
    if (!isValid(packet)) throw new Error("invalid payload");
    if (attachments) {
      packet.attachments = attachments;
      this.packet_ = packet;
      this.json_ = json;
    } else {
      this.emitReserved("decoded", packet);
    }
  }
  attachment_(data) {
    const packet = this.packet_;
    if (!packet) throw new Error("got an attachment of no packet");
    const buffers = this.buffers_;
    if (buffers.push(data) < packet.attachments) return;
    this.destroy();
    delete packet.attachments;
    packet.data = JSON.parse(this.json_, (_, value) => {
      if (!value || value._placeholder !== true) return value;
      const buffer = typeof value.num == "number" && buffers[value.num];
      if (!buffer) throw new Error("illegal attachments");
      return buffer;
    });
    this.emitReserved("decoded", packet);
  }
};
function isValid({ type, data }) {
  const isObject = !!data && typeof data == "object" && !Array.isArray(data);
  switch (type) {
    case 0 /* CONNECT */:
      return data === void 0 || isObject;
    case 1 /* DISCONNECT */:
      return data === void 0;
    case 4 /* CONNECT_ERROR */:
      return typeof data == "string" || isObject;
    case 2 /* EVENT */:
      return Array.isArray(data) && (typeof data[0] == "number" || typeof data[0] == "string" && !reserved.includes(data[0]));
    default:
      return Array.isArray(data);
  }
}

// src/socket.ts
var reserved2 = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
var Socket = class extends Emitter {
  /** @private Use `io()` or `manager.socket()`. */
  constructor(io2, nsp, opts) {
    super();
    /** Whether the socket is connected. */
    this.connected = false;
    /** Whether the last connection went on where the one before had ended, with the events that were missed. */
    this.recovered = false;
    /** Events that came before the connection was complete. */
    this.receiveBuffer = [];
    /** Packets that wait for the connection. */
    this.sendBuffer = [];
    this._queue = [];
    this.ids = 0;
    this.acks = {};
    this.flags = {};
    this._anyListeners = [];
    this._anyOutgoingListeners = [];
    this.io = io2;
    this.nsp = nsp;
    if (opts?.auth) this.auth = opts.auth;
    this._opts = { ...opts };
    if (this.io._autoConnect) this.open();
  }
  /** Whether the socket is not connected. */
  get disconnected() {
    return !this.connected;
  }
  /** Whether the socket connects by itself once its Manager is connected. */
  get active() {
    return !!this.subs;
  }
  /** Connects. */
  connect() {
    if (this.connected) return this;
    const { io: io2 } = this;
    if (!this.subs) {
      const on = (name, listener) => {
        io2.on(name, listener);
        return () => io2.off(name, listener);
      };
      this.subs = [
        on("open", () => this.onopen()),
        on("packet", (packet) => this.onpacket(packet)),
        on("error", (err) => this.connected || this.emitReserved("connect_error", err)),
        on("close", (reason, description) => this.onclose(reason, description))
      ];
    }
    if (!io2._reconnecting) io2.open();
    if (io2._readyState == "open") this.onopen();
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
    const { io: io2, flags, _opts: opts } = this;
    this.flags = {};
    if (reserved2.includes(ev)) throw new Error(`"${String(ev)}" is a reserved event name`);
    const data = [ev, ...args];
    const ack = typeof data[data.length - 1] == "function" ? data.pop() : void 0;
    const packet = {
      type: 2 /* EVENT */,
      nsp: this.nsp,
      data,
      options: { compress: flags.compress !== false }
    };
    const connected = this.connected && !io2.engine._hasPingExpired();
    const queued = opts.retries && !flags.fromQueue && !flags.volatile;
    const discarded = flags.volatile && !io2.engine?.transport?.writable;
    if (!connected && !discarded && this.sendBuffer.length + this._queue.length >= (opts.maxBuffer ?? Infinity)) {
      throw new Error(`${opts.maxBuffer} events wait for the connection already (maxBuffer)`);
    }
    if (ack && !queued) packet.id = this.ids++;
    const messages = discarded ? [] : io2._encode(packet);
    if (queued) {
      this._addToQueue(data, flags, ack);
      return this;
    }
    if (ack) this._registerAckCallback(packet.id, ack, flags.timeout ?? opts.ackTimeout);
    if (discarded) return this;
    if (connected) {
      this.notifyOutgoingListeners(packet);
      io2._write(messages, packet.options);
    } else {
      this.sendBuffer.push(packet);
    }
    return this;
  }
  _registerAckCallback(id, ack, timeout) {
    this.acks[id] = ack;
    if (timeout === void 0) return;
    const { io: io2 } = this;
    const timer = io2.setTimeoutFn(() => {
      delete this.acks[id];
      this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
      ack.call(this, new Error("operation has timed out"));
    }, timeout);
    const inTime = (...args) => {
      io2.clearTimeoutFn(timer);
      ack.apply(this, args);
    };
    inTime.withError = true;
    this.acks[id] = inTime;
  }
  /**
   * Sends an event, and returns a promise of its acknowledgement. It is rejected when the connection is lost, after the
   * `timeout`, and for what makes `emit` throw.
   */
  emitWithAck(ev, ...args) {
    return new Promise((resolve, reject) => {
      const ack = (err, value) => err ? reject(err) : resolve(value);
      ack.withError = true;
      this.emit(ev, ...[...args, ack]);
    });
  }
  /** Events to be retried are sent one after the other, each when the one before is acknowledged or given up. */
  _addToQueue(args, flags, ack) {
    const packet = { tryCount: 0, pending: false, args, flags: { ...flags, fromQueue: true } };
    const done = (err, ...response) => {
      if (packet != this._queue[0]) return;
      if (err == null || packet.tryCount > this._opts.retries) {
        this._queue.shift();
        ack?.(err, ...response);
      }
      packet.pending = false;
      this._drainQueue();
    };
    done.withError = true;
    args.push(done);
    this._queue.push(packet);
    this._drainQueue();
  }
  /** Sends the first event of the queue; even if it is on its way, if forced. */
  _drainQueue(force) {
    const packet = this._queue[0];
    if (!this.connected || !packet || packet.pending && !force) return;
    packet.pending = true;
    packet.tryCount++;
    this.flags = packet.flags;
    try {
      this.emit(...packet.args);
    } catch (err) {
      packet.tryCount = Infinity;
      packet.args[packet.args.length - 1](err);
    }
  }
  packet(type, data, id) {
    const { io: io2 } = this;
    const packet = { type, nsp: this.nsp, data };
    if (id != null) packet.id = id;
    io2._write(io2._encode(packet));
  }
  onopen() {
    const { io: io2, auth } = this;
    const { engine } = io2;
    const connect = (data) => {
      if (engine != io2.engine) return;
      this.packet(0 /* CONNECT */, this._pid ? { pid: this._pid, offset: this._lastOffset, ...data } : data);
    };
    typeof auth == "function" ? auth(connect) : connect(auth);
  }
  onclose(reason, description) {
    this.connected = false;
    this.id = void 0;
    this.emitReserved("disconnect", reason, description);
    this._clearAcks();
  }
  /** Gives up acknowledgements that will not come any more. Callbacks that take no error are not called. */
  _clearAcks() {
    for (const key of Object.keys(this.acks)) {
      const id = +key;
      if (this.sendBuffer.some((packet) => packet.id === id)) continue;
      const ack = this.acks[id];
      delete this.acks[id];
      if (ack.withError) ack.call(this, new Error("socket has been disconnected"));
    }
  }
  onpacket({ type, nsp, data, id }) {
    if (nsp != this.nsp) return;
    if (type == 0 /* CONNECT */) {
      if (data?.sid) this.onconnect(data.sid, data.pid);
      else this.emitReserved("connect_error", new Error("the server speaks the protocol of Socket.IO 2: update it"));
    } else if (type == 2 /* EVENT */ || type == 5 /* BINARY_EVENT */) {
      if (id != null) data.push(this.ack(id));
      if (this.connected) this.emitEvent(data);
      else this.receiveBuffer.push(Object.freeze(data));
    } else if (type == 3 /* ACK */ || type == 6 /* BINARY_ACK */) {
      const ack = this.acks[id];
      if (!ack) return;
      delete this.acks[id];
      if (ack.withError) data.unshift(null);
      ack.apply(this, data);
    } else if (type == 1 /* DISCONNECT */) {
      this.destroy();
      this.onclose("io server disconnect", { description: "disconnected by the server" });
    } else if (type == 4 /* CONNECT_ERROR */) {
      this.destroy();
      const err = new Error(data.message ?? data);
      err.data = data.data;
      this.emitReserved("connect_error", err);
    }
  }
  emitEvent(args) {
    for (const listener of [...this._anyListeners]) listener.apply(this, args);
    super.emit.apply(this, args);
    const last = args[args.length - 1];
    if (this._pid && typeof last == "string") this._lastOffset = last;
  }
  /** The function that acknowledges an event: once, and in the session that it came in. */
  ack(id) {
    let session = this.id;
    return (...args) => {
      if (!session || session != this.id) return;
      session = void 0;
      this.packet(3 /* ACK */, args, id);
    };
  }
  onconnect(id, pid) {
    this.id = id;
    this.recovered = !!pid && this._pid === pid;
    this._pid = pid;
    this.connected = true;
    for (const args of this.receiveBuffer.splice(0)) this.emitEvent(args);
    for (const packet of this.sendBuffer.splice(0)) this.sendBuffered_(packet);
    this._drainQueue(true);
    this.emitReserved("connect");
  }
  /** Sends a packet that has waited. One that cannot be sent ends with an error: its own, or of the Manager. */
  sendBuffered_(packet) {
    const { io: io2, acks } = this;
    try {
      const messages = io2._encode(packet);
      this.notifyOutgoingListeners(packet);
      io2._write(messages, packet.options);
    } catch (err) {
      const ack = acks[packet.id];
      delete acks[packet.id];
      ack?.withError ? ack(err) : io2.emit("error", err);
    }
  }
  destroy() {
    this.subs?.forEach((unsubscribe) => unsubscribe());
    this.subs = void 0;
    this.io._destroy(this);
  }
  /** Disconnects, for good. The last socket of a Manager closes the connection. */
  disconnect() {
    if (this.connected) this.packet(1 /* DISCONNECT */);
    this.destroy();
    if (this.connected) this.onclose("io client disconnect", { description: "disconnected by the client" });
    return this;
  }
  /** The same as disconnect. */
  close() {
    return this.disconnect();
  }
  /** Whether the next event may be compressed, by transports that can. */
  compress(compress) {
    this.flags.compress = compress;
    return this;
  }
  /** The next event is dropped if it cannot be sent at once. */
  get volatile() {
    this.flags.volatile = true;
    return this;
  }
  /** The acknowledgement of the next event has to come within so many ms: its callback gets an error first, or null. */
  timeout(timeout) {
    this.flags.timeout = timeout;
    return this;
  }
  /** Adds a listener for all events. It gets the name first. */
  onAny(listener) {
    this._anyListeners.push(listener);
    return this;
  }
  /** Adds a listener for all events, before the others. */
  prependAny(listener) {
    this._anyListeners.unshift(listener);
    return this;
  }
  /** Removes a listener for all events; all of them, if none is given. */
  offAny(listener) {
    remove(this._anyListeners, listener);
    return this;
  }
  /** The listeners for all events. Changes of the array count. */
  listenersAny() {
    return this._anyListeners;
  }
  /** Adds a listener for all events that are sent. It gets the name first. */
  onAnyOutgoing(listener) {
    this._anyOutgoingListeners.push(listener);
    return this;
  }
  /** Adds a listener for all events that are sent, before the others. */
  prependAnyOutgoing(listener) {
    this._anyOutgoingListeners.unshift(listener);
    return this;
  }
  /** Removes a listener for all events that are sent; all of them, if none is given. */
  offAnyOutgoing(listener) {
    remove(this._anyOutgoingListeners, listener);
    return this;
  }
  /** The listeners for all events that are sent. Changes of the array count. */
  listenersAnyOutgoing() {
    return this._anyOutgoingListeners;
  }
  notifyOutgoingListeners({ data }) {
    for (const listener of [...this._anyOutgoingListeners]) listener.apply(this, data);
  }
};
function remove(listeners, listener) {
  const i = listener ? listeners.indexOf(listener) : 0;
  if (i >= 0) listeners.splice(i, listener ? 1 : Infinity);
}

// src/url.ts
var pattern = /^(?:(\w+):\/\/)?(?:[^@/?#]*@)?(?:\[([^\]]*)\]|([^:/?#]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/;
function url(uri, path = "", loc) {
  loc || (loc = typeof location != "undefined" ? location : { protocol: "https:", host: "localhost" });
  let source = uri ?? `${loc.protocol}//${loc.host}`;
  if (source.startsWith("//")) source = loc.protocol + source;
  else if (source.startsWith("/")) source = loc.host + source;
  if (!/^(https?|wss?):\/\//.test(source)) source = `${loc.protocol}//${source}`;
  const [, protocol3 = "", ipv6, name = "", port, nsp, query] = pattern.exec(source);
  const parsed = {
    source,
    protocol: protocol3,
    host: ipv6 ?? name,
    port: port || (/s$/.test(protocol3) ? "443" : "80"),
    path: nsp || "/",
    query: query ? parseQuery(query) : void 0,
    id: ""
  };
  parsed.id = `${protocol3}://${hostInUrl(parsed.host)}:${parsed.port}${path}`;
  return parsed;
}
function hostInUrl(host) {
  return host.includes(":") ? `[${host}]` : host;
}
function parseQuery(query) {
  return Object.fromEntries(
    query.split("&").map((pair) => {
      const [name, ...value] = pair.split("=");
      return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
    })
  );
}
function encodeQuery(query) {
  return Object.keys(query).map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(query[name]))}`).join("&");
}

// src/lookup.ts
function lookup(Manager2) {
  const managers = {};
  const io2 = ((uri, opts = {}) => {
    if (typeof uri == "object") {
      opts = uri || opts;
      uri = void 0;
    }
    const { id, path, source } = url(uri, opts.path || "/socket.io");
    const shared = managers[id];
    if (opts.forceNew || opts.multiplex === false || shared && path in shared["nsps"]) {
      return new Manager2(source, opts).socket(path, opts);
    }
    return (managers[id] || (managers[id] = new Manager2(source, opts))).socket(path, opts);
  });
  return Object.assign(io2, { io: io2, connect: io2, Manager: Manager2, Socket });
}

// src/backoff.ts
var Backoff = class {
  constructor(min, max, jitter) {
    this.min = min;
    this.max = max;
    this.jitter = jitter;
    /** Attempts since the last reset. */
    this.attempts = 0;
  }
  /** The next delay, in ms. */
  duration() {
    const delay = this.min * 2 ** this.attempts++;
    return Math.floor(Math.min(delay * (1 + this.jitter * (Math.random() * 2 - 1)), this.max));
  }
  /** Starts again with the first delay. */
  reset() {
    this.attempts = 0;
  }
};

// src/engine.ts
var nativeSetTimeout = setTimeout;
var nativeClearTimeout = clearTimeout;
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
var pageListeners = /* @__PURE__ */ new Set();
if (typeof addEventListener == "function") {
  for (const type of ["offline", "online", "pageshow", "visibilitychange"]) {
    addEventListener(type, (event) => pageListeners.forEach((listener) => listener(event)));
  }
}
var _Engine = class _Engine extends Emitter {
  constructor(uri, opts, platform2) {
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
    this.binaryType = platform2.binaryType;
    this.ctors_ = platform2.transports;
    const listed = opts.transportImplementations || opts.transports || Object.keys(platform2.transports);
    this.transports = listed.map((transport) => {
      if (typeof transport == "string") return transport;
      const { name } = transport.prototype;
      this.ctors_ = { ...this.ctors_, [name]: transport };
      return name;
    });
    if (opts.withCredentials) this._cookieJar = platform2.createCookieJar?.();
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
var Engine = _Engine;

// src/manager.ts
var BaseManager = class extends Emitter {
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
    const parser = opts.parser || parser_exports;
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
};

// src/transport.ts
var TransportError = class extends Error {
  constructor(reason, description, context) {
    super(reason);
    this.description = description;
    this.context = context;
    this.type = "TransportError";
  }
};
var Transport = class extends Emitter {
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
    this.onPacket(decodePacket(data, this.socket.binaryType));
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
    const text = encodeQuery(query);
    return `${schema}://${hostInUrl(hostname)}` + (port && +port != (secure ? 443 : 80) ? ":" + port : "") + path + (text && "?" + text);
  }
  /** The query of a request, with a parameter that makes it one of a kind. */
  uniqueQuery() {
    return { ...this.query, [this.opts.timestampParam]: Date.now().toString(36) + Math.random().toString(36).slice(2, 7) };
  }
};

// src/polling.ts
var Polling = class extends Transport {
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
    for (const packet of decodePayload(data, this.socket.binaryType)) {
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
    encodePayload(
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
};
var closing = "1";
var Fetch = class extends Polling {
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
};

// src/websocket.ts
var WebSocket = class extends Transport {
  get name() {
    return "websocket";
  }
  doOpen() {
    const { timestampRequests, secure, protocols } = this.opts;
    const query = timestampRequests ? this.uniqueQuery() : { ...this.query };
    if (!this.supportsBinary) query.b64 = 1;
    let ws;
    try {
      ws = this.ws = this.createSocket(this.createUri(secure ? "wss" : "ws", query), protocols);
    } catch (err) {
      Promise.resolve().then(() => this.onError("websocket error", err));
      return;
    }
    ws.binaryType = this.socket.binaryType == "blob" ? "blob" : "arraybuffer";
    ws.onopen = () => this.onOpen();
    ws.onclose = (context) => this.onClose({ description: "websocket connection closed", context });
    ws.onmessage = (ev) => this.onData(ev.data);
    ws.onerror = (ev) => this.onError("websocket error", ev);
  }
  /** Returns a WebSocket that connects. */
  createSocket(uri, protocols) {
    const WebSocket2 = globalThis.WebSocket;
    return typeof navigator != "undefined" && navigator.product == "ReactNative" ? new WebSocket2(uri, protocols, { headers: this.opts.extraHeaders }) : new WebSocket2(uri, protocols || []);
  }
  write(packets) {
    this.writable = false;
    let missing = packets.length;
    for (const packet of packets) {
      encodePacket(packet, this.supportsBinary, (data) => {
        try {
          this.doWrite(packet, data);
        } catch {
        }
        if (!--missing) this.drained();
      });
    }
  }
  /** Sends what a packet is encoded as. */
  doWrite(_packet, data) {
    this.ws.send(data);
  }
  doClose() {
    const { ws } = this;
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
  doOpen() {
    this.run_().catch((err) => this.onError("webtransport error", err));
  }
  async run_() {
    const options = this.opts.transportOptions[this.name];
    const session = new globalThis.WebTransport(this.createUri("https"), options);
    this.session_ = session;
    session.closed.then(
      () => this.onClose(),
      (err) => this.onError("webtransport error", err)
    );
    await session.ready;
    const { readable, writable } = await session.createBidirectionalStream();
    this.writer_ = writable.getWriter();
    const { sid } = this.query;
    await this.frame_({ type: "open", data: sid && JSON.stringify({ sid }) });
    this.onOpen();
    await this.read_(readable.getReader());
  }
  /** Cuts the stream into packets. Each comes after its length, in the form of WebSocket, and a bit for binary data. */
  async read_(reader) {
    let rest = new Uint8Array();
    const take = async (size) => {
      if (rest.length < size) {
        const chunks = [rest];
        for (let missing = size - rest.length; missing > 0; missing -= chunks[chunks.length - 1].length) {
          const { value } = await reader.read();
          if (!value) return new Promise(() => {
          });
          chunks.push(value);
        }
        rest = concat(chunks);
      }
      const taken = rest.slice(0, size);
      rest = rest.subarray(size);
      return taken;
    };
    for (; ; ) {
      const head2 = (await take(1))[0];
      let size = head2 & 127;
      if (size > 125) {
        const view = new DataView((await take(size == 126 ? 2 : 8)).buffer);
        size = size == 126 ? view.getUint16(0) : view.getUint32(0) * 2 ** 32 + view.getUint32(4);
      }
      const data = await take(size);
      this.onPacket(decodePacket(head2 & 128 ? data : new TextDecoder().decode(data), this.socket.binaryType));
    }
  }
  write(packets) {
    this.writable = false;
    (async () => {
      for (const packet of packets) await this.frame_(packet);
      this.drained();
    })().catch((err) => this.onError("webtransport error", err));
  }
  async frame_(packet) {
    let data;
    encodePacket(packet, true, (encoded) => data = encoded);
    const text = typeof data == "string";
    if (isBlob(data)) data = await data.arrayBuffer();
    const bytes = text ? new TextEncoder().encode(data) : bytesOf(data);
    const size = bytes.length;
    const head2 = new Uint8Array(size < 126 ? 1 : size < 65536 ? 3 : 9);
    const view = new DataView(head2.buffer);
    head2[0] = text ? 0 : 128;
    if (size < 126) {
      head2[0] += size;
    } else if (size < 65536) {
      head2[0] += 126;
      view.setUint16(1, size);
    } else {
      head2[0] += 127;
      view.setUint32(1, size / 2 ** 32);
      view.setUint32(5, size);
    }
    return this.writer_.write(concat([head2, bytes]));
  }
  doClose() {
    this.session_?.close();
  }
};
function concat(chunks) {
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

// src/xhr.ts
var XHR = class extends Polling {
  doPoll() {
    this.get_ = this.request_("poll", (text) => this.onData(text));
  }
  doWrite(data, callback) {
    this.request_("post", callback, data);
  }
  request_(what, callback, body) {
    const { opts } = this;
    const xhr = new XMLHttpRequest();
    xhr.open(body ? "POST" : "GET", this.uri());
    for (const name of Object.keys(opts.extraHeaders || {})) xhr.setRequestHeader(name, opts.extraHeaders[name]);
    if (body) xhr.setRequestHeader("content-type", "text/plain;charset=UTF-8");
    xhr.withCredentials = !!opts.withCredentials;
    xhr.timeout = opts.requestTimeout || 0;
    xhr.onloadend = () => {
      if (body == closing) this.get_.abort();
      xhr.status == 200 ? callback(xhr.responseText) : this.onError(`xhr ${what} error`, xhr.status, xhr);
    };
    xhr.send(body);
    return xhr;
  }
};

// src/index.ts
var platform = {
  transports: { polling: Fetch, websocket: WebSocket, webtransport: WebTransport },
  binaryType: "arraybuffer"
};
var Manager = class extends BaseManager {
  get platform() {
    return platform;
  }
};
var io = /* @__PURE__ */ lookup(Manager);

// src/umd.ts
var umd_default = /* @__PURE__ */ Object.assign(io, {
  protocol: protocol2,
  Fetch,
  Transport,
  TransportError,
  WebSocket,
  WebTransport,
  XHR
});
  return umd_default;
});
//# sourceMappingURL=socket.io.js.map
