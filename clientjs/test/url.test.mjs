import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostInUrl, parseQuery, uriOf, url } from '../dist/esm/url.js';

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
    '': { source: 'https://page.example:8443', path: '/' },
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
  assert.equal(url(undefined).id, 'http://localhost:80', 'outside of pages');
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
  for (const none of ['', undefined]) assert.deepEqual(parseQuery(none), {});
});

test('URLs of requests', () => {
  const opts = { hostname: 'a', port: '80', path: '/socket.io/', secure: false };
  for (const [scheme, change, query, want] of [
    ['http', {}, {}, 'http://a/socket.io/'],
    ['http', {}, { a: 'b', c: 1, d: true }, 'http://a/socket.io/?a=b&c=1&d=true'],
    ['http', {}, { '&': '= ☃' }, 'http://a/socket.io/?%26=%3D%20%E2%98%83'],
    ['ws', { port: '443' }, { a: '' }, 'ws://a:443/socket.io/?a='],
    ['wss', { port: '443', secure: true }, {}, 'wss://a/socket.io/'],
    ['https', { port: 80, secure: true }, {}, 'https://a:80/socket.io/'],
    ['https', { hostname: '::1', port: 443, secure: true }, {}, 'https://[::1]/socket.io/'],
  ]) {
    assert.equal(uriOf(scheme, { ...opts, ...change }, query), want);
  }
  const unique = Array.from({ length: 100 }, () => uriOf('http', opts, { a: 1 }, true));
  assert.match(unique[0], /^http:\/\/a\/socket\.io\/\?a=1&t=\w+$/);
  assert.equal(new Set(unique).size, 100);
  assert.match(uriOf('http', { ...opts, timestampParam: 'ts' }, {}, true), /\?ts=\w+$/);
});

test('prototypes are safe', () => {
  const query = parseQuery('__proto__=polluted&constructor=x');
  assert.equal(Object.getPrototypeOf(query), Object.prototype);
  assert.deepEqual(Object.keys(query), ['__proto__', 'constructor']);
});
