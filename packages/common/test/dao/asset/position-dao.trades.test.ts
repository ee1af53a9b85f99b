import type { Position } from '@cnop/common/core/pagination';
import { assetTransactionRecord, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { anAssetTransaction } from '@cnop/testing/builders/asset';
import { anAssetId, aTime, aTransactionId, aUsername } from '@cnop/testing/builders/brands';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BTC = anAssetId('BTC');
const ETH = anAssetId('ETH');
const ALICE = aUsername('alice');

const ASSETS = [BTC, anAssetId('DOGE'), ETH];
const TRADES = 23;
let runtime: TestRuntime;

beforeAll(async () => {
  runtime = await createTestRuntime();
  const trades = Array.from({ length: TRADES }, (_, i) =>
    anAssetTransaction({
      username: 'alice',
      asset_id: ASSETS[i % 5] ?? 'BTC',
      transaction_id: `trade-${String(i).padStart(2, '0')}`,
      // Every second pair shares its time, so that the id decides.
      timestamp: `2026-01-15T12:00:${String(Math.floor(i / 2)).padStart(2, '0')}.000Z`,
    }),
  );
  const foreign = anAssetTransaction({ username: 'alice2', asset_id: 'BTC' });
  await runtime.store.transact({}, () => ({
    writes: [...trades, foreign].map(assetTransactionRecord.create),
    result: undefined,
  }));
});
afterAll(() => runtime.dispose());

describe("a user's trades over several assets", () => {
  it.each([1, 4, 23, 100])(
    'are merged newest first, in pages of %i without loss or repeat',
    async (limit) => {
      const dao = createAssetTransactionDao(runtime.store);
      const ids: string[] = [];
      let after: Position | undefined;
      do {
        const page = await dao.getUserTransactions(ALICE, ASSETS, { limit, after });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        ids.push(...page.items.map((trade) => trade.transaction_id));
        after = page.next;
      } while (after);
      const expected = Array.from({ length: TRADES }, (_, i) => `trade-${String(i).padStart(2, '0')}`);
      expect(ids).toEqual(expected.toReversed());
    },
  );

  it('in one asset include no trades in others', async () => {
    const page = await createAssetTransactionDao(runtime.store).getUserAssetTransactions(ALICE, ETH, {
      limit: 100,
      offset: 0,
      after: undefined,
    });
    expect(new Set(page.items.map((trade) => trade.asset_id))).toEqual(new Set(['ETH']));
  });
});

describe('the trades in one asset', () => {
  const dao = () => createAssetTransactionDao(runtime.store);
  // Every fifth trade, and those whose number has no asset of its own.
  const BTC_TRADES = [0, 3, 4, 5, 8, 9, 10, 13, 14, 15, 18, 19, 20];
  const timeOf = (trade: number) =>
    aTime(`2026-01-15T12:00:${String(Math.floor(trade / 2)).padStart(2, '0')}.000Z`);
  const numbers = (trades: readonly { readonly transaction_id: string }[]) =>
    trades.map(({ transaction_id }) => Number(transaction_id.replace('trade-', '')));

  it('are read alone by their time and id', async () => {
    const identity = {
      username: ALICE,
      asset_id: BTC,
      timestamp: timeOf(3),
      transaction_id: aTransactionId('trade-03'),
    };
    expect(await dao().getAssetTransaction(identity)).toEqual(
      anAssetTransaction({ ...identity, username: 'alice' }),
    );
    for (const other of [
      { asset_id: ETH },
      { timestamp: timeOf(4) },
      { transaction_id: aTransactionId('trade-04') },
    ]) {
      expect(await dao().getAssetTransaction({ ...identity, ...other })).toBeUndefined();
    }
  });

  it.each([
    [0, BTC_TRADES],
    [9, [8, 9, 10, 13, 14, 15, 18, 19, 20]],
    [20, [20]],
    [22, []],
  ])('since the time of trade %i are listed oldest first', async (trade, expected) => {
    expect(numbers(await dao().getTradesSince(ALICE, BTC, timeOf(trade)))).toEqual(expected);
  });

  it.each([
    [{}, BTC_TRADES.toReversed()],
    [{ from: timeOf(18) }, [20, 19, 18]],
    [{ to: timeOf(4) }, [5, 4, 3, 0]],
    [{ from: timeOf(8), to: timeOf(9) }, [9, 8]],
    [{ from: timeOf(23) }, []],
  ])('in the period %j are listed newest first', async (period, expected) => {
    const page = { limit: 100, offset: 0, after: undefined };
    const { items } = await dao().getUserAssetTransactions(ALICE, BTC, page, period);
    expect(numbers(items)).toEqual(expected);
  });
});
