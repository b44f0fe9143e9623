import { WebSocket as WS } from "ws";
import { nodeHeaders, nodeOptions } from "./node-options.js";
import { WebSocket } from "./websocket.js";
class NodeWebSocket extends WebSocket {
  createSocket(uri, protocols) {
    const { opts, socket } = this;
    return new WS(uri, protocols, {
      ...nodeOptions(opts, ["perMessageDeflate", "protocolVersion", "origin", "maxPayload"]),
      headers: nodeHeaders(opts, socket)
    });
  }
  onOpen() {
    if (this.opts.autoUnref) this.ws._socket.unref();
    super.onOpen();
  }
  doWrite(packet, data) {
    this.ws.send(data, { compress: packet.options?.compress !== false });
  }
}
export {
  NodeWebSocket
};
