import type { IndexShards } from '@cnop/common/database/dynamodb/options';
import type { IndexedItem, Query, TableStore } from '@cnop/common/database/table-store';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { counter, freshPk, orderKey } from '@cnop/testing/store-contract/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DynamoDbFixture } from './dynamodb-fixture.ts';
import { createFixture, TEST_TIMEOUT_MILLISECONDS } from './dynamodb-fixture.ts';

const reason = whyNoDynamoDb();
const ORDERS = 24;

/** Sorts as its number does. */
const priceOf = (number: number): string => String(number).padStart(4, '0');

describe.skipIf(reason !== undefined)(
  `an index of DynamoDB over several shards${reason ? ` (skipped: ${reason})` : ''}`,
  { timeout: TEST_TIMEOUT_MILLISECONDS },
  () => {
    let server: DynamoDbServer;
    let fixture: DynamoDbFixture;
    let asset: string;
    const opened = (TriggerIndex: IndexShards['TriggerIndex']): TableStore =>
      fixture.openThrough(server.endpoint, TriggerIndex ? { shards: { TriggerIndex } } : {});

    beforeAll(async () => {
      server = await startDynamoDbServer();
      fixture = await createFixture(server);
    });
    afterAll(async () => {
      await fixture.close();
      await server.stop();
    });
    beforeEach(() => {
      asset = freshPk();
    });

    /** Stores an open order at a price; again at another price when it exists. */
    const put = async (store: TableStore, number: number, price = number): Promise<void> => {
      const key = orderKey(`${asset}-${number}`);
      const indexes = { TriggerIndex: { pk: asset, sk: priceOf(price) } };
      await store.transact({ order: key }, () => ({
        writes: [{ kind: 'replace', key, ...counter(price), indexes }],
        result: undefined,
      }));
    };

    const putAll = async (store: TableStore, numbers: readonly number[]): Promise<void> => {
      await Promise.all(numbers.map((number) => put(store, number)));
    };

    /** Returns the numbers of the orders on all pages of a query. */
    const numbersOf = async (store: TableStore, query: Partial<Query> = {}): Promise<number[]> => {
      const numbers: number[] = [];
      let after: Query['after'];
      do {
        const page = await store.query({
          table: 'orders',
          index: 'TriggerIndex',
          pk: asset,
          order: 'ascending',
          limit: 7,
          ...query,
          after,
        });
        expect(page.items.length).toBeLessThanOrEqual(query.limit ?? 7);
        numbers.push(...page.items.map(({ key }) => Number(key.pk.split('-').at(-1))));
        after = page.next;
      } while (after);
      return numbers;
    };

    const all = Array.from({ length: ORDERS }, (_, number) => number);

    it('is read in the order of its sort keys, whatever the pages and the direction', async () => {
      const store = opened({ written: 4, read: 4 });
      await putAll(store, all);
      for (const limit of [3, 100]) {
        expect(await numbersOf(store, { limit })).toEqual(all);
        expect(await numbersOf(store, { limit, order: 'descending' })).toEqual(all.toReversed());
      }
      const sk = { from: priceOf(5), to: priceOf(14) };
      expect(await numbersOf(store, { sk })).toEqual(all.slice(5, 15));
      // A store that reads one shard misses most of them, so they are really spread.
      expect((await numbersOf(opened(undefined))).length).toBeLessThan(ORDERS / 2);
    });

    it('has every item while processes write to one shard and to several, and all read several', async () => {
      const [before, after] = [opened({ written: 1, read: 8 }), opened({ written: 8, read: 8 })];
      await putAll(before, all.slice(0, 12));
      await putAll(after, all.slice(12));
      for (const store of [before, after]) expect(await numbersOf(store)).toEqual(all);
      // An earlier version, and a process of the settings before, find what one of them writes.
      expect(await numbersOf(opened(undefined))).toEqual(expect.arrayContaining(all.slice(0, 12)));
    });

    it('has an item once, in the shard of its last writer', async () => {
      const [one, eight] = [opened({ written: 1, read: 8 }), opened({ written: 8, read: 8 })];
      await putAll(one, all);
      for (const number of all.slice(0, 10)) await put(eight, number, number + ORDERS);
      expect(await numbersOf(one)).toEqual([...all.slice(10), ...all.slice(0, 10)]);
    });

    it('is scanned by the plain keys, also by a process that knows of no shards', async () => {
      await putAll(opened({ written: 8, read: 8 }), all);
      const entries: IndexedItem[] = [];
      for await (const entry of opened(undefined).scanIndex('orders', 'TriggerIndex')) entries.push(entry);
      expect(entries.filter(({ entry }) => entry.pk === asset)).toHaveLength(ORDERS);
    });
  },
);
