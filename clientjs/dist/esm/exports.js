import { protocol } from "./parser.js";
import { Socket } from "./socket.js";
import { Transport, TransportError } from "./transport.js";
export {
  Socket,
  Transport,
  TransportError,
  protocol
};
