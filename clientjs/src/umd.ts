// The entry of the bundle for <script>, which has no other name than `io`. XHR is for bundlers alone: see bundle.ts.

import { Fetch, io, WebSocket, WebTransport } from './index.js';

export default /* @__PURE__ */ Object.assign(io, { Fetch, WebSocket, WebTransport });
