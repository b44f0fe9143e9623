// The tests of the msgpack parser that are the same in Node.js and in browsers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAll, essence, fixtures, withBytes } from './fixtures.mjs';

/** Bytes as the tables have them. */
export const hexOf = (bytes) => Buffer.from(bytes).toString('hex');

/** Tests a parser by the tables. bytes makes what binary data is decoded as. */
export function tables({ Encoder, Decoder }, bytes) {
  const vectors = fixtures('parser/msgpack/testdata/vectors.json').filter((row) => row.same);

  test('packets', async (t) => {
    for (const { name, packet, hex } of vectors) {
      const want = withBytes(packet, bytes);
      if (want.data === null) delete want.data; // which the table has for undefined
      await t.test(`decode ${name}`, () => {
        const buffer = Buffer.from('00' + hex + '00', 'hex').subarray(1, -1); // not all of its memory
        for (const message of [buffer, new Uint8Array(buffer), new Uint8Array(buffer).buffer]) {
          const packets = decodeAll(new Decoder(), [message]);
          assert.deepEqual(packets.map(essence), [want]);
        }
      });
      await t.test(`encode ${name}`, () => {
        const encoded = new Encoder().encode(want);
        assert.equal(encoded.length, 1);
        assert.ok(encoded[0] instanceof Uint8Array);
        assert.equal(hexOf(encoded[0]), hex);
      });
    }
  });

  test('what is no packet', async (t) => {
    for (const { name, hex, js } of fixtures('parser/msgpack/testdata/errors.json')) {
      await t.test(name, () => {
        const message = Buffer.from(hex, 'hex');
        if (js) assert.equal(decodeAll(new Decoder(), [message]).length, 1);
        else assert.throws(() => decodeAll(new Decoder(), [message]), Error);
        assert.equal({}.type, undefined);
      });
    }
    await t.test('cut anywhere', () => {
      for (const { hex } of vectors) {
        const message = Buffer.from(hex, 'hex');
        for (let i = 0; i < message.length && i < 300; i++) {
          assert.throws(() => new Decoder().add(message.subarray(0, i)), Error);
        }
      }
    });
    await t.test('not binary', () => {
      for (const data of ['1000000000', '', null, undefined, {}, 1]) {
        assert.throws(() => new Decoder().add(data), TypeError);
      }
    });
  });

  // An event "e" with one argument, which follows.
  const head = '83a47479706502a36e7370a12fa46461746192a165';

  test('what comes back is what was sent', async (t) => {
    const long = (s) => [s.repeat(5), s.repeat(31), s.repeat(32), s.repeat(300), s.repeat(70_000)];
    for (const [name, value] of Object.entries({
      undefined: [undefined, { a: undefined }],
      dates: [new Date(0), new Date(-1), new Date(8.64e15), new Date(-8.64e15)],
      numbers: [NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64, 1e20, -1e19, 1e300],
      ascii: long('x'),
      'two bytes': long('é'),
      'three bytes': long('日'),
      'four bytes': long('😀'),
      'mixed text': long('aé日😀'),
      'byte order mark': long('\ufeff'),
      'long list': [Array(70_000).fill(1)],
      'long map': [Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]))],
    })) {
      await t.test(name, () => {
        const [message] = new Encoder().encode({ type: 2, nsp: '/', data: ['e', ...value] });
        const [packet] = decodeAll(new Decoder(), [message]);
        assert.deepEqual(packet.data, ['e', ...value]);
      });
    }
  });

  test('lone surrogates are U+FFFD', () => {
    for (const pad of ['', 'x'.repeat(50)]) {
      const text = `\ud800a${pad}\udc00\ud800`;
      const [message] = new Encoder().encode({ type: 2, nsp: '/', data: ['e', text] });
      assert.equal(decodeAll(new Decoder(), [message])[0].data[1], `\ufffda${pad}\ufffd\ufffd`);
    }
  });

  test('prototypes are safe', () => {
    const proto = 'a95f5f70726f746f5f5f';
    const message = Buffer.from(`${head}82${proto}81a8706f6c6c7574656401a161${proto}`, 'hex');
    const object = decodeAll(new Decoder(), [message])[0].data[1];
    assert.deepEqual(Object.keys(object), ['__proto__', 'a']);
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
    assert.equal(object.polluted, undefined);
    assert.equal({}.polluted, undefined);
    const again = new Encoder().encode({ type: 2, nsp: '/', data: ['e', object] })[0];
    assert.equal(hexOf(again), message.toString('hex'));
  });

  test('nesting', () => {
    const nested = (code, n) => Buffer.from(head + code.repeat(n) + 'c0', 'hex');
    for (const code of ['91', '81a0']) {
      assert.doesNotThrow(() => new Decoder().add(nested(code, 998)));
      assert.throws(() => new Decoder().add(nested(code, 999)), /nested/);
      assert.throws(() => new Decoder().add(nested(code, 1_000_000)), /nested/);
      assert.doesNotThrow(() => new Decoder().add(nested(code, 1)), 'after an error');
    }
  });

  test('announced lengths allocate nothing', () => {
    // A thousand arrays in each other, each of which has almost as many elements as there are bytes.
    const message = Buffer.alloc(1_000_000, 0xc0);
    message.write(head, 'hex');
    for (let i = 0; i < 990; i++) message.write('dd000dbba0', head.length / 2 + 5 * i, 'hex');
    const before = process.memoryUsage().heapUsed;
    assert.throws(() => new Decoder().add(message), Error);
    assert.ok(process.memoryUsage().heapUsed - before < 50e6);
  });

  test('messages are the caller\'s', () => {
    const encoder = new Encoder();
    const messages = [10, 100_000, 1_000_000, 20].map((n) => encoder.encode({ data: 'x'.repeat(n) })[0]);
    const copies = messages.map((message) => message.slice());
    for (const n of [30, 200_000]) encoder.encode({ data: 'y'.repeat(n) });
    assert.deepEqual(messages, copies);
  });

  test('what cannot be encoded', () => {
    const encode = (value) => new Encoder().encode({ type: 2, nsp: '/', data: ['e', value] });
    const circular = [];
    circular.push(circular);
    for (const value of [1n, Symbol('x'), () => {}, { a: 1n }, circular, { toJSON: () => 1n }]) {
      assert.throws(() => encode(value), Error);
    }
    assert.equal(hexOf(encode({ f() {}, a: 1 })[0]), `${head}81a16101`, 'members that are functions are left out');
    assert.equal(hexOf(encode(1)[0]), `${head}01`, 'after errors');
  });

  test('toJSON may encode something itself', () => {
    const encoder = new Encoder();
    let inner;
    const value = {
      toJSON() {
        [inner] = encoder.encode({ deep: 'x'.repeat(100_000) });
        return 'seen';
      },
    };
    const [message] = encoder.encode({ type: 2, nsp: '/', data: ['e', 'before', value, 'after'] });
    assert.deepEqual(decodeAll(new Decoder(), [message])[0].data, ['e', 'before', 'seen', 'after']);
    assert.equal(inner.length, 100_011);
  });
}
