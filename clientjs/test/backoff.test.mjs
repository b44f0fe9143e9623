import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../dist/esm/backoff.js';

const take = (backoff, n) => Array.from({ length: n }, () => backoff.duration());

test('delays double up to the limit', () => {
  const backoff = new Backoff(100, 1000, 0);
  assert.deepEqual(take(backoff, 6), [100, 200, 400, 800, 1000, 1000]);
  assert.equal(backoff.attempts, 6);
  backoff.reset();
  assert.equal(backoff.attempts, 0);
  assert.deepEqual(take(backoff, 2), [100, 200]);
});

test('no number of attempts is too large', () => {
  const backoff = new Backoff(1000, 5000, 0.5);
  for (const attempts of [60, 1023, 1024, 1e6]) {
    backoff.attempts = attempts;
    assert.equal(backoff.duration(), 5000);
  }
});

test('jitter', (t) => {
  for (const [random, want] of [
    [0, 500],
    [0.25, 750],
    [0.5, 1000],
    [0.999999, 1499],
  ]) {
    const mock = t.mock.method(Math, 'random', () => random);
    assert.equal(new Backoff(1000, 5000, 0.5).duration(), want);
    mock.mock.restore();
  }
});

test('jitter is drawn anew each time, and does not exceed the limit', () => {
  const delays = Array.from({ length: 1000 }, () => new Backoff(1000, 1200, 0.5).duration());
  assert.ok(new Set(delays).size > 300);
  for (const delay of delays) assert.ok(Number.isInteger(delay) && delay >= 500 && delay <= 1200, String(delay));
});

test('settings may change', () => {
  const backoff = new Backoff(100, 1000, 0);
  backoff.duration();
  Object.assign(backoff, { min: 10, max: 30 });
  assert.deepEqual(take(backoff, 3), [20, 30, 30]);
});
