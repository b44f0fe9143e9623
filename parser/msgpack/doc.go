// Package msgpack is the codec of clients that use the official socket.io-msgpack-parser: each packet is one binary
// message, a MessagePack map, with binary data in its place.
//
//	io := socketio.NewServer(&socketio.ServerOptions{Parser: msgpack.Codec{}})
//
// All clients of the server have to use it: a connection that speaks JSON is closed with reason "parse error".
//
// # How Go values travel
//
// As in package parser, which does it: a packet is translated between MessagePack and JSON, so that arguments mean the
// same with both codecs. Where there is no JSON for what has arrived:
//
//   - A date, which is what JavaScript sends for a Date, and a timestamp become a string as in RFC 3339, or null out
//     of range. Like any time.Time, what Go sends is a string.
//   - undefined, NaN and the infinities become null.
//   - bin, and the extension that JavaScript sends for an ArrayBuffer or a typed array, is binary data. In the payload
//     of a CONNECT or CONNECT_ERROR it becomes a base64 string.
//
// Integers are sent as such, exactly, and other numbers as float64.
//
// # Hostile input
//
// A decoder has the bounds of one for JSON ([parser.Limits]), except that a packet may hold [MaxAttachments] pieces of
// binary data: they cost no messages of their own. Announced lengths are compared with what has arrived before they
// mean anything; the JSON text of a packet, placeholders aside, has at most six times its bytes. Beyond what the
// official decoder checks, it refuses other extensions, names of members that are no strings, invalid UTF-8, a member
// of the packet that comes twice, reserved event names, and namespaces that JSON packets could not name.
package msgpack
