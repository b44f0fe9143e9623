import { Emitter } from "./emitter.js";
import { decodePacket } from "./packet.js";
import { encodeQuery, hostInUrl } from "./url.js";
class TransportError extends Error {
  constructor(reason, description, context) {
    super(reason);
    this.description = description;
    this.context = context;
    this.type = "TransportError";
  }
}
class Transport extends Emitter {
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
}
export {
  Transport,
  TransportError
};
