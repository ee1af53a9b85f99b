import type { Asset } from '@cnop/common/entities/inventory/asset';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import { createQuoteBoard } from '@cnop/common/market/market-data';
import { relayStoredPrices } from '@cnop/common/market/stored-prices';
import { anAssetId } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const at = (second: number) => `2026-03-01T09:00:0${second}.000Z`;
const priced = (price: string, second: number) =>
  anAsset({ current_price: price, last_price_update: at(second), spread_bps: 10 });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('stored prices', () => {
  test('are quotes with their own time and the spread of the asset', () => {
    expect(storedQuoteOf(priced('50000', 3))).toEqual({
      asset_id: 'BTC',
      bid: '49975',
      mid: '50000',
      ask: '50025',
      at: at(3),
      source: 'stored',
      seq: Date.parse(at(3)),
    });
  });

  test('are on the board before a process serves, then every second until it stops', async () => {
    const board = createQuoteBoard();
    let stored: readonly Asset[] | Error = [priced('1', 1)];
    const failures: unknown[] = [];
    const stop = await relayStoredPrices({
      board,
      readAssets: async () => {
        if (stored instanceof Error) throw stored;
        return stored;
      },
      onFailure: (error) => failures.push(error),
    });
    const mid = () => board.latest(anAssetId('BTC'))?.mid;
    expect(mid()).toBe('1');

    stored = [priced('2', 2)];
    await vi.advanceTimersByTimeAsync(999);
    expect(mid()).toBe('1');
    await vi.advanceTimersByTimeAsync(1);
    expect(mid()).toBe('2');

    // An older price, as a lagging index returns it.
    stored = [priced('1', 1)];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(mid()).toBe('2');

    stored = new Error('down');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(failures).toHaveLength(2);
    stored = [priced('3', 3)];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(mid()).toBe('3');

    stop();
    stored = [priced('4', 4)];
    await vi.advanceTimersByTimeAsync(5_000);
    expect(mid()).toBe('3');
  });
});
