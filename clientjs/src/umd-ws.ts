// The entry of the bundle with WebSocket alone for <script>.

import { io, protocol, Transport, TransportError, WebSocket } from './ws.js';

export default /* @__PURE__ */ Object.assign(io, { protocol, Transport, TransportError, WebSocket });
