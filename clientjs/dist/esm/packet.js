const protocol = 4;
const types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const parserError = { type: "error", data: "parser error" };
function isBinary(value) {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob;
}
function encode({ type, data }) {
  return isBinary(data) ? data : types.indexOf(type) + (data || "");
}
function decode(encoded) {
  if (typeof encoded != "string") return { type: "message", data: encoded };
  const type = types[encoded[0]];
  return !type ? parserError : encoded[1] ? { type, data: encoded.slice(1) } : { type };
}
function byteLength(data) {
  return typeof data == "string" ? 1 + new Blob([data]).size : data.byteLength ?? data.size;
}
export {
  byteLength,
  decode,
  encode,
  isBinary,
  parserError,
  protocol
};
