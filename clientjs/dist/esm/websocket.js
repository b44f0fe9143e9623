import { encodePacket } from "./packet.js";
import { Transport } from "./transport.js";
class WebSocket extends Transport {
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
}
export {
  WebSocket
};
