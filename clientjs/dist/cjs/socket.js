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
var import_protocol = require("./protocol.js");
class Socket extends import_emitter.Emitter {
  /** @internal Use `io()` or `manager.socket()`. */
  constructor(io, nsp, opts) {
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
    this.io = io;
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
      const { io } = this;
      this.active = true;
      if (!io.reconnecting_) io.open();
      if (io.state_ == "open") this.opened_();
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
    const { io, flags_: flags, opts_: opts, sendBuffer } = this;
    this.flags_ = {};
    (0, import_protocol.check)(!import_protocol.reserved.includes(ev), `"${String(ev)}" is a reserved event name`);
    const data = [ev, ...args];
    const ack = typeof data[data.length - 1] == "function" ? data.pop() : void 0;
    const packet = this.create_(import_protocol.PacketType.EVENT, data);
    packet.options = { compress: flags.compress !== false };
    const connected = this.connected && !io.engine.expired_();
    const queued = opts.retries && !flags.queued_ && !flags.volatile;
    const discarded = flags.volatile && !io.engine?.transport.writable;
    (0, import_protocol.check)(
      connected || discarded || flags.queued_ || !(sendBuffer.length + this._queue.length >= opts.maxBuffer),
      `maxBuffer (${opts.maxBuffer}) is full`
    );
    if (ack && !queued) packet.id = this.ids_++;
    const messages = discarded ? [] : io.encode_(packet);
    if (queued) {
      this.enqueue_(data, flags, ack);
    } else {
      if (ack) this.await_(packet.id, ack, flags.timeout ?? opts.ackTimeout);
      if (connected && !discarded) this.push_(packet, messages);
      else if (!discarded) sendBuffer.push(packet);
    }
    return this;
  }
  create_(type, data) {
    return { type, nsp: this.nsp, data };
  }
  push_(packet, messages) {
    for (const listener of this.anyOutgoing_.slice()) listener.apply(this, packet.data);
    this.io.send_(packet, messages);
  }
  /** Waits for an acknowledgement. */
  await_(id, ack, timeout) {
    const { io, acks } = this;
    acks[id] = ack;
    if (timeout === void 0) return;
    const timer = io.after_(timeout, () => {
      delete acks[id];
      this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
      ack.call(this, new Error("operation has timed out"));
    });
    acks[id] = (...args) => {
      io.stop_(timer);
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
  enqueue_(data, flags, ack) {
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
          this.emit(...data, done);
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
    const { io, auth, pid_: pid } = this;
    const { engine } = io;
    const connect = (data) => {
      if (engine != io.engine || !this.active) return;
      io.send_(this.create_(import_protocol.PacketType.CONNECT, pid ? { pid, offset: this.offset_, ...data } : data));
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
  onpacket({ type, data, id }) {
    if (type == import_protocol.PacketType.CONNECT) {
      if (data?.sid) this.connect_(data.sid, data.pid);
      else this.emit_("connect_error", new Error("server of Socket.IO 2"));
    } else if (type == import_protocol.PacketType.EVENT) {
      if (id != null) data.push(this.ack_(id));
      if (this.connected) this.emitEvent_(data);
      else this.receiveBuffer.push(data);
    } else if (type == import_protocol.PacketType.DISCONNECT) {
      this.forget_();
      this.closed_("io server disconnect", { description: "by the server" });
    } else if (type == import_protocol.PacketType.CONNECT_ERROR) {
      this.forget_();
      this.emit_("connect_error", Object.assign(new Error(data.message ?? data), { data: data.data }));
    } else {
      const ack = this.take_(id);
      ack?.apply(this, ack.withError_ ? [null, ...data] : data);
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
      if (session && session == this.id) this.io.send_({ ...this.create_(import_protocol.PacketType.ACK, args), id });
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
    if (this.connected) this.io.send_(this.create_(import_protocol.PacketType.DISCONNECT));
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
}
function remove(listeners, listener) {
  listeners.splice(listener ? listeners.indexOf(listener) >>> 0 : 0, listener ? 1 : Infinity);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Socket
});
