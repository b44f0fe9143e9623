import { protocol } from "./protocol.js";
import { Socket } from "./socket.js";
export {
  Socket,
  protocol
};
