import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../dist/esm/backoff.js';

test('delays double up to the limit', () => {
  const delays = [0, 1, 2, 3, 4, 5].map((attempt) => backoff(attempt, 100, 1000, 0));
  assert.deepEqual(delays, [100, 200, 400, 800, 1000, 1000]);
});

test('no number of attempts is too large', () => {
  for (const attempt of [60, 1023, 1024, 1e6]) assert.equal(backoff(attempt, 1000, 5000, 0.5), 5000);
});

test('jitter', (t) => {
  for (const [random, want] of [
    [0, 500],
    [0.25, 750],
    [0.5, 1000],
    [0.75, 1250],
  ]) {
    const mock = t.mock.method(Math, 'random', () => random);
    assert.equal(backoff(0, 1000, 5000, 0.5), want);
    mock.mock.restore();
  }
});

test('jitter is drawn anew each time, and does not exceed the limit', () => {
  const delays = Array.from({ length: 1000 }, () => backoff(0, 1000, 1200, 0.5));
  assert.ok(new Set(delays).size > 300);
  for (const delay of delays) assert.ok(delay >= 500 && delay <= 1200, String(delay));
});
