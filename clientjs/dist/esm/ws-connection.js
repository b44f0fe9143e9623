import { Connection } from "./connection.js";
import { openWebSocket } from "./open-websocket.js";
import { decode, encode, protocol } from "./packet.js";
import { uriOf } from "./url.js";
class WebSocketConnection extends Connection {
  constructor(uri, options, host) {
    super(uri, options, host, "arraybuffer");
    /** What tells of a connection by several transports which one it is. */
    this.transport = { name: "websocket", writable: false };
    const { opts } = this;
    const query = { ...opts.query, EIO: protocol, transport: "websocket" };
    const ws = this.ws_ = this.create_(uriOf(opts.secure ? "wss" : "ws", opts, query, opts.timestampRequests));
    ws.binaryType = "arraybuffer";
    ws.onmessage = ({ data }) => this.onPacket_(decode(data));
    ws.onclose = (context) => this.end_("transport close", { description: "websocket connection closed", context });
    ws.onerror = (err) => this.fail_(Object.assign(new Error("websocket error"), { context: err }));
  }
  create_(uri) {
    const { opts } = this;
    return false ? new WebSocket(uri, opts.protocols || []) : openWebSocket(uri, opts);
  }
  push_(packet) {
    const { transport } = this;
    this.ws_.send(encode(packet), packet.options);
    this.emit_("flush");
    transport.writable = false;
    Promise.resolve().then(() => {
      transport.writable = this.readyState == "open";
      this.emit_("drain");
    });
  }
  stop_() {
    this.transport.writable = false;
    this.ws_.close();
  }
}
export {
  WebSocketConnection
};
