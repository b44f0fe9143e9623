import { decode, encode, isBinary, parserError } from "./packet.js";
const separator = "";
function bytesOf(data) {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
function encodeText(packet) {
  const { data } = packet;
  if (!isBinary(data)) return encode(packet);
  return data instanceof Blob ? data.arrayBuffer().then(base64) : base64(data);
}
function base64(data) {
  let text = "";
  for (const byte of bytesOf(data)) text += String.fromCharCode(byte);
  return "b" + btoa(text);
}
function decodePacket(encoded, binaryType) {
  if (typeof encoded == "string") {
    if (encoded[0] != "b") return decode(encoded);
    try {
      encoded = Uint8Array.from(atob(encoded.slice(1)), (c) => c.charCodeAt(0));
    } catch {
      return parserError;
    }
  }
  return decode(toBinaryType(encoded, binaryType));
}
function toBinaryType(data, binaryType) {
  if (data instanceof Blob) return data;
  if (binaryType == "blob") return new Blob([data]);
  const { buffer, byteOffset, byteLength } = bytesOf(data);
  if (binaryType == "nodebuffer") return Buffer.from(buffer, byteOffset, byteLength);
  return byteLength == buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}
async function encodePayload(packets) {
  return (await Promise.all(packets.map(encodeText))).join(separator);
}
function decodePayload(payload, binaryType) {
  const packets = [];
  for (const text of payload.split(separator)) {
    const packet = decodePacket(text, binaryType);
    packets.push(packet);
    if (packet == parserError) break;
  }
  return packets;
}
export {
  bytesOf,
  decodePacket,
  decodePayload,
  encodePayload,
  encodeText
};
