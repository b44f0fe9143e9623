// Old versions of React Native have neither TextEncoder nor TextDecoder.

import { arrayBuffer } from './fixtures.mjs';
import { tables } from './msgpack-tables.mjs';

const { process, TextEncoder, TextDecoder } = globalThis;
Object.assign(globalThis, { process: undefined, TextEncoder: undefined, TextDecoder: undefined });
const { default: parser } = await import('../dist/esm/msgpack.js');
Object.assign(globalThis, { process, TextEncoder, TextDecoder });

tables(parser, arrayBuffer);
