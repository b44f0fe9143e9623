package browser

import (
	"slices"
	"testing"
)

// packet is a row of packets of Socket.IO that follow a proper connection.
func packet(name string, packets ...string) hostile {
	for i, p := range packets {
		if p[0] != 'b' {
			packets[i] = "4" + p
		}
	}
	return hostile{name: name, packets: packets}
}

const someBytes = "bAQID" // an attachment

var hostiles = slices.Concat(pollution, misfits, []hostile{
	// What Engine.IO is made of.
	{name: "unknown engine packet", packets: []string{"9abc"}},
	{name: "engine packet without type", packets: []string{""}},
	{name: "engine packet of another alphabet", packets: []string{"é🎉"}},
	{name: "engine constructor", packets: []string{"constructor"}},
	{name: "lone ping", packets: []string{"2"}},
	{name: "ping with data", packets: []string{"2probe"}},
	{name: "pong", packets: []string{"3"}},
	{name: "pong of a probe", packets: []string{"3probe"}},
	{name: "upgrade", packets: []string{"5"}},
	{name: "noop", packets: []string{"6"}},
	{name: "close", packets: []string{"1"}},
	{name: "empty message", packets: []string{"4"}},
	{name: "second open", packets: []string{`0{"sid":"second","upgrades":[],"pingInterval":25000,"pingTimeout":20000}`}},
	{name: "second open, broken", packets: []string{"0{"}},
	{name: "second open, null", packets: []string{"0null"}},
	{name: "open without data", open: "0"},
	{name: "open, broken", open: "0{"},
	{name: "open with null", open: "0null"},
	{name: "open with an array", open: "0[]"},
	{name: "open with a string", open: `0"x"`},
	{name: "open without times", open: `0{"sid":"raw-x","upgrades":[]}`},
	{name: "open without sid", open: `0{"upgrades":[],"pingInterval":25000,"pingTimeout":20000}`},
	{name: "open with __proto__", open: `0{"__proto__":{"p":1},"sid":"raw-x","upgrades":["__proto__","constructor"],` +
		`"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`},
	{name: "open with upgrades of a kind", open: `0{"sid":"raw-x","upgrades":"websocket",` +
		`"pingInterval":25000,"pingTimeout":20000}`},
	{name: "message before open", open: `42["x"]`},
	{name: "body, no packet", body: "<html>busy</html>", packets: []string{"<html>busy</html>"}},
	{name: "body, empty packets", body: "\x1e\x1e\x1e", packets: []string{"\x1e"}},
	{name: "body, broken base64", body: "b%%%\x1eb\x1ebA", packets: []string{"b%%%"}},
})

// pollution are attempts to change the prototype of all objects.
var pollution = []hostile{
	packet("__proto__", `2["x",{"__proto__":{"p":1}}]`),
	packet("constructor", `2["x",{"constructor":{"prototype":{"p":1}}}]`),
	packet("binary __proto__", `51-["x",{"__proto__":{"_placeholder":true,"num":0}}]`, someBytes),
	packet("binary below __proto__", `51-["x",{"__proto__":{"p":{"_placeholder":true,"num":0}}}]`, someBytes),
	packet("binary constructor", `51-["x",{"constructor":{"prototype":{"p":{"_placeholder":true,"num":0}}}}]`, someBytes),
	packet("placeholder with __proto__", `51-["x",{"__proto__":{"p":1},"_placeholder":true,"num":0}]`, someBytes),
	packet("num __proto__", `51-["x",{"_placeholder":true,"num":"__proto__"}]`, someBytes),
	packet("num length", `51-["x",{"_placeholder":true,"num":"length"}]`, someBytes),
	packet("array as __proto__", `2["x",{"__proto__":["p"]}]`),
	packet("ack with __proto__", `30[{"__proto__":{"p":1}}]`),
	packet("binary ack with __proto__", `61-0[{"__proto__":{"_placeholder":true,"num":0}}]`, someBytes),
	packet("event __proto__", `2["__proto__",{"p":1}]`),
	packet("event constructor", `2["constructor",{"p":1}]`),
	packet("event toString", `2["toString"]`),
	packet("event hasOwnProperty", `2["hasOwnProperty",1]`),
	packet("namespace __proto__", `2/__proto__,["x",{"p":1}]`),
	packet("namespace constructor", `0/constructor,{"sid":"x"}`),
	{name: "connect with __proto__", connect: `40{"__proto__":{"p":1},"sid":"x","pid":{"__proto__":{"p":1}}}`},
	{name: "connect_error with __proto__", connect: `44{"message":"m","data":{"__proto__":{"p":1}},"__proto__":{"p":1}}`},
	{name: "connect_error with constructor", connect: `44{"message":"m","data":{"constructor":{"prototype":{"p":1}}}}`},
}

