import { isoTime } from '@cnop/common/core/brands';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import { createWalletDao } from '@cnop/common/dao/user/wallet-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { InsufficientBalanceError } from '@cnop/common/entities/user/balance-rules';
import { newestQuote } from '@cnop/common/market/market-data';
import { anAmount, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { convertCash } from '@cnop/user-service/wallets/use-cases/convert-cash';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyStore } from '../../src/verify/audit-store.ts';
import { openDynamoDb } from './dynamodb-store.ts';

const USERNAME = aUsername('ada');
const AT_ONCE = 12;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Opens an account with 100 USD, where a euro is 1.09 and 1.11 USD, and a yen 0.0065. */
async function createConverter(given?: TableStore) {
  const runtime = await createTestRuntime(given && { store: given });
  cleanup.defer(() => runtime.dispose());
  const { store, clock } = runtime;
  const now = isoTime(clock.now());
  const user = aUser({ username: USERNAME, email: 'ada@example.com', created_at: now });
  const writes = [userRecord.create(user), emailClaimRecord.create(user)];
  await store.transact({}, () => ({ writes, result: undefined }));
  await runtime.fund(USERNAME, '100.00');
  const assets = createAssetDao(store);
  const currency = { category: 'currency', last_price_update: now } as const;
  await assets.createAsset(
    anAsset({ asset_id: 'EUR', current_price: '1.1', spread_bps: 181, quantity_scale: 2, ...currency }),
  );
  await assets.createAsset(
    anAsset({ asset_id: 'JPY', current_price: '0.0065', price_scale: 4, quantity_scale: 0, ...currency }),
  );
  const deps = { ...runtime, assets, quoteFor: newestQuote(runtime.quotes), maxQuoteAgeSeconds: 600 };

  /** Converts an amount; returns false when too little is available. */
  async function convert(from: 'USD' | 'EUR', to: 'EUR' | 'JPY', amount: string): Promise<boolean> {
    const request = { from, to, amount: anAmount(amount), fixes: 'from', rateBound: null } as const;
    try {
      await convertCash(deps, { username: USERNAME, role: 'customer', request, intent: undefined });
      return true;
    } catch (error) {
      if (error instanceof InsufficientBalanceError) return false;
      throw error;
    }
  }
  return { store, convert, wallets: createWalletDao(store) };
}

const ADAPTERS: Readonly<Record<string, () => Promise<TableStore | undefined>>> = {
  'the embedded store': async () => undefined,
  ...(whyNoDynamoDb() === undefined && { DynamoDB: () => openDynamoDb(cleanup) }),
};

describe.each(Object.entries(ADAPTERS))('conversions at once, in %s', (_name, open) => {
  test('overdraw no wallet, lose nothing, and leave a store without violations', async () => {
    const { store, convert, wallets } = await createConverter(await open());
    const all = async (one: () => Promise<boolean>): Promise<number> =>
      (await Promise.all(Array.from({ length: AT_ONCE }, one))).filter(Boolean).length;
    // 100 USD are enough for nine of 11.10, which bring 10.00 EUR each.
    expect(await all(() => convert('USD', 'EUR', '11.10'))).toBe(9);
    // 90 EUR are enough for four of 20.00, which bring 21.80 USD, and so 3,353 yen each.
    expect(await all(() => convert('EUR', 'JPY', '20.00'))).toBe(4);
    const held = (await wallets.getWallets(USERNAME)).map(({ currency, current_balance }) => [
      currency,
      current_balance,
    ]);
    expect(held).toEqual([
      ['EUR', '10.00'],
      ['JPY', '13412'],
    ]);
    const report = await verifyStore(store, { pauseMilliseconds: 0 });
    expect(report.violations).toEqual([]);
    expect(report.unsettled).toEqual([]);
    expect(report.counts).toMatchObject({ cash_total: '0.10', wallets: { EUR: '10', JPY: '13412' } });
  });
});
