import { Emitter } from "./emitter.js";
import { byteLength } from "./packet.js";
import { url } from "./url.js";
class Connection extends Emitter {
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
  sizeOf_(data) {
    return byteLength(data);
  }
  onPacket_(packet) {
    if (this.readyState == "closed") return;
    const { type, data } = packet;
    this.emit_("packet", packet);
    if (type == "open" && this.readyState == "opening") {
      try {
        this.onHandshake_(JSON.parse(data));
      } catch (err) {
        this.fail_(err);
      }
    } else if (type == "ping") {
      this.send_("pong");
      this.emit_("ping");
      this.emit_("pong");
      this.heard_();
    } else if (type == "error" || type == "open") {
      this.fail_(new Error(data));
    } else if (type == "message") {
      this.emit_("data", data);
      this.emit_("message", data);
    }
  }
  onHandshake_(data) {
    this.emit_("handshake", data);
    this.id = data.sid;
    this.pingDelay_ = data.pingInterval + data.pingTimeout;
    this.maxPayload_ = data.maxPayload;
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
  write(data, options) {
    this.send_("message", data, options);
    return this;
  }
  /** The same as write. */
  send(data, options) {
    return this.write(data, options);
  }
  send_(type, data, options) {
    if (/clos/.test(this.readyState)) return;
    const packet = { type, data, options: { compress: true, ...options } };
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
}
export {
  Connection
};
