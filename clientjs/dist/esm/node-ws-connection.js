import { nodeWebSocket } from "./node-websocket.js";
import { WebSocketConnection } from "./ws-connection.js";
class NodeWebSocketConnection extends WebSocketConnection {
  create_(uri) {
    return nodeWebSocket(uri, this.opts);
  }
}
export {
  NodeWebSocketConnection
};
