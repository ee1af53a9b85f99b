import { setImmediate } from 'node:timers/promises';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import { receiveQuotes, receiveTrades, sendQuotes, sendTrades, shareQuotes } from '@cnop/common/market/relay';
import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { anAssetId, aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';
import { beforeEach, describe, expect, it, vi } from 'vitest';

const BTC = anAssetId('BTC');
const ETH = anAssetId('ETH');

const quote = (seq: number, overrides: Partial<Quote> = {}): Quote => ({
  asset_id: BTC,
  bid: aPrice('49999.99'),
  ask: aPrice('50000.01'),
  mid: aPrice('50000'),
  at: aTime('2026-01-15T12:00:00.000Z'),
  source: 'simulated',
  seq,
  ...overrides,
});

const TRADE = {
  asset_id: BTC,
  quantity: aQuantity('0.123456789012345678'),
  at: aTime('2026-01-15T12:00:00.000Z'),
};

let bus: ReturnType<typeof createInProcessBus>;
beforeEach(() => {
  bus = createInProcessBus();
});

/** A trade takes two turns in each feed and in the bus. */
const TURNS_TO_SETTLE = 6;

/** Resolves once all published messages have arrived. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await setImmediate();
}

describe('processes that make prices in turn', () => {
  it('get the quotes of each other once, and do not send them on', async () => {
    const boards = Array.from({ length: 3 }, createQuoteBoard);
    const stops = boards.map((board) => shareQuotes(board, bus));
    const published: string[] = [];
    bus.subscribe('quotes', (message) => published.push(message));
    const seen = boards.map((board) => {
      const listener = vi.fn();
      board.subscribe(listener);
      return listener;
    });
    boards[0]?.publish([quote(1)]);
    await settled();
    boards[1]?.publish([quote(2)]);
    await settled();
    expect(published).toHaveLength(2);
    for (const listener of seen) expect(listener.mock.calls).toEqual([[[quote(1)]], [[quote(2)]]]);

    for (const stop of stops) stop();
    boards[0]?.publish([quote(3)]);
    await settled();
    expect(boards.map((board) => board.latest(BTC)?.seq)).toEqual([3, 2, 2]);
  });
});

describe('the relay of quotes', () => {
  let here: ReturnType<typeof createQuoteBoard>;
  let there: ReturnType<typeof createQuoteBoard>;
  beforeEach(() => {
    here = createQuoteBoard();
    there = createQuoteBoard();
    sendQuotes(here, bus);
    receiveQuotes(there, bus);
  });

  it('publishes a batch of quotes unchanged on the boards of other processes', async () => {
    const listener = vi.fn();
    there.subscribe(listener);
    const batch = [quote(1), quote(1, { asset_id: ETH, mid: aPrice('3000.123456789') })];
    here.publish(batch);
    await settled();
    expect(listener.mock.calls).toEqual([[batch]]);
    expect(there.latest(ETH)).toEqual(batch[1]);
  });

  it('never replaces a newer quote by an older one', async () => {
    there.publish([quote(5, { source: 'stored' })]);
    here.publish([quote(4)]);
    await settled();
    expect(there.latest(BTC)).toMatchObject({ seq: 5, source: 'stored' });
    here.publish([quote(6)]);
    await settled();
    expect(there.latest(BTC)).toMatchObject({ seq: 6, source: 'simulated' });
  });

  it('sends no quotes that were read from the store', async () => {
    here.publish([quote(1, { source: 'stored' }), quote(1, { asset_id: ETH })]);
    await settled();
    expect(there.latest(BTC)).toBeUndefined();
    expect(there.latest(ETH)).toBeDefined();
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
  ])('ignores %s', async (message) => {
    bus.publish('quotes', message);
    await settled();
    expect(there.latest(BTC)).toBeUndefined();
  });

  it('sends and receives nothing after it was stopped', async () => {
    const board = createQuoteBoard();
    const stopSending = sendQuotes(board, bus);
    stopSending();
    board.publish([quote(1)]);
    const late = createQuoteBoard();
    receiveQuotes(late, bus)();
    here.publish([quote(2)]);
    await settled();
    expect(there.latest(BTC)).toMatchObject({ seq: 2 });
    expect(late.latest(BTC)).toBeUndefined();
  });
});

describe('the relay of trades', () => {
  let here: ReturnType<typeof createTradeFeed>;
  let listener: ReturnType<typeof vi.fn<(trade: unknown) => void>>;
  let stopSending: () => void;
  let stopReceiving: () => void;
  beforeEach(() => {
    here = createTradeFeed();
    const there = createTradeFeed();
    stopSending = sendTrades(here, bus);
    stopReceiving = receiveTrades(there, bus);
    listener = vi.fn();
    there.subscribe(listener);
  });

  it('reports each trade once and unchanged on the feeds of other processes', async () => {
    here.report(TRADE);
    here.report({ ...TRADE, asset_id: anAssetId('ETH') });
    await settled();
    expect(listener.mock.calls).toEqual([[TRADE], [{ ...TRADE, asset_id: 'ETH' }]]);
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
  ])('ignores %s', async (message) => {
    bus.publish('trades', message);
    await settled();
    expect(listener).not.toHaveBeenCalled();
  });

  it.each(['sending', 'receiving'])('reports nothing after %s was stopped', async (end) => {
    (end === 'sending' ? stopSending : stopReceiving)();
    here.report(TRADE);
    await settled();
    expect(listener).not.toHaveBeenCalled();
  });
});
