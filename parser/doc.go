// Package parser translates between Socket.IO packets and bytes: revision 5
// of the Socket.IO protocol, JSON text with binary attachments.
//
// # Terminology
//
// A packet is one message of the Socket.IO protocol: CONNECT, DISCONNECT,
// EVENT, ACK or CONNECT_ERROR. It travels as one text, followed, if it holds
// binary data, by the announced number of attachments. In the text, a
// placeholder {"_placeholder":true,"num":N} stands where attachment N belongs.
// The arguments of an event or an acknowledgement stay undecoded in [Args]
// until they are scanned into Go values.
//
// Encoding and decoding is about bytes, scanning and marshaling about Go values.
//
// That is the form of [JSON]. A [Codec] is any form of packets; package msgpack
// has the other.
//
// # How Go values travel
//
//   - []byte, and any named type of bytes without marshal methods, is an
//     attachment at any depth. A nil slice is null, an empty one is an empty
//     attachment. An interface{} receives an attachment as []byte.
//   - Everything else follows github.com/go-json-experiment/json, which is
//     encoding/json/v2: names are matched with their case, nil slices are [],
//     nil maps are {}, methods such as MarshalJSON and MarshalText are honoured.
//   - Integers are written exactly, also beyond 2^53, where JavaScript rounds;
//     they are also read exactly into the integer types.
//   - NaN and the infinities become null, as in JavaScript.
//   - Invalid UTF-8 and lone surrogates are accepted and become U+FFFD in Go
//     strings. Duplicate names in objects are accepted; the last one counts.
//
// # Hostile input
//
// A [Decoder] trusts nothing: every size, count and depth has a limit in
// [Limits], the JSON text is checked as a whole before a packet is returned,
// memory grows with the bytes that arrived and never with an announced count,
// and errors carry no part of the input. It is stricter than the reference
// where that one is careless: an acknowledgement id is digits only and exact up
// to 64 bits, no white space precedes the payload, an event name is a string or
// a safe integer, and the num of a placeholder is an integer in range.
package parser
