import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeQuery, hostInUrl, parseQuery, url } from '../dist/esm/url.js';

const page = { protocol: 'https:', host: 'page.example:8443' };

test('URLs', async (t) => {
  for (const [uri, want] of Object.entries({
    'http://woot.com': { protocol: 'http', host: 'woot.com', port: '80', path: '/', id: 'http://woot.com:80' },
    'http://woot.com/': { port: '80', path: '/' },
    'http://woot.com:80/': { port: '80', id: 'http://woot.com:80' },
    'https://woot.com': { protocol: 'https', port: '443', id: 'https://woot.com:443' },
    'ws://woot.com/a': { protocol: 'ws', port: '80', path: '/a', id: 'ws://woot.com:80' },
    'wss://woot.com/a/b': { protocol: 'wss', port: '443', path: '/a/b', id: 'wss://woot.com:443' },
    'http://localhost:3000/chat?token=1&x=a%20b#top': {
      host: 'localhost',
      port: '3000',
      path: '/chat',
      query: { token: '1', x: 'a b' },
      id: 'http://localhost:3000',
    },
    'http://woot.com?a=1': { host: 'woot.com', path: '/', query: { a: '1' } },
    'http://user:pass@woot.com:90/x': { host: 'woot.com', port: '90', path: '/x', id: 'http://woot.com:90' },
    'http://[::1]': { host: '::1', port: '80', id: 'http://[::1]:80' },
    'http://[2001:db8::1]:3000/x': { host: '2001:db8::1', port: '3000', path: '/x', id: 'http://[2001:db8::1]:3000' },
    'woot.com': { source: 'https://woot.com', protocol: 'https', port: '443' },
    'woot.com:3000/x': { source: 'https://woot.com:3000/x', port: '3000', path: '/x' },
    '//woot.com/x': { source: 'https://woot.com/x', path: '/x' },
    '/x': { source: 'https://page.example:8443/x', host: 'page.example', port: '8443', path: '/x' },
    '/x?y=1': { path: '/x', query: { y: '1' } },
    '': { source: 'https://', path: '/' },
  })) {
    await t.test(uri, () => {
      const parsed = url(uri, '', page);
      for (const [name, value] of Object.entries(want)) assert.deepEqual(parsed[name], value, name);
    });
  }
});

test('no URL is the page', () => {
  for (const none of [undefined, null]) {
    assert.equal(url(none, '', page).source, 'https://page.example:8443');
    assert.equal(url(none, '', page).id, 'https://page.example:8443');
  }
  assert.equal(url(undefined).id, 'https://localhost:443', 'outside of pages');
  globalThis.location = { protocol: 'http:', host: 'localhost:1234' };
  assert.equal(url('/ns').id, 'http://localhost:1234');
  delete globalThis.location;
});

test('the path of the server is part of the id', () => {
  assert.equal(url('http://a/x', '/socket.io').id, 'http://a:80/socket.io');
  assert.equal(url('http://a/y', '/socket.io').id, url('http://a:80', '/socket.io').id);
});

test('IPv6 hosts', () => {
  assert.equal(hostInUrl('::1'), '[::1]');
  assert.equal(hostInUrl('localhost'), 'localhost');
});

test('queries', async (t) => {
  for (const [query, want] of [
    ['a=b', { a: 'b' }],
    ['a=b&c=d', { a: 'b', c: 'd' }],
    ['a=&b', { a: '', b: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=1&a=2', { a: '2' }],
    ['%26=%3D&%E2%98%83=%20', { '&': '=', '☃': ' ' }],
  ]) {
    await t.test(query, () => assert.deepEqual(parseQuery(query), want));
  }
  assert.equal(encodeQuery({ a: 'b', c: 1, d: true, '&': '= ☃' }), 'a=b&c=1&d=true&%26=%3D%20%E2%98%83');
  assert.equal(encodeQuery({}), '');
});

test('prototypes are safe', () => {
  const query = parseQuery('__proto__=polluted&constructor=x');
  assert.equal(Object.getPrototypeOf(query), Object.prototype);
  assert.deepEqual(Object.keys(query), ['__proto__', 'constructor']);
  assert.equal(encodeQuery(query), '__proto__=polluted&constructor=x');
});
