// The entry of the bundle with WebSocket alone for <script>.

import { io, protocol } from './ws.js';

export default /* @__PURE__ */ Object.assign(io, { protocol });
