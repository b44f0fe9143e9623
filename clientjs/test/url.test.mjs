import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uriOf, url } from '../dist/esm/url.js';

const page = { protocol: 'https:', hostname: 'page.example', port: '8443' };

test('URLs', async (t) => {
  for (const [uri, want] of Object.entries({
    'http://woot.com': { secure: false, hostname: 'woot.com', port: '', path: '/', id: 'http://woot.com:80' },
    'http://woot.com/': { port: '', path: '/' },
    'http://woot.com:80/': { port: '80', id: 'http://woot.com:80' },
    'https://woot.com': { secure: true, port: '', id: 'https://woot.com:443' },
    'ws://woot.com/a': { secure: false, path: '/a', id: 'ws://woot.com:80' },
    'wss://woot.com/a/b': { secure: true, path: '/a/b', id: 'wss://woot.com:443' },
    'http://localhost:3000/chat?token=1&x=a%20b#top': {
      hostname: 'localhost',
      port: '3000',
      path: '/chat',
      search_: 'token=1&x=a%20b',
      id: 'http://localhost:3000',
    },
    'http://woot.com?a=1': { hostname: 'woot.com', path: '/', search_: 'a=1' },
    'http://user:pass@woot.com:90/x': { hostname: 'woot.com', port: '90', path: '/x', id: 'http://woot.com:90' },
    'http://[::1]': { hostname: '[::1]', port: '', id: 'http://[::1]:80' },
    'http://[2001:db8::1]:3000/x': { hostname: '[2001:db8::1]', port: '3000', path: '/x' },
    'woot.com': { secure: true, hostname: 'woot.com', id: 'https://woot.com:443' },
    'woot.com:3000/x': { secure: true, hostname: 'woot.com', port: '3000', path: '/x' },
    '//woot.com/x': { secure: true, hostname: 'woot.com', path: '/x' },
    '/x': { secure: true, hostname: 'page.example', port: '8443', path: '/x' },
    '/x?y=1': { path: '/x', search_: 'y=1' },
    '': { hostname: 'page.example', port: '8443', path: '/', search_: '' },
    '/?__proto__=polluted': { search_: '__proto__=polluted' },
  })) {
    await t.test(uri, () => {
      const parsed = url(uri, '', page);
      for (const [name, value] of Object.entries(want)) assert.deepEqual(parsed[name], value, name);
    });
  }
});

test('no URL is the page', () => {
  for (const none of [undefined, null]) assert.equal(url(none, '', page).id, 'https://page.example:8443');
  assert.equal(url(undefined).id, 'http://localhost:80', 'outside of pages');
  globalThis.location = { protocol: 'http:', hostname: 'localhost', port: '1234' };
  assert.equal(url('/ns').id, 'http://localhost:1234');
  delete globalThis.location;
});

test('the path of the server is part of the id', () => {
  assert.equal(url('http://a/x', '/socket.io').id, 'http://a:80/socket.io');
  assert.equal(url('http://a/y', '/socket.io').id, url('http://a:80', '/socket.io').id);
});

test('URLs of requests', () => {
  const opts = { hostname: 'a', port: '', path: '/socket.io/', search_: '' };
  for (const [scheme, change, query, want] of [
    ['http', {}, { a: 'b', c: 1, d: true }, 'http://a/socket.io/?a=b&c=1&d=true'],
    ['http', {}, { '&': '= ☃' }, 'http://a/socket.io/?%26=%3D%20%E2%98%83'],
    ['ws', { port: '443' }, { a: '' }, 'ws://a:443/socket.io/?a='],
    ['https', { port: 80 }, { a: 1 }, 'https://a:80/socket.io/?a=1'],
    ['https', { hostname: '[::1]' }, { a: 1 }, 'https://[::1]/socket.io/?a=1'],
    ['http', { search_: 'x=%20&y' }, { a: 1 }, 'http://a/socket.io/?a=1&x=%20&y'],
  ]) {
    assert.equal(uriOf(scheme, { ...opts, ...change }, query), want);
  }
  const unique = Array.from({ length: 100 }, () => uriOf('http', opts, { a: 1 }, true));
  assert.match(unique[0], /^http:\/\/a\/socket\.io\/\?a=1&t=\w+$/);
  assert.equal(new Set(unique).size, 100);
  assert.match(uriOf('http', { ...opts, timestampParam: 'ts' }, {}, true), /\?ts=\w+$/);
});
