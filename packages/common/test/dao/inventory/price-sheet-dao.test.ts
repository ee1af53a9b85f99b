import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { PriceSheet } from '@cnop/common/dao/inventory/price-sheet-dao';
import { priceSheetRecord, shareSheetReads, withPricesOf } from '@cnop/common/dao/inventory/price-sheet-dao';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { anAssetId, aPrice, aTime } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createDeferred } from '@cnop/testing/deferred';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BTC = anAssetId('BTC');
const SEQ = Date.parse('2026-03-01T09:00:02.000Z');
const OWN = anAsset({ current_price: '100', price_sheet: 3, last_price_update: '2026-03-01T09:00:00.000Z' });
const CURRENT: Asset = {
  ...OWN,
  current_price: aPrice('120.5'),
  last_price_update: aTime('2026-03-01T09:00:01.000Z'),
  quote_seq: SEQ,
  price_suspended: false,
};
const SHEET: PriceSheet = withPricesOf({ sheet: 3, holder: 'maker', prices: {} }, [CURRENT]);

let runtime: TestRuntime;
beforeEach(async () => {
  runtime = await createTestRuntime();
});
afterEach(() => runtime.dispose());

const store = async (asset: Asset, sheet?: PriceSheet) =>
  runtime.store.transact({}, () => ({
    writes: [assetRecord.create(asset), ...(sheet ? [priceSheetRecord.create(sheet)] : [])],
    result: undefined,
  }));
const dao = () => createAssetDao(runtime.store);

describe('an asset with a price sheet', () => {
  it('is read at the price of the sheet, whichever way it is read', async () => {
    await store(OWN, SHEET);
    const assets = dao();
    expect(await assets.getAsset(BTC)).toEqual(CURRENT);
    expect(await assets.getAsset(BTC)).toEqual(CURRENT);
    expect(await assets.getAssets()).toEqual([CURRENT]);
    expect((await assets.getAssetsByIds([BTC])).get(BTC)).toEqual(CURRENT);
  });

  it('has a suspended price of its own, so that instances of an earlier version do not trade at it', async () => {
    await store(OWN, SHEET);
    const [own] = await dao().getCatalogue();
    expect(own).toEqual({ ...OWN, price_suspended: true });
  });

  it('is read at its own price where an instance of an earlier version stored a newer one', async () => {
    const newer = { ...OWN, current_price: aPrice('90'), quote_seq: SEQ + 1 };
    await store(OWN, SHEET);
    await runtime.store.transact({ asset: assetRecord.key(OWN) }, () => ({
      writes: [{ ...assetRecord.replace(OWN), kind: 'replace', attributes: newer }],
      result: undefined,
    }));
    expect(await dao().getAsset(BTC)).toMatchObject({ current_price: '90', price_suspended: false });
  });

  it('gets a price that staff set in both places', async () => {
    await store(OWN, SHEET);
    const price = { current_price: aPrice('80'), quote_seq: SEQ + 5 };
    const changed = await dao().updateAsset(BTC, () => price);
    expect(changed).toMatchObject({ ...price, price_suspended: false });
    expect(await dao().getAsset(BTC)).toEqual(changed);
    expect((await dao().getCatalogue())[0]).toMatchObject({ ...price, price_suspended: true });
  });

  it('is read without a sheet as every version stored it', async () => {
    const former = anAsset({ current_price: '70' });
    await store(former);
    expect(await dao().getAsset(BTC)).toEqual(former);
  });
});

describe('reads of a sheet', () => {
  it('that come during a read share the next one, which begins after them', async () => {
    const answers: ReturnType<typeof createDeferred<Item | undefined>>[] = [];
    const counted: Pick<TableStore, 'get'> = {
      get: () => {
        const answer = createDeferred<Item | undefined>();
        answers.push(answer);
        return answer.promise;
      },
    };
    const read = shareSheetReads(counted);
    const first = read(0);
    const others = [read(0), read(0), read(0)];
    expect(answers).toHaveLength(1);
    answers[0]?.resolve(undefined);
    expect(await first).toBeUndefined();
    await expect.poll(() => answers.length).toBe(2);
    const key = priceSheetRecord.key({ sheet: 0 });
    answers[1]?.resolve({ key, attributes: { ...SHEET, sheet: 0 }, version: 1 });
    for (const other of others) expect((await other)?.prices).toEqual(SHEET.prices);
    expect(answers).toHaveLength(2);
  });

  it('go on after one that failed', async () => {
    let isBroken = true;
    const read = shareSheetReads({
      get: async (key) => {
        if (isBroken) throw new Error('planted');
        return runtime.store.get(key);
      },
    });
    const [first, second] = [read(0), read(0)];
    await expect(first).rejects.toThrow('planted');
    await expect(second).rejects.toThrow('planted');
    isBroken = false;
    expect(await read(0)).toBeUndefined();
  });
});
