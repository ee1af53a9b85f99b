import { setImmediate } from 'node:timers/promises';
import { createTradeFeed } from '@cnop/common/market/trade-feed';
import { receiveTrades, sendTrades } from '@cnop/common/market/trade-relay';
import { createInProcessBus } from '@cnop/common/messaging/in-process-bus';
import { beforeEach, expect, it, vi } from 'vitest';

const TRADE = { asset_id: 'BTC', quantity: '0.123456789012345678', at: '2026-01-15T12:00:00.000Z' };

let bus: ReturnType<typeof createInProcessBus>;
let here: ReturnType<typeof createTradeFeed>;
let told: ReturnType<typeof vi.fn<(trade: unknown) => void>>;
let stopSending: () => void;
let stopReceiving: () => void;
beforeEach(() => {
  bus = createInProcessBus();
  here = createTradeFeed();
  const there = createTradeFeed();
  stopSending = sendTrades(here, bus);
  stopReceiving = receiveTrades(there, bus);
  told = vi.fn();
  there.subscribe(told);
});

it('puts trades of one trade feed on another, each once and as they are', async () => {
  here.report(TRADE);
  here.report({ ...TRADE, asset_id: 'ETH' });
  await setImmediate();
  expect(told.mock.calls).toEqual([[TRADE], [{ ...TRADE, asset_id: 'ETH' }]]);
});

it.each([
  'nonsense',
  '',
  'null',
  JSON.stringify([TRADE]),
  JSON.stringify({ ...TRADE, quantity: 1 }),
  JSON.stringify({ ...TRADE, quantity: '0' }),
  JSON.stringify({ ...TRADE, username: 'ada' }),
  JSON.stringify({ ...TRADE, at: 'now' }),
])('does not take %s for a trade', async (message) => {
  bus.publish('trades', message);
  await setImmediate();
  expect(told).not.toHaveBeenCalled();
});

it.each(['sending', 'receiving'])('ends when the %s is told to', async (end) => {
  (end === 'sending' ? stopSending : stopReceiving)();
  here.report(TRADE);
  await setImmediate();
  expect(told).not.toHaveBeenCalled();
});