// misfits are packets of Socket.IO out of shape or out of place.
var misfits = []hostile{
	packet("event connect", `2["connect"]`),
	packet("event connect_error", `2["connect_error",{}]`),
	packet("event disconnect", `2["disconnect"]`),
	packet("event disconnecting", `2["disconnecting"]`),
	packet("event newListener", `2["newListener"]`),
	packet("event of null", `2[null]`),
	packet("event of an object", `2[{}]`),
	packet("event of an array", `2[[]]`),
	packet("event of a number", `2[1]`),
	packet("event without name", `2[]`),
	packet("event, an object", `2{}`),
	packet("event, a string", `2"x"`),
	packet("event, null", `2null`),
	packet("event without data", `2`),
	packet("event, broken", `2["x`),
	packet("event with an id alone", `21`),
	packet("event with a huge id", `299999999999999999999["x"]`),
	packet("ack without id", `3[]`),
	packet("ack of nothing", `312345[]`),
	packet("ack of a huge id", `399999999999999999999[]`),
	packet("ack, an object", `31{}`),
	packet("ack without data", `31`),
	packet("ack of __proto__", `3__proto__[]`),
	packet("second connect", `0{"sid":"second"}`),
	packet("second connect without data", `0`),
	packet("connect of a string", `0"x"`),
	packet("connect of an array", `0[]`),
	packet("disconnect with data", `1{}`),
	packet("unknown type", `9`),
	packet("type of a letter", `a["x"]`),
	packet("no attachments", `50-["x"]`),
	packet("attachments without number", `5-["x"]`),
	packet("attachments of letters", `5a-["x"]`),
	packet("attachments without end", `51`),
	packet("attachments below zero", `5-1-["x"]`),
	packet("attachments not whole", `51.5-["x"]`),
	packet("too many attachments", `599999999999-["x"]`),
	packet("text in place of an attachment", `51-["x",{"_placeholder":true,"num":0}]`),
	packet("attachment alone", someBytes),
	packet("more attachments", `51-["x",{"_placeholder":true,"num":0}]`, someBytes, someBytes),
	packet("num too large", `51-["x",{"_placeholder":true,"num":1}]`, someBytes),
	packet("num below zero", `51-["x",{"_placeholder":true,"num":-1}]`, someBytes),
	packet("num not whole", `51-["x",{"_placeholder":true,"num":0.5}]`, someBytes),
	packet("num of a string", `51-["x",{"_placeholder":true,"num":"0"}]`, someBytes),
	packet("num missing", `51-["x",{"_placeholder":true}]`, someBytes),
	packet("placeholder without attachments", `2["x",{"_placeholder":true,"num":0}]`),
	packet("namespace without end", `2/`),
	packet("namespace of another", `2/other,["x"]`),
	{name: "connect without data", connect: `40`},
	{name: "connect without sid", connect: `40{}`},
	{name: "connect with an odd sid", connect: `40{"sid":{"a":1}}`},
	{name: "connect with null", connect: `40null`},
	{name: "event before connect", connect: `42["x"]`, packets: []string{`40{"sid":"late"}`}},
	{name: "connect_error without data", connect: `44`},
	{name: "connect_error of a string", connect: `44"text"`},
	{name: "connect_error of null", connect: `44null`},
	{name: "connect_error of an array", connect: `44[]`},
	{name: "connect_error of a number", connect: `441`},
	{name: "connect_error without message", connect: `44{"data":1}`},
	{name: "connect_error with an odd message", connect: `44{"message":{"a":[1]}}`},
}

// TestClientHostile sends what a broken or malicious server may (T48): no prototype changes, nothing is thrown where
// nobody catches it, and the client is alive afterwards, if need be on a new connection.
func TestClientHostile(t *testing.T) {
	names := make([]string, len(hostiles))
	for i, row := range hostiles {
		names[i] = row.name
	}
	each(t, pureWays, func(t *testing.T, w way) {
		p := openClient(t, w.name, serveRaw(t, hostiles))
		p.run(`
			const before = Object.getOwnPropertyNames(Object.prototype).join();
			const reasons = ['parse error', 'transport error', 'transport close', 'ping timeout', 'io client disconnect'];
			const meet = async (row, name) => {
				const socket = watch(io({
					path: '/raw/', query: { row }, transports: a[0], forceNew: true,
					reconnectionDelay: 10, reconnectionDelayMax: 10, timeout: 5000,
				}));
				let id, over;
				socket.on('connect', () => {
					if (id === undefined) socket.emit('x', () => {}); // the ack with id 0 is awaited
					id = socket.id;
				});
				socket.on('connect_error', (error) => {
					check(error instanceof Error, name + ': no Error');
					// The server did not let it in: the application decides to try again.
					if (socket.io.engine.readyState === 'open' || !socket.active) {
						setTimeout(() => over || socket.disconnect().connect(), 1);
					}
				});
				socket.on('disconnect', (reason) => check(reasons.includes(reason), name + ': ' + reason));
				await next(socket, 'alive').catch((error) => { throw new Error(name + ': ' + error.message); });
				check({}.p === undefined && [].p === undefined && (() => {}).p === undefined, name + ': polluted');
				equal(Object.getOwnPropertyNames(Object.prototype).join(), before, name);
				over = socket.disconnect();
				// Polls that wait for a close may not take all of the browser's connections: none is left to close them.
				await until(() => socket.io.engine.readyState === 'closed');
			};
			const rows = a[1].entries(); // those that meet them take turns
			await Promise.all([1, 2, 3].map(async () => {
				for (const [row, name] of rows) await meet(row, name);
			}));
		`, w.transports, names)
	})
}

func TestClientHostileURL(t *testing.T) {
	each(t, []way{byUpgrade}, func(t *testing.T, w way) {
		s := serveClient(t, nil)
		p := openClient(t, w.name, s.url)
		p.run(`
			const query = '__proto__[p]=1&__proto__=1&__proto__.p=1&constructor[prototype][p]=1&constructor.prototype.p=1&=&&a';
			for (const socket of [
				io('/?' + query, { transports: a[0], forceNew: true }),
				io({ transports: a[0], forceNew: true, query: JSON.parse('{"__proto__":{"p":1},"q":"q"}') }),
				io({ transports: a[0], forceNew: true, auth: JSON.parse('{"__proto__":{"p":1}}') }),
				io(JSON.parse('{"__proto__":{"p":1},"forceNew":true}')),
			]) {
				equal(await watch(socket).emitWithAck('echo', 1), 1);
				check({}.p === undefined, 'polluted');
				socket.disconnect();
			}
		`, w.transports)
	})
}
