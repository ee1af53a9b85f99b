import { randomUUID } from 'node:crypto';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { Item, TableStore } from '@cnop/common/database/table-store';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { openCrowd } from './crowd.ts';

const TIMEOUT_MILLISECONDS = 240_000;
/** The time for one commit in the queue: on a busy machine, 300 of them take longer than a request may. */
const DEADLINE_MILLISECONDS = 120_000;

/** For each order, of which its own commit takes 3. */
const MAX_READ_UNITS = 8;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function lmdb(): Promise<TableStore> {
  const runtime = await createTestRuntime();
  cleanup.defer(() => runtime.dispose());
  return runtime.store;
}

/** Opens two stores on the same tables, like two processes. */
async function dynamoDb(
  onReadUnits: (units: number) => void = () => undefined,
): Promise<readonly [TableStore, TableStore]> {
  const server = await startDynamoDbServer();
  cleanup.defer(() => server.stop());
  const options = {
    aws: { ...DYNAMODB_SERVER_AWS, endpoint: server.endpoint },
    tableNamePrefix: `test-${randomUUID()}-`,
    retry: { deadlineMilliseconds: DEADLINE_MILLISECONDS },
    onConsumedCapacity: ({ readUnits }: { readonly readUnits: number }) => onReadUnits(readUnits),
  };
  await createDynamoDbTables(options);
  const stores = [createDynamoDbTableStore(options), createDynamoDbTableStore(options)] as const;
  for (const store of stores) cleanup.defer(() => store.close());
  return stores;
}

describe('several engines over one store', () => {
  it.each([2_000])(
    'execute each of %i orders once, over the embedded store',
    async (count) => {
      const crowd = await openCrowd(await lmdb(), 50);
      cleanup.defer(() => crowd.close());
      crowd.startEngine();
      crowd.startEngine();
      await crowd.place(count);
      await crowd.price('80');
      expect(await crowd.faults(80)).toEqual([]);
    },
    TIMEOUT_MILLISECONDS,
  );

  it.skipIf(whyNoDynamoDb() !== undefined)(
    'execute each of 100 orders once, over DynamoDB',
    async () => {
      const [one, other] = await dynamoDb();
      const crowd = await openCrowd(one, 10);
      cleanup.defer(() => crowd.close());
      crowd.startEngine(one);
      crowd.startEngine(other);
      await crowd.place(100);
      await crowd.price('80');
      // Commits that conflicted too often are left to the next quote.
      await crowd.price('80');
      expect(await crowd.faults(80)).toEqual([]);
    },
    TIMEOUT_MILLISECONDS,
  );

  it.skipIf(whyNoDynamoDb() !== undefined)(
    'take at most 8 read units for each order together, whether or not they meet, over DynamoDB',
    async () => {
      let readUnits = 0;
      const [one, other] = await dynamoDb((units) => {
        readUnits += units;
      });
      const crowd = await openCrowd(one, 20);
      cleanup.defer(() => crowd.close());
      crowd.startEngine(one);
      crowd.startEngine(other);
      // In the first round no engine knows of the other. In the last, each user has several orders, which conflict.
      for (const count of [20, 20, 60]) {
        await crowd.price('100');
        await crowd.place(count);
        readUnits = 0;
        await crowd.price('80');
        expect(readUnits / count).toBeLessThanOrEqual(MAX_READ_UNITS);
      }
      expect(await crowd.faults(80)).toEqual([]);
    },
    TIMEOUT_MILLISECONDS,
  );

  it(
    'are told apart from one that executes orders that wait no longer',
    async () => {
      const store = await lmdb();
      const crowd = await openCrowd(store, 10);
      cleanup.defer(() => crowd.close());
      crowd.startEngine();
      crowd.startEngine(asItWas(store));
      await crowd.place(300);
      await crowd.price('80');
      expect(await crowd.faults(80)).not.toEqual([]);
    },
    TIMEOUT_MILLISECONDS,
  );
});

const WITHOUT_FILL = {
  fees: '0.00',
  executed_price: null,
  executed_at: null,
  trigger_quote: null,
  trigger_price: null,
};

/** A faulty store that shows an order as still open, to model a decision without its condition. */
function asItWas(store: TableStore): TableStore {
  return {
    ...store,
    transact: (reads, decide) =>
      store.transact(reads, (items) => {
        const shown: Record<string, Item | undefined> = { ...items };
        for (const [name, item] of Object.entries(shown)) {
          const order = item?.key.sk === 'ORDER' ? orderRecord.read(item) : undefined;
          if (!item || order?.status !== 'completed' || !order.accepted_quote) continue;
          const held = order.quantity;
          const asOpen = { status: 'queued', held_amount: held, ...WITHOUT_FILL };
          const itsLimit = 'limit' in order ? {} : { price: null, total_amount: null };
          shown[name] = { ...item, attributes: { ...item.attributes, ...asOpen, ...itsLimit } };
          const holding = shown['holding'];
          if (!holding) continue;
          shown['holding'] = { ...holding, attributes: { ...holding.attributes, held_quantity: held } };
        }
        return decide(shown as typeof items);
      }),
  };
}
