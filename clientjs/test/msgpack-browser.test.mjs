// In browsers binary data is ArrayBuffers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayBuffer, decodeAll } from './fixtures.mjs';
import { hexOf, tables } from './msgpack-tables.mjs';

const { process } = globalThis;
globalThis.process = undefined;
const { default: parser } = await import('../dist/esm/msgpack.js');
globalThis.process = process;

tables(parser, arrayBuffer);

test('binary data in browsers', () => {
  const data = ['e', new ArrayBuffer(2), new Uint8Array([0, 3, 4, 5]).subarray(1, 3), new DataView(new ArrayBuffer(1))];
  const [message] = new parser.Encoder().encode({ type: 2, nsp: '/', data });
  assert.equal(hexOf(message), '83a47479706502a36e7370a12fa46461746194a165' + 'c4020000' + 'c4020304' + 'c40100');
  const node = Buffer.from('83a47479706502a36e7370a12fa46461746193a165' + 'c702000304' + 'd40507', 'hex');
  assert.deepEqual(decodeAll(new parser.Decoder(), [node])[0].data, ['e', arrayBuffer([3, 4]), [5, arrayBuffer([7])]]);
});
