import { decodePayload, encodePayload } from "./packet.js";
import { Transport } from "./transport.js";
class Polling extends Transport {
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
}
const closing = "1";
class Fetch extends Polling {
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
}
export {
  Fetch,
  Polling,
  closing
};
