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
var socket_exports = {};
__export(socket_exports, {
  Socket: () => Socket
});
module.exports = __toCommonJS(socket_exports);
var import_emitter = require("./emitter.js");
var import_parser = require("./parser.js");
const reserved = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
class Socket extends import_emitter.Emitter {
  /** @private Use `io()` or `manager.socket()`. */
  constructor(io, nsp, opts) {
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
    this.io = io;
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
    const { io } = this;
    if (!this.subs) {
      const on = (name, listener) => {
        io.on(name, listener);
        return () => io.off(name, listener);
      };
      this.subs = [
        on("open", () => this.onopen()),
        on("packet", (packet) => this.onpacket(packet)),
        on("error", (err) => this.connected || this.emitReserved("connect_error", err)),
        on("close", (reason, description) => this.onclose(reason, description))
      ];
    }
    if (!io._reconnecting) io.open();
    if (io._readyState == "open") this.onopen();
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
    const { io, flags, _opts: opts } = this;
    this.flags = {};
    if (reserved.includes(ev)) throw new Error(`"${String(ev)}" is a reserved event name`);
    const data = [ev, ...args];
    const ack = typeof data[data.length - 1] == "function" ? data.pop() : void 0;
    const packet = {
      type: import_parser.PacketType.EVENT,
      nsp: this.nsp,
      data,
      options: { compress: flags.compress !== false }
    };
    const connected = this.connected && !io.engine._hasPingExpired();
    const queued = opts.retries && !flags.fromQueue && !flags.volatile;
    const discarded = flags.volatile && !io.engine?.transport?.writable;
    if (!connected && !discarded && this.sendBuffer.length + this._queue.length >= (opts.maxBuffer ?? Infinity)) {
      throw new Error(`${opts.maxBuffer} events wait for the connection already (maxBuffer)`);
    }
    if (ack && !queued) packet.id = this.ids++;
    const messages = discarded ? [] : io._encode(packet);
    if (queued) {
      this._addToQueue(data, flags, ack);
      return this;
    }
    if (ack) this._registerAckCallback(packet.id, ack, flags.timeout ?? opts.ackTimeout);
    if (discarded) return this;
    if (connected) {
      this.notifyOutgoingListeners(packet);
      io._write(messages, packet.options);
    } else {
      this.sendBuffer.push(packet);
    }
    return this;
  }
  _registerAckCallback(id, ack, timeout) {
    this.acks[id] = ack;
    if (timeout === void 0) return;
    const { io } = this;
    const timer = io.setTimeoutFn(() => {
      delete this.acks[id];
      this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
      ack.call(this, new Error("operation has timed out"));
    }, timeout);
    const inTime = (...args) => {
      io.clearTimeoutFn(timer);
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
    const { io } = this;
    const packet = { type, nsp: this.nsp, data };
    if (id != null) packet.id = id;
    io._write(io._encode(packet));
  }
  onopen() {
    const { io, auth } = this;
    const { engine } = io;
    const connect = (data) => {
      if (engine != io.engine) return;
      this.packet(import_parser.PacketType.CONNECT, this._pid ? { pid: this._pid, offset: this._lastOffset, ...data } : data);
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
    if (type == import_parser.PacketType.CONNECT) {
      if (data?.sid) this.onconnect(data.sid, data.pid);
      else this.emitReserved("connect_error", new Error("the server speaks the protocol of Socket.IO 2: update it"));
    } else if (type == import_parser.PacketType.EVENT || type == import_parser.PacketType.BINARY_EVENT) {
      if (id != null) data.push(this.ack(id));
      if (this.connected) this.emitEvent(data);
      else this.receiveBuffer.push(Object.freeze(data));
    } else if (type == import_parser.PacketType.ACK || type == import_parser.PacketType.BINARY_ACK) {
      const ack = this.acks[id];
      if (!ack) return;
      delete this.acks[id];
      if (ack.withError) data.unshift(null);
      ack.apply(this, data);
    } else if (type == import_parser.PacketType.DISCONNECT) {
      this.destroy();
      this.onclose("io server disconnect", { description: "disconnected by the server" });
    } else if (type == import_parser.PacketType.CONNECT_ERROR) {
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
      this.packet(import_parser.PacketType.ACK, args, id);
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
    const { io, acks } = this;
    try {
      const messages = io._encode(packet);
      this.notifyOutgoingListeners(packet);
      io._write(messages, packet.options);
    } catch (err) {
      const ack = acks[packet.id];
      delete acks[packet.id];
      ack?.withError ? ack(err) : io.emit("error", err);
    }
  }
  destroy() {
    this.subs?.forEach((unsubscribe) => unsubscribe());
    this.subs = void 0;
    this.io._destroy(this);
  }
  /** Disconnects, for good. The last socket of a Manager closes the connection. */
  disconnect() {
    if (this.connected) this.packet(import_parser.PacketType.DISCONNECT);
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
}
function remove(listeners, listener) {
  const i = listener ? listeners.indexOf(listener) : 0;
  if (i >= 0) listeners.splice(i, listener ? 1 : Infinity);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Socket
});
