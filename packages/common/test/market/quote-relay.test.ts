import { setImmediate } from 'node:timers/promises';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { createQuoteBoard } from '@cnop/common/market/quote-board';
import { receiveQuotes, sendQuotes } from '@cnop/common/market/quote-relay';
import { createInProcessBus } from '@cnop/common/messaging/in-process-bus';
import { beforeEach, expect, it, vi } from 'vitest';

const quote = (seq: number, overrides: Partial<Quote> = {}): Quote => ({
  asset_id: 'BTC',
  bid: '49999.99',
  ask: '50000.01',
  mid: '50000',
  at: '2026-01-15T12:00:00.000Z',
  source: 'simulated',
  seq,
  ...overrides,
});

let bus: ReturnType<typeof createInProcessBus>;
let here: ReturnType<typeof createQuoteBoard>;
let there: ReturnType<typeof createQuoteBoard>;
beforeEach(() => {
  bus = createInProcessBus();
  here = createQuoteBoard();
  there = createQuoteBoard();
  sendQuotes(here, bus);
  receiveQuotes(there, bus);
});

/** Resolves once everything that was published has arrived. */
async function settled(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

it('puts quotes of one board on another, as they are and in one batch', async () => {
  const listener = vi.fn();
  there.subscribe(listener);
  const batch = [quote(1), quote(1, { asset_id: 'ETH', mid: '3000.123456789' })];
  here.publish(batch);
  await settled();
  expect(listener.mock.calls).toEqual([[batch]]);
  expect(there.latest('ETH')).toEqual(batch[1]);
});

it('never puts an older quote over a newer one', async () => {
  there.publish([quote(5, { source: 'stored' })]);
  here.publish([quote(4)]);
  await settled();
  expect(there.latest('BTC')).toMatchObject({ seq: 5, source: 'stored' });
  here.publish([quote(6)]);
  await settled();
  expect(there.latest('BTC')).toMatchObject({ seq: 6, source: 'simulated' });
});

it('says nothing of what was read from the store', async () => {
  here.publish([quote(1, { source: 'stored' }), quote(1, { asset_id: 'ETH' })]);
  await settled();
  expect(there.latest('BTC')).toBeUndefined();
  expect(there.latest('ETH')).toBeDefined();
});

it.each([
  'nonsense',
  '',
  'null',
  '{}',
  JSON.stringify([{ ...quote(9), mid: 50_000 }]),
  JSON.stringify([quote(9), { ...quote(9), bid: '-1' }]),
  JSON.stringify([{ ...quote(9), seq: -1 }]),
  JSON.stringify(quote(9)),
])('does not take %s for quotes', async (message) => {
  bus.publish('quotes', message);
  await settled();
  expect(there.latest('BTC')).toBeUndefined();
});

it('ends when it is told to', async () => {
  const board = createQuoteBoard();
  const stopSending = sendQuotes(board, bus);
  stopSending();
  board.publish([quote(1)]);
  const late = createQuoteBoard();
  receiveQuotes(late, bus)();
  here.publish([quote(2)]);
  await settled();
  expect(there.latest('BTC')).toMatchObject({ seq: 2 });
  expect(late.latest('BTC')).toBeUndefined();
});
