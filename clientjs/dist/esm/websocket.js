import { openWebSocket } from "./open-websocket.js";
import { encode } from "./packet.js";
import { decodePacket, encodeText } from "./payload.js";
import { Transport } from "./transport.js";
import { uriOf } from "./url.js";
class WebSocket extends Transport {
  get name() {
    return "websocket";
  }
  open_() {
    const { opts_: opts, query } = this;
    if (opts.forceBase64) query.b64 = 1;
    try {
      const ws = this.create_(uriOf(opts.secure ? "wss" : "ws", opts, query, opts.timestampRequests));
      this.ws_ = ws;
      ws.binaryType = this.host_.binaryType == "blob" ? this.host_.binaryType : "arraybuffer";
      ws.onopen = () => this.opened_();
      ws.onclose = (context) => this.end_({ description: "websocket connection closed", context });
      ws.onmessage = ({ data }) => this.onPacket_(decodePacket(data, this.host_.binaryType));
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
  send_(_packet, data) {
    this.ws_.send(data);
  }
  stop_() {
    const { ws_: ws } = this;
    if (!ws) return;
    ws.onerror = () => {
    };
    ws.close();
  }
}
export {
  WebSocket
};
