import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

test('types.test-d.ts compiles', { timeout: 60_000 }, async () => {
  const options = '--noEmit --strict --exactOptionalPropertyTypes --ignoreConfig --target es2022 --lib es2022,dom --module nodenext --types node';
  const args = [path('../node_modules/typescript/bin/tsc'), ...options.split(' '), path('types.test-d.ts')];
  const { code = 0, stdout } = await promisify(execFile)(process.execPath, args).catch((err) => err);
  assert.equal(stdout, '');
  assert.equal(code, 0);
});
