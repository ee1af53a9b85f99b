import { expect, test } from 'vitest';
import { createCrossCheck } from '../../src/verify/cross-check.ts';

const STATEMENTS = Array.from({ length: 500 }, (_, n) => [`order ${n}`, `cash ${n % 7}.00`] as const);

test('statements that are confirmed in another order are balanced', () => {
  const check = createCrossCheck();
  for (const [topic, text] of STATEMENTS) check.claim(topic, text);
  for (const [topic, text] of STATEMENTS.toReversed()) check.confirm(topic, text);
  expect(check.isBalanced()).toBe(true);
});

test.each([
  ['is not confirmed', []],
  ['is confirmed twice', ['cash 5.00', 'cash 5.00']],
  ['is confirmed in other words', ['cash 5.01']],
  ['is confirmed with a letter moved from its topic', ['9cash 5.00']],
])('a claim that %s makes its topic suspect, and hardly any other', (_what, confirmations) => {
  const check = createCrossCheck();
  for (const [topic, text] of STATEMENTS) {
    check.claim(topic, text);
    check.confirm(topic, text);
  }
  check.claim('order 999', 'cash 5.00');
  for (const text of confirmations) check.confirm('order 999', text);
  expect(check.isBalanced()).toBe(false);
  expect(check.isSuspect('order 999')).toBe(true);
  expect(STATEMENTS.filter(([topic]) => check.isSuspect(topic)).length).toBeLessThan(3);
});

test('the end of a topic is not the beginning of its statement', () => {
  const check = createCrossCheck();
  check.claim('order 12', '3');
  check.confirm('order 1', '23');
  expect(check.isBalanced()).toBe(false);
});

test('two statements that exchange their texts do not cancel out', () => {
  const check = createCrossCheck();
  check.claim('order 1', 'cash 1.00');
  check.claim('order 2', 'cash 2.00');
  check.confirm('order 1', 'cash 2.00');
  check.confirm('order 2', 'cash 1.00');
  expect([check.isSuspect('order 1'), check.isSuspect('order 2')]).toEqual([true, true]);
});
