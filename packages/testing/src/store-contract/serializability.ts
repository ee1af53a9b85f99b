import { StoreBusyError } from '@cnop/common/database/store-errors';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractContext, StoreUnderTest } from './contract.ts';
import { counter, counterValue, freshPk, increment, put, userKey } from './contract.ts';

const WRITERS = 25;
const SKEW_ROUNDS = 10;
const TRANSFERS = 20;
const TOTAL = 100;

class TotalError extends Error {
  readonly total: number;

  constructor(total: number) {
    super(`total ${total}`);
    this.total = total;
  }
}

/** Defines the tests of serializability: concurrent transactions have the result of some serial order. */
export function describeSerializability(context: ContractContext): void {
  describe('serializability', () => {
    it(`${WRITERS} concurrent writers of one item lose no update`, async () => {
      const key = userKey(freshPk(), 'BALANCE');
      const results = await Promise.all(
        Array.from({ length: WRITERS }, () => untilDone(() => increment(context.store(), key))),
      );
      expect(counterValue(await context.store().get(key))).toBe(WRITERS);
      expect((await context.store().get(key))?.version).toBe(WRITERS);
      expect(results.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: WRITERS }, (_, done) => done + 1),
      );
    });

    it('control: the same writers lose updates when they decide on earlier reads', async () => {
      const key = userKey(freshPk(), 'BALANCE');
      await Promise.all(
        Array.from({ length: WRITERS }, async () => {
          const value = counterValue(await context.store().get(key)) + 1;
          await untilDone(() => put(context.store(), key, counter(value)));
        }),
      );
      expect(counterValue(await context.store().get(key))).toBeLessThan(WRITERS);
    });

    it('of two writers that each need the other to be absent, exactly one succeeds (no write skew)', async () => {
      for (let round = 0; round < SKEW_ROUNDS; round += 1) {
        const [x, y] = [userKey(freshPk(), 'X'), userKey(freshPk(), 'Y')];
        await Promise.all([
          untilDone(() => createUnlessPresent(context.store(), y, x)),
          untilDone(() => createUnlessPresent(context.store(), x, y)),
        ]);
        const items = await context.store().batchGet([x, y]);
        expect(items.filter((item) => item !== undefined)).toHaveLength(1);
      }
    });

    it('control: the same two writers both succeed when they read outside the transaction', async () => {
      const [x, y] = [userKey(freshPk(), 'X'), userKey(freshPk(), 'Y')];
      const blindly = async (key: ItemKey, other: ItemKey) => {
        if (await context.store().get(other)) return;
        await put(context.store(), key, counter(1));
      };
      await Promise.all([blindly(x, y), blindly(y, x)]);
      expect((await context.store().batchGet([x, y])).filter((item) => item !== undefined)).toHaveLength(2);
    });

    it('decisions without writes never see half of a transfer, whether they return or throw', async () => {
      const pk = freshPk();
      const [from, to] = [userKey(pk, 'FROM'), userKey(pk, 'TO')];
      await put(context.store(), from, counter(TOTAL));
      await put(context.store(), to, counter(0));
      let isDone = false;
      const totals: number[] = [];
      const watch = async (refuses: boolean) => {
        while (!isDone) totals.push(await untilDone(() => totalOf(context.store(), [from, to], refuses)));
      };
      const watchers = Promise.all([watch(false), watch(true)]);
      for (let done = 0; done < TRANSFERS; done += 1) {
        await untilDone(() => transferOne(context.store(), from, to));
      }
      isDone = true;
      await watchers;
      expect(totals.length).toBeGreaterThan(0);
      expect(new Set(totals)).toEqual(new Set([TOTAL]));
    });

    it('a write is visible to all reads that start after it', async () => {
      const key = userKey(freshPk(), 'BALANCE');
      for (let value = 1; value <= 10; value += 1) {
        await increment(context.store(), key);
        const [alone, batch, page] = await Promise.all([
          context.store().get(key),
          context.store().batchGet([key]),
          context.store().query({ table: 'users', pk: key.pk, order: 'ascending', limit: 1 }),
        ]);
        expect([alone, batch[0], page.items[0]].map(counterValue)).toEqual([value, value, value]);
      }
    });
  });
}

/** Defines the tests of adapters that detect conflicts at the commit. */
export function describeConflicts(openWithoutRetries: () => Promise<StoreUnderTest>): void {
  describe('conflicts', () => {
    let underTest: StoreUnderTest | undefined;

    beforeAll(async () => {
      underTest = await openWithoutRetries();
    });

    afterAll(async () => {
      await underTest?.dispose();
    });

    it('a writer without retries left gets StoreBusyError and has written nothing', async () => {
      const store = underTest?.store;
      if (!store) throw new Error('the store is not open');
      const [key, second] = [userKey(freshPk(), 'BALANCE'), userKey(freshPk(), 'LEDGER')];
      const outcomes = await Promise.allSettled(
        Array.from({ length: WRITERS }, () =>
          store.transact({ item: key, other: second }, ({ item }) => ({
            writes: [key, second].map((each) => ({
              kind: 'replace' as const,
              key: each,
              ...counter(counterValue(item) + 1),
            })),
            result: undefined,
          })),
        ),
      );
      const busy = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(busy.length).toBeGreaterThan(0);
      expect(busy.every((outcome) => outcome.reason instanceof StoreBusyError)).toBe(true);
      const done = WRITERS - busy.length;
      expect(done).toBeGreaterThan(0);
      expect((await store.batchGet([key, second])).map(counterValue)).toEqual([done, done]);
    });
  });
}

/** Retries while the store is busy, when nothing was written. */
async function untilDone<T>(action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof StoreBusyError)) throw error;
    }
  }
}

async function createUnlessPresent(store: TableStore, key: ItemKey, other: ItemKey): Promise<void> {
  await store.transact({ other }, (items) => ({
    writes: items.other ? [] : [{ kind: 'create', key, ...counter(1) }],
    result: undefined,
  }));
}

async function transferOne(store: TableStore, from: ItemKey, to: ItemKey): Promise<void> {
  await store.transact({ from, to }, (items) => ({
    writes: [
      { kind: 'replace', key: from, ...counter(counterValue(items.from) - 1) },
      { kind: 'replace', key: to, ...counter(counterValue(items.to) + 1) },
    ],
    result: undefined,
  }));
}

async function totalOf(
  store: TableStore,
  [from, to]: readonly [ItemKey, ItemKey],
  refuses: boolean,
): Promise<number> {
  try {
    return await store.transact({ from, to }, (items) => {
      const total = counterValue(items.from) + counterValue(items.to);
      if (refuses) throw new TotalError(total);
      return { writes: [], result: total };
    });
  } catch (error) {
    if (error instanceof TotalError) return error.total;
    throw error;
  }
}
