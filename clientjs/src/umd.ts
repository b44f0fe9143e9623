// The entry of the bundles for <script>, which has no other name than `io`.

import { Fetch, io, protocol, Transport, TransportError, WebSocket, WebTransport, XHR } from './index.js';

export default /* @__PURE__ */ Object.assign(io, {
  protocol,
  Fetch,
  Transport,
  TransportError,
  WebSocket,
  WebTransport,
  XHR,
});
