import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../dist/esm/emitter.js';

/** An emitter, and what its listeners note. */
function setUp() {
  const log = [];
  const note = (name) => (...args) => log.push([name, ...args]);
  return { emitter: new Emitter(), log, note };
}

test('listeners run in order, with all arguments', () => {
  const { emitter, log, note } = setUp();
  assert.equal(emitter.on('a', note('first')), emitter);
  emitter.on('a', note('second'));
  emitter.on('b', note('other'));
  assert.equal(emitter.emit('a', 1, null, undefined), emitter);
  emitter.emit('nobody');
  assert.deepEqual(log, [['first', 1, null, undefined], ['second', 1, null, undefined]]);
});

test('this is the emitter', () => {
  const emitter = new Emitter();
  const seen = [];
  emitter.on('a', function () {
    seen.push(this);
  });
  emitter.once('a', function () {
    seen.push(this);
  });
  emitter.emit('a');
  assert.deepEqual(seen, [emitter, emitter]);
});

test('once', () => {
  const { emitter, log, note } = setUp();
  emitter.once('a', note('once'));
  emitter.once('a', () => emitter.emit('a', 2));
  emitter.emit('a', 1);
  emitter.emit('a', 3);
  assert.deepEqual(log, [['once', 1]]);
  assert.equal(emitter.hasListeners('a'), false);
});

test('off', () => {
  const { emitter, log, note } = setUp();
  const a = note('a');
  const b = note('b');
  emitter.on('x', a).on('x', b).on('x', a).on('y', a);
  emitter.off('x', a).emit('x');
  assert.deepEqual(log.splice(0), [['b'], ['a']], 'one of them at a time');
  emitter.off('x', note('unknown')).off('unknown', a).emit('x');
  assert.deepEqual(log.splice(0), [['b'], ['a']]);
  emitter.off('x').emit('x').emit('y');
  assert.deepEqual(log.splice(0), [['a']]);
  emitter.off().emit('y');
  assert.deepEqual(log, []);
});

test('off, of a listener that was added with once', () => {
  const { emitter, log, note } = setUp();
  const a = note('a');
  emitter.once('x', a).off('x', a).emit('x');
  assert.deepEqual(log, []);
  assert.equal(emitter.hasListeners('x'), false);
});

test('changes count from the next event on', () => {
  const { emitter, log, note } = setUp();
  const late = note('late');
  const removed = note('removed');
  emitter.on('a', () => emitter.off('a', removed).on('a', late));
  emitter.on('a', removed);
  emitter.emit('a');
  assert.deepEqual(log.splice(0), [['removed']]);
  emitter.emit('a');
  assert.deepEqual(log, [['late']]);
});

test('an error of a listener is the caller\'s', () => {
  const { emitter, log, note } = setUp();
  emitter.on('a', () => {
    throw new Error('mine');
  });
  emitter.on('a', note('next'));
  assert.throws(() => emitter.emit('a'), /mine/);
  assert.deepEqual(log, []);
});

test('listeners and hasListeners', () => {
  const { emitter, note } = setUp();
  const a = note('a');
  assert.deepEqual(emitter.listeners('x'), []);
  assert.equal(emitter.hasListeners('x'), false);
  emitter.on('x', a);
  assert.deepEqual(emitter.listeners('x'), [a]);
  assert.equal(emitter.hasListeners('x'), true);
  emitter.off('x', a);
  assert.deepEqual(emitter.listeners('x'), []);
  assert.equal(emitter.hasListeners('x'), false);
});

test('other names', () => {
  const { emitter, log, note } = setUp();
  const a = note('a');
  emitter.on('x', a).emit('x');
  emitter.removeListener('x', a).emit('x');
  emitter.on('x', a).removeAllListeners('x').emit('x');
  emitter.on('x', a).removeAllListeners().emit('x');
  assert.deepEqual(log, [['a']]);
});

test('any name', () => {
  const { emitter, log, note } = setUp();
  const symbol = Symbol('s');
  for (const name of ['__proto__', 'constructor', 'toString', '', symbol]) {
    assert.deepEqual(emitter.listeners(name), []);
    emitter.emit(name).on(name, note(name)).emit(name);
  }
  assert.deepEqual(log, [['__proto__'], ['constructor'], ['toString'], [''], [symbol]]);
});
