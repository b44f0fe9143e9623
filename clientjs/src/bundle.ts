// The entry of the bundle for <script type="module">. Polling is by fetch(): who needs XMLHttpRequest takes the package.

export { connect, Fetch, io, io as default, Manager, protocol, Socket, WebSocket, WebTransport } from './index.js';
