import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decoder, Encoder, PacketType, protocol } from '../dist/esm/parser.js';
import { arrayBuffer, decodeAll, essence, fixtures, withBytes } from './fixtures.mjs';

const rows = fixtures('parser/testdata/packets.json');
const kinds = {
  ArrayBuffer: arrayBuffer,
  Uint8Array: (bytes) => new Uint8Array(bytes),
  Buffer: (bytes) => bytes,
  DataView: (bytes) => new DataView(arrayBuffer(bytes)),
};

test('the protocol and its types', () => {
  assert.equal(protocol, 5);
  const names = ['CONNECT', 'DISCONNECT', 'EVENT', 'ACK', 'CONNECT_ERROR', 'BINARY_EVENT', 'BINARY_ACK'];
  names.forEach((name, i) => {
    assert.equal(PacketType[name], i);
    assert.equal(PacketType[i], name);
  });
});

for (const [kind, bytes] of Object.entries(kinds)) {
  test(`packets, with ${kind}`, async (t) => {
    for (const row of rows) {
      if (row.js) continue;
      const packet = withBytes(row.packet, bytes);
      const wire = withBytes(row.wire, bytes);
      await t.test(`decode ${row.name}`, () => {
        const packets = decodeAll(new Decoder(), wire);
        assert.deepEqual(packets.map(essence), [packet]);
      });
      if (row.decode) continue;
      await t.test(`encode ${row.name}`, () => {
        const before = structuredClone(packet);
        assert.deepEqual(new Encoder().encode(packet), wire);
        assert.deepEqual(structuredClone(packet), before, 'the packet is as it was');
      });
    }
  });
}

test('what is no packet', async (t) => {
  for (const { name, wire, js } of fixtures('parser/testdata/errors.json')) {
    await t.test(name, () => {
      const messages = withBytes(wire, arrayBuffer);
      const last = messages.pop();
      const decoder = new Decoder();
      decodeAll(decoder, messages);
      if (js) decoder.add(last);
      else assert.throws(() => decoder.add(last), Error);
      assert.equal({}.polluted, undefined);
    });
  }
});

test('neither text nor binary', () => {
  for (const data of [null, undefined, 1, {}, []]) assert.throws(() => new Decoder().add(data), String(data));
});

test('the decoder goes on after destroy', () => {
  const decoder = new Decoder();
  decoder.add('52-["a"]');
  decoder.add(new ArrayBuffer(1));
  decoder.destroy();
  assert.throws(() => decoder.add(new ArrayBuffer(1)));
  assert.deepEqual(decodeAll(decoder, ['51-["a",{"_placeholder":true,"num":0}]', arrayBuffer([7])]).map(essence), [
    { type: 2, nsp: '/', data: ['a', arrayBuffer([7])] },
  ]);
});

test('prototypes are safe', () => {
  for (const wire of [
    ['2["a",{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]'],
    ['51-["a",{"__proto__":{"polluted":{"_placeholder":true,"num":0}}}]', new ArrayBuffer(1)],
    ['51-["a",{"__proto__":{"_placeholder":true,"num":0}}]', new ArrayBuffer(1)],
    ['4{"__proto__":{"polluted":1}}'],
    ['0{"__proto__":{"polluted":1}}'],
  ]) {
    const [packet] = decodeAll(new Decoder(), wire);
    const object = Array.isArray(packet.data) ? packet.data[1] : packet.data;
    assert.equal({}.polluted, undefined);
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
    assert.ok(Object.hasOwn(object, '__proto__'));
  }
});

test('values that JSON has in its own way', () => {
  const encode = (...args) => new Encoder().encode({ type: PacketType.EVENT, nsp: '/', data: ['e', ...args] });
  assert.deepEqual(encode(undefined, NaN, () => {}, new Date(0)), ['2["e",null,null,null,"1970-01-01T00:00:00.000Z"]']);
  assert.deepEqual(encode({ a: undefined, toJSON: () => ({ b: 1 }) }), ['2["e",{"b":1}]']);
  const bytes = new Uint8Array([1]);
  assert.deepEqual(encode({ toJSON: () => ({ b: bytes }) }), ['51-["e",{"b":{"_placeholder":true,"num":0}}]', bytes]);
  assert.deepEqual(encode(Object.assign(Object.create(null), { b: bytes })), [
    '51-["e",{"b":{"_placeholder":true,"num":0}}]',
    bytes,
  ]);
  const circular = [];
  circular.push(circular);
  assert.throws(() => encode(circular));
  assert.throws(() => encode(1n), TypeError);
});

test('without binary data, JSON.stringify has no replacer: engines have a faster way then', (t) => {
  const stringify = t.mock.method(JSON, 'stringify');
  const encode = (data) => new Encoder().encode({ type: PacketType.EVENT, nsp: '/', data: ['e', data] });
  encode({ a: [1, { b: 'c' }] });
  assert.deepEqual(stringify.mock.calls[0].arguments.slice(1), [undefined]);
  encode({ a: [1, { b: new Uint8Array(1) }] });
  assert.equal(typeof stringify.mock.calls[1].arguments[1], 'function');
});

test('Blobs are attachments', () => {
  const blob = new Blob(['x']);
  assert.deepEqual(new Encoder().encode({ type: PacketType.ACK, nsp: '/a', id: 1, data: [blob] }), [
    '61-/a,1[{"_placeholder":true,"num":0}]',
    blob,
  ]);
});
