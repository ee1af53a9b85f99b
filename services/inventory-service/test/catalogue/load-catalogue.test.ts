import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCatalogue } from '../../src/catalogue/load-catalogue.ts';

const clock = createFakeClock('2026-03-01T09:00:00.000Z');
const NOW = '2026-03-01T09:00:00.000Z';
const ENTRY = {
  asset_id: 'AAA',
  symbol: 'AAA',
  name: 'First',
  current_price: '1.5',
  category: 'token',
  quantity_scale: 8,
  price_scale: 2,
};

let runtime: TestRuntime;
beforeEach(async () => {
  runtime = await createTestRuntime({ clock });
});
afterEach(async () => runtime.dispose());

const stored = async () => createAssetDao(runtime.store).getAssets();

describe('loadCatalogue', () => {
  test('fills an empty store, once', async () => {
    const created = await loadCatalogue(runtime.store, clock);
    expect(created).toBeGreaterThanOrEqual(36);
    const first = await stored();
    expect(first).toHaveLength(created);
    expect(first[0]).toMatchObject({
      created_at: NOW,
      updated_at: NOW,
      last_price_update: NOW,
      status: 'active',
    });

    clock.advanceSeconds(60);
    expect(await loadCatalogue(runtime.store, clock)).toBe(0);
    expect(await stored()).toEqual(first);
  });

  test('creates each asset once when two instances start together', async () => {
    const counts = await Promise.all([
      loadCatalogue(runtime.store, clock),
      loadCatalogue(runtime.store, clock),
    ]);
    expect(counts[0] + counts[1]).toBe((await stored()).length);
  });

  test('adds missing assets and does not change stored ones', async () => {
    const mine = anAsset({ asset_id: 'AAA', name: 'Mine', current_price: '7', status: 'suspended' });
    await createAssetDao(runtime.store).createAsset(mine);
    const entries = [ENTRY, { ...ENTRY, asset_id: 'BBB' }];
    expect(await loadCatalogue(runtime.store, clock, entries)).toBe(1);
    const [first, second] = await stored();
    expect(first).toEqual(mine);
    expect(second).toMatchObject({ asset_id: 'BBB', name: 'First' });
  });

  test.each([
    ['a price that does not fit its scale', [{ ...ENTRY, current_price: '1.555' }], 'fraction digits'],
    ['a price in a long form', [{ ...ENTRY, current_price: '1.50' }], 'shortest form'],
    ['a price that is a number', [{ ...ENTRY, current_price: 1.5 }], 'current_price'],
    ['a price that is no decimal', [{ ...ENTRY, current_price: 'abc' }], 'current_price'],
    ['an id twice', [ENTRY, ENTRY], 'occurs twice'],
    ['an id twice, in two cases', [ENTRY, { ...ENTRY, asset_id: 'aaa' }], 'occurs twice'],
    ['an unknown member', [{ ...ENTRY, colour: 'red' }], 'colour'],
    ['an unknown category', [{ ...ENTRY, category: 'bond' }], 'category'],
    ['an entry without a name', [{ ...ENTRY, name: undefined }], 'name'],
    ['a script for a website', [{ ...ENTRY, website: 'javascript:alert(1)' }], 'website'],
    ['an object instead of a list', ENTRY, 'array'],
  ])('refuses %s before it writes anything', async (_what, entries, complaint) => {
    const valid = { ...ENTRY, asset_id: 'OK' };
    const list: unknown = Array.isArray(entries) ? [valid, ...entries] : entries;
    await expect(loadCatalogue(runtime.store, clock, list)).rejects.toThrow(complaint);
    expect(await stored()).toEqual([]);
  });
});
