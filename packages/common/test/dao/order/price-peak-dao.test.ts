import type { PricePeak } from '@cnop/common/dao/order/price-peak-dao';
import { createPricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import { anAssetId, aPrice, aTime } from '@cnop/testing/builders/brands';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Price } from '../../../src/core/brands.ts';

let runtime: TestRuntime;
beforeEach(async () => {
  runtime = await createTestRuntime();
});
afterEach(() => runtime.dispose());

const peak = (seq: number, bid: Price): PricePeak => ({
  asset_id: anAssetId('BTC'),
  seq,
  bid,
  at: aTime('2026-01-15T12:00:00.000Z'),
});
const stored = async () =>
  (await createPricePeakDao(runtime.store).getPeaks(anAssetId('BTC'))).map(({ seq, bid }) => [seq, bid]);

describe('stored peaks', () => {
  it('are replaced by others in one commit, and sorted by the seq of their quotes', async () => {
    const peaks = createPricePeakDao(runtime.store);
    await peaks.replacePeaks([peak(9, aPrice('120')), peak(100, aPrice('110'))], []);
    expect(await stored()).toEqual([
      [9, '120'],
      [100, '110'],
    ]);
    await peaks.replacePeaks([peak(101, aPrice('115'))], [peak(100, aPrice('110')), peak(55, aPrice('1'))]);
    expect(await stored()).toEqual([
      [9, '120'],
      [101, '115'],
    ]);
  });

  it('of one quote only rise', async () => {
    const peaks = createPricePeakDao(runtime.store);
    await peaks.replacePeaks([peak(9, aPrice('120'))], []);
    await peaks.replacePeaks([peak(9, aPrice('99'))], []);
    expect(await stored()).toEqual([[9, '120']]);
    await peaks.replacePeaks([peak(9, aPrice('120.01'))], []);
    expect(await stored()).toEqual([[9, '120.01']]);
  });

  it('may exceed the limit of one transaction', async () => {
    const peaks = createPricePeakDao(runtime.store);
    const many = Array.from({ length: 250 }, (_, i) => peak(i, aPrice(String(1_000 - i))));
    await peaks.replacePeaks(many, []);
    expect(await stored()).toHaveLength(250);
    await peaks.replacePeaks([peak(1_000, aPrice('2000'))], many);
    expect(await stored()).toEqual([[1_000, '2000']]);
  });
});
