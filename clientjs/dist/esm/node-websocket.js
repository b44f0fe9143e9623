import { WebSocket as WS } from "ws";
import { nodeHeaders, nodeOptions } from "./node-options.js";
import { byteLength } from "./packet.js";
import { WebSocket } from "./websocket.js";
function nodeWebSocket(uri, opts, cookieJar) {
  const ws = new WS(uri, opts.protocols, {
    perMessageDeflate: { threshold: 1024 },
    ...nodeOptions(opts, ["perMessageDeflate", "protocolVersion", "origin", "maxPayload"]),
    headers: nodeHeaders(opts, cookieJar)
  });
  if (opts.autoUnref) {
    ws.once("upgrade", ({ socket }) => socket.unref());
  }
  return ws;
}
class NodeWebSocket extends WebSocket {
  create_(uri) {
    return nodeWebSocket(uri, this.opts_, this.host_._cookieJar);
  }
  send_(packet, data) {
    const { threshold = 1024 } = Object(this.opts_.perMessageDeflate);
    this.ws_.send(data, { compress: packet.options?.compress !== false && byteLength(data) >= threshold });
  }
}
export {
  NodeWebSocket,
  nodeWebSocket
};
