import type { PublicTrade } from '@cnop/common/market/market-data';
import { createTradeFeed } from '@cnop/common/market/market-data';
import { anAssetId, aQuantity, aTime } from '@cnop/testing/builders/brands';
import { expect, it, vi } from 'vitest';
import type { Quantity } from '../../src/core/brands.ts';

const trade = (quantity: Quantity): PublicTrade => ({
  asset_id: anAssetId('BTC'),
  quantity,
  at: aTime('2026-01-15T12:00:00.000Z'),
});

it('a trade is delivered after the responses of its turn, and in the order of the reports', async () => {
  const feed = createTradeFeed();
  const seen: string[] = [];
  feed.subscribe(({ quantity }) => seen.push(quantity));
  feed.report(trade(aQuantity('1')));
  feed.report(trade(aQuantity('2')));
  setImmediate(() => seen.push('response'));
  await vi.waitFor(() => expect(seen).toHaveLength(3));
  expect(seen).toEqual(['response', '1', '2']);
});

it('a listener that unsubscribes gets the trades that were reported before, once', async () => {
  const feed = createTradeFeed();
  const leaving = vi.fn();
  const staying = vi.fn();
  const unsubscribe = feed.subscribe(leaving);
  feed.subscribe(staying);
  feed.report(trade(aQuantity('1')));
  unsubscribe();
  feed.report(trade(aQuantity('2')));
  await vi.waitFor(() => expect(staying).toHaveBeenCalledTimes(2));
  expect(leaving.mock.calls).toEqual([[trade(aQuantity('1'))]]);
});
