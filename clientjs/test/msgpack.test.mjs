import assert from 'node:assert/strict';
import { test } from 'node:test';
import parser, { Decoder, Encoder, PacketType, protocol } from '../dist/esm/msgpack.js';
import { decodeAll, fixtures } from './fixtures.mjs';
import { hexOf, tables } from './msgpack-tables.mjs';

tables(parser, (bytes) => bytes);

test('exports', () => {
  assert.equal(protocol, 5);
  assert.deepEqual(parser, { protocol, PacketType, Encoder, Decoder });
  const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR } = PacketType;
  assert.deepEqual([CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR], [0, 1, 2, 3, 4]);
  new Decoder().destroy();
});

test('binary data in Node.js', () => {
  const part = new Uint8Array([0, 3, 4, 5]).subarray(1, 3);
  const data = ['e', Buffer.from([1]), new ArrayBuffer(2), part, new DataView(new ArrayBuffer(1))];
  const [message] = new Encoder().encode({ type: 2, nsp: '/', data });
  const head = '83a47479706502a36e7370a12fa46461746195a165';
  assert.equal(hexOf(message), head + 'c40101' + 'c702000000' + 'c702000304' + 'c7010000');
  const got = decodeAll(new Decoder(), [message])[0].data;
  assert.deepEqual(got, ['e', Buffer.from([1]), new ArrayBuffer(2), new Uint8Array([3, 4]).buffer, new ArrayBuffer(1)]);
});

test('what only JavaScript says', () => {
  // The rows without "same" hold what Go makes of them.
  const rows = Object.fromEntries(fixtures('parser/msgpack/testdata/vectors.json').map((row) => [row.name, row.hex]));
  const packet = (...data) => ({ type: 2, nsp: '/', data: ['event', ...data] });
  for (const [name, want] of Object.entries({
    undefined: packet(undefined, [undefined]),
    date: packet(new Date(0), new Date(-1), new Date(1_700_000_000_123), { at: new Date(8.64e15) }),
    ArrayBuffer: packet(new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(0), new ArrayBuffer(8), new ArrayBuffer(1)),
    'large ArrayBuffer': packet(new Uint8Array(300).fill(7).buffer),
    'not finite': packet(NaN, Infinity, -Infinity),
    'connect of a client': { type: 0, data: undefined, nsp: '/' },
    'event of a client': { type: 2, data: ['event', 1], options: { compress: true }, id: 7, nsp: '/chat' },
    'ack of a client': { type: 3, id: 70_000, data: [], nsp: '/' },
  })) {
    assert.equal(hexOf(new Encoder().encode(want)[0]), rows[name], name);
    assert.deepEqual(decodeAll(new Decoder(), [Buffer.from(rows[name], 'hex')]), [want], name);
  }
  const typed = packet(new Uint8Array([1, 2]), new Uint16Array([3]), new Float64Array([0.5]));
  assert.equal(hexOf(new Encoder().encode(typed)[0]), rows['typed arrays']);
  assert.equal(hexOf(new Encoder().encode(packet(-0))[0]), rows['minus zero']);
});

test('unknown extensions are arrays of type and data', () => {
  const decode = (hex) =>
    decodeAll(new Decoder(), [Buffer.from('83a47479706502a36e7370a12fa46461746192a165' + hex, 'hex')])[0].data[1];
  for (const [head, type, n] of [
    ['d401', 1, 1],
    ['d500', 0, 2],
    ['d680', -128, 4],
    ['d7ff', -1, 8],
    ['d87f', 127, 16],
    ['c70105', 5, 1],
    ['c8000005', 5, 0],
    ['c90000000305', 5, 3],
  ]) {
    assert.deepEqual(decode(head + '07'.repeat(n)), [type, Buffer.alloc(n, 7)], head);
  }
});
