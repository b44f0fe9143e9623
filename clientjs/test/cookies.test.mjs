import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CookieJar } from '../dist/esm/cookies.js';

const now = Date.UTC(2026, 0, 1);

function jar(...headers) {
  const cookies = new CookieJar();
  cookies.parseCookies(headers);
  return cookies;
}

test('what is sent back', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now });
  for (const [name, headers, want] of [
    ['none', [], ''],
    ['one', ['a=b'], 'a=b'],
    ['two', ['a=b', 'c=d; Path=/; HttpOnly; Secure; SameSite=Lax'], 'a=b; c=d'],
    ['a new value', ['a=b', 'a=c'], 'a=c'],
    ['spaces', [' a = b '], 'a=b'],
    ['quotes', ['a="b c"'], 'a=b c'],
    ['= in the value', ['a=b=c=='], 'a=b=c=='],
    ['no value', ['a='], 'a='],
    ['no name', ['=b', 'b', ''], ''],
    ['name __proto__', ['__proto__=x'], '__proto__=x'],
    ['Max-Age', ['a=b; max-age=10'], 'a=b'],
    ['Max-Age 0', ['a=b', 'a=b; Max-Age=0'], ''],
    ['negative Max-Age', ['a=b; Max-Age=-1'], ''],
    ['broken Max-Age', ['a=b; Max-Age=x'], ''],
    ['Expires', ['a=b; Expires=Thu, 01 Jan 2026 00:00:10 GMT'], 'a=b'],
    ['Expires in the past', ['a=b; expires=Wed, 31 Dec 2025 23:59:59 GMT'], ''],
    ['broken Expires', ['a=b; Expires=x'], ''],
    ['Max-Age before Expires', ['a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=1'], 'a=b'],
    ['Max-Age before Expires, other order', ['a=b; Max-Age=0; Expires=Fri, 01 Jan 2027 00:00:00 GMT'], ''],
  ]) {
    await t.test(name, () => assert.equal(jar(...headers).header(), want));
  }
});

test('cookies end', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now });
  const cookies = jar('a=b; Max-Age=10', 'c=d; Expires=Thu, 01 Jan 2026 00:00:20 GMT', 'e=f');
  for (const [after, want] of [
    [9_999, 'a=b; c=d; e=f'],
    [1, 'c=d; e=f'],
    [9_999, 'c=d; e=f'],
    [1, 'e=f'],
    [1e12, 'e=f'],
  ]) {
    t.mock.timers.tick(after);
    assert.equal(cookies.header(), want);
  }
});

test('no header', () => {
  const cookies = jar('a=b');
  cookies.parseCookies(undefined);
  assert.equal(cookies.header(), 'a=b');
});
