import type { Asset, AssetResponse } from '@cnop/common/entities/inventory/asset';
import { createQuoteBoard } from '@cnop/common/market/market-data';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveCatalogue } from '../../src/catalogue/live-catalogue.ts';
import { createLiveCatalogue } from '../../src/catalogue/live-catalogue.ts';

const clock = createFakeClock();
let reads: ((assets: Asset[] | Error) => void)[];
let catalogue: LiveCatalogue;

beforeEach(() => {
  reads = [];
  catalogue = createLiveCatalogue({
    clock,
    market: { livePrice: () => undefined },
    board: createQuoteBoard(),
    read: async () =>
      new Promise((resolve, reject) => {
        reads.push((result) => (result instanceof Error ? reject(result) : resolve(result)));
      }),
  });
});

const idsOf = (assets: readonly AssetResponse[]) => assets.map(({ asset_id }) => asset_id);

describe('the live catalogue', () => {
  test('reads the store once for all requests within a second', async () => {
    const first = catalogue.getAssets();
    const second = catalogue.getAssets();
    reads[0]?.([anAsset()]);
    expect(idsOf(await first)).toEqual(['BTC']);
    expect(await second).toBe(await first);
    clock.advanceMilliseconds(999);
    expect(await catalogue.getAssets()).toBe(await first);
    expect(reads).toHaveLength(1);
  });

  test('reads again a second after the last read began', async () => {
    const first = catalogue.getAssets();
    clock.advanceMilliseconds(1_000);
    const second = catalogue.getAssets();
    reads[0]?.([anAsset()]);
    reads[1]?.([]);
    expect(idsOf(await first)).toEqual(['BTC']);
    expect(await second).toEqual([]);
  });

  test('drops the result of a read that began before an invalidation', async () => {
    const before = catalogue.getAssets();
    catalogue.invalidate();
    const after = catalogue.getAssets();
    reads[1]?.([anAsset({ asset_id: 'NEW' })]);
    expect(idsOf(await after)).toEqual(['NEW']);
    reads[0]?.([]);
    expect(await before).toEqual([]);
    expect(idsOf(await catalogue.getAssets())).toEqual(['NEW']);
  });

  test('does not cache a failure', async () => {
    const failed = catalogue.getAssets();
    reads[0]?.(new Error('down'));
    await expect(failed).rejects.toThrow('down');
    const next = catalogue.getAssets();
    reads[1]?.([]);
    expect(await next).toEqual([]);
  });

  test('reads again when the clock was set back', async () => {
    const first = catalogue.getAssets();
    clock.advanceSeconds(-3_600);
    const second = catalogue.getAssets();
    expect(reads).toHaveLength(2);
    for (const answer of reads) answer([]);
    await Promise.all([first, second]);
  });
});
