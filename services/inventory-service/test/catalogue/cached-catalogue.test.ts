import type { Asset } from '@cnop/common/entities/inventory/asset';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CachedCatalogue } from '../../src/catalogue/cached-catalogue.ts';
import { createCachedCatalogue } from '../../src/catalogue/cached-catalogue.ts';

const clock = createFakeClock();
let reads: ((assets: Asset[] | Error) => void)[];
let catalogue: CachedCatalogue;

beforeEach(() => {
  reads = [];
  catalogue = createCachedCatalogue({
    clock,
    read: async () =>
      new Promise((resolve, reject) => {
        reads.push((result) => (result instanceof Error ? reject(result) : resolve(result)));
      }),
  });
});

const idsOf = (assets: readonly Asset[]) => assets.map(({ asset_id }) => asset_id);

describe('the cached catalogue', () => {
  test('reads once for all who ask within a second, waiting or not', async () => {
    const first = catalogue.getAssets();
    const second = catalogue.getAssets();
    reads[0]?.([anAsset()]);
    expect(idsOf(await first)).toEqual(['BTC']);
    expect(await second).toBe(await first);
    clock.advanceMilliseconds(999);
    expect(await catalogue.getAssets()).toBe(await first);
    expect(reads).toHaveLength(1);
  });

  test('reads again after a second, counted from the beginning of the read', async () => {
    const first = catalogue.getAssets();
    clock.advanceMilliseconds(1_000);
    const second = catalogue.getAssets();
    reads[0]?.([anAsset()]);
    reads[1]?.([]);
    expect(idsOf(await first)).toEqual(['BTC']);
    expect(await second).toEqual([]);
  });

  test('does not take what an older read brings after a write', async () => {
    const before = catalogue.getAssets();
    catalogue.forget();
    const after = catalogue.getAssets();
    reads[1]?.([anAsset({ asset_id: 'NEW' })]);
    expect(idsOf(await after)).toEqual(['NEW']);
    reads[0]?.([]);
    expect(await before).toEqual([]);
    expect(idsOf(await catalogue.getAssets())).toEqual(['NEW']);
  });

  test('does not remember a failure', async () => {
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
