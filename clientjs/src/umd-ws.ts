// The entry of the bundle with WebSocket alone for <script>.

export { io as default } from './ws.js';
