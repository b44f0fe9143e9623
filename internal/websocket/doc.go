// Package websocket is RFC 6455, cut to what engine.io needs. It was made for
// servers: thousands of connections that are idle most of the time, small
// messages, and the same frame handed to many recipients. A client's end is the
// same with the roles exchanged.
//
// # Terminology
//
// A frame is a header and a payload (RFC 6455 §5.2). A message is the payload
// of one text or binary frame, or of a fragmented sequence of them. A batch is
// what one read of the connection returned: any number of whole and partial
// frames.
//
// # Ownership
//
// Accept and Dial take the connection away from net/http and let go of
// everything else of it. Serve is the reader: it runs in one goroutine, which is all that
// exists for an idle connection; a buffer is taken from a pool once bytes are
// there to be read. Write may be called by any goroutine and never blocks:
// what the kernel does not take at once stays queued, and a drain goroutine
// exists only while something is.
//
// # Compression
//
// permessage-deflate (RFC 7692) is negotiated if the caller wants it, and never
// with a context that outlives a message: a connection that may compress holds
// no more than any other. A message is decompressed when all of it has arrived,
// into a pooled buffer, and no further than the size that a message may have.
// What is sent is compressed by the caller, once for all recipients, with
// DeflateFrame. No other extension exists, so a reserved bit that this one does
// not define is a protocol error.
package websocket
