function openWebSocket(uri, { protocols, extraHeaders }) {
  return globalThis.navigator?.product == "ReactNative" ? new WebSocket(uri, protocols, { headers: extraHeaders }) : new WebSocket(uri, protocols || []);
}
export {
  openWebSocket
};
