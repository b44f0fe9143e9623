import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode, protocol } from '../dist/esm/packet.js';
import { decodePacket, decodePayload, encodePayload, encodeText } from '../dist/esm/payload.js';
import { arrayBuffer, fixtures, withBytes } from './fixtures.mjs';

const rows = fixtures('engineio/testdata/payloads.json').filter((row) => !row.js);
const error = { type: 'error', data: 'parser error' };

const kinds = {
  ArrayBuffer: arrayBuffer,
  Uint8Array: (bytes) => new Uint8Array(bytes),
  Buffer: (bytes) => bytes,
  'part of a buffer': (bytes) => new Uint8Array([1, ...bytes, 2]).subarray(1, bytes.length + 1),
  Blob: (bytes) => new Blob([bytes]),
};


test('the protocol', () => assert.equal(protocol, 4));

for (const [kind, bytes] of Object.entries(kinds)) {
  test(`payloads, encoded from ${kind}`, async (t) => {
    for (const row of rows) {
      if (row.decode) continue;
      await t.test(row.name, async () => assert.equal(await encodePayload(withBytes(row.packets, bytes)), row.payload));
    }
  });
}

for (const [type, bytes] of [
  ['arraybuffer', arrayBuffer],
  ['nodebuffer', (b) => b],
]) {
  test(`payloads, decoded as ${type}`, async (t) => {
    for (const row of rows) {
      await t.test(row.name, () => {
        assert.deepEqual(decodePayload(row.payload, type), withBytes(row.packets, bytes));
        if (row.packets.length > 1) return;
        assert.deepEqual([decodePacket(row.payload, type)], withBytes(row.packets, bytes));
      });
    }
  });
}

test('payloads, decoded as blob', async () => {
  const [packet] = decodePayload('bAQIDBA==', 'blob');
  assert.ok(packet.data instanceof Blob);
  assert.deepEqual(await packet.data.arrayBuffer(), arrayBuffer([1, 2, 3, 4]));
});

test('what is no packet', async (t) => {
  for (const row of fixtures('engineio/testdata/errors.json')) {
    await t.test(row.name, () => {
      const packets = decodePayload(row.payload, 'arraybuffer');
      if (row.js) return assert.notDeepEqual(packets.at(-1), error);
      assert.equal(packets.length, row.before + 1);
      assert.deepEqual(packets.at(-1), error);
      return undefined;
    });
  }
});

test('messages with bytes, as a WebSocket has them', async () => {
  for (const bytes of Object.values(kinds)) {
    const data = bytes(Buffer.from([1, 2]));
    assert.equal(encode({ type: 'message', data }), data);
  }
  const buffer = Buffer.from([0, 1, 2, 3]).subarray(1, 3);
  const arrived = decodePacket(buffer, 'arraybuffer');
  assert.deepEqual(arrived, { type: 'message', data: arrayBuffer([1, 2]) });
  assert.deepEqual(decodePacket(arrayBuffer([1, 2]), 'nodebuffer'), { type: 'message', data: Buffer.from([1, 2]) });
  assert.deepEqual(decodePacket(arrayBuffer([1, 2])), { type: 'message', data: arrayBuffer([1, 2]) });
});

test('a Blob keeps its place in a payload', async () => {
  const packets = ['a', new Blob(['x']), 'b'].map((data) => ({ type: 'message', data }));
  assert.equal(await encodePayload(packets), '4a\x1ebeA==\x1e4b');
});

test('bytes of any size', async () => {
  for (const size of [1, 2, 3, 1000, 100_000]) {
    const data = Buffer.alloc(size, 'bytes\xff');
    const text = await encodeText({ type: 'message', data });
    assert.equal(text, 'b' + data.toString('base64'));
    assert.deepEqual(decodePacket(text, 'nodebuffer').data, data);
  }
});
