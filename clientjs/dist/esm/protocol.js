const protocol = 5;
var PacketType = /* @__PURE__ */ ((PacketType2) => {
  PacketType2[PacketType2["CONNECT"] = 0] = "CONNECT";
  PacketType2[PacketType2["DISCONNECT"] = 1] = "DISCONNECT";
  PacketType2[PacketType2["EVENT"] = 2] = "EVENT";
  PacketType2[PacketType2["ACK"] = 3] = "ACK";
  PacketType2[PacketType2["CONNECT_ERROR"] = 4] = "CONNECT_ERROR";
  PacketType2[PacketType2["BINARY_EVENT"] = 5] = "BINARY_EVENT";
  PacketType2[PacketType2["BINARY_ACK"] = 6] = "BINARY_ACK";
  return PacketType2;
})(PacketType || {});
function check(ok, message = "invalid packet") {
  if (!ok) throw new Error(message);
}
const reserved = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
export {
  PacketType,
  check,
  protocol,
  reserved
};
