import { anOrderId } from '@cnop/testing/builders/brands';
import { expect, it } from 'vitest';
import { createPace } from '../../src/trigger-engine/pace.ts';

const ONE = anOrderId('01990000-0000-7000-8000-000000000001');
const OTHER = anOrderId('01990000-0000-7000-8000-000000000002');
const pace = () => createPace(() => 0.5);

it('an engine works at once until another one fills an order first', () => {
  const engine = pace();
  expect(engine.delayMilliseconds()).toBe(0);
  engine.lost(ONE);
  expect(engine.delayMilliseconds()).toBe(1_100);
});

it('an engine that lags works at once again when it finds an order that the other one left open', () => {
  const engine = pace();
  engine.lost(ONE);
  engine.won(OTHER);
  expect(engine.delayMilliseconds()).toBe(0);
});

it('an order that an index still shows after the engine filled it makes no engine lag', () => {
  const engine = pace();
  engine.won(ONE);
  engine.lost(ONE);
  expect(engine.delayMilliseconds()).toBe(0);
});
