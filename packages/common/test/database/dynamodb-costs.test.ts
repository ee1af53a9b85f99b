import type { CapacityUsage } from '@cnop/common/database/dynamodb/options';
import type { ItemKey, TableStore, Write } from '@cnop/common/database/table-store';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { counter, freshPk, orderKey, put, userKey } from '@cnop/testing/store-contract/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DynamoDbFixture } from './dynamodb-fixture.ts';
import { createFixture, TEST_TIMEOUT_MILLISECONDS } from './dynamodb-fixture.ts';

const reason = whyNoDynamoDb();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

interface Cost {
  readonly requests: string;
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** A kind of transaction on a partition with the items A and B, and its cost. */
interface Shape {
  readonly name: string;
  readonly act: (store: TableStore, key: (sk: string) => ItemKey) => Promise<unknown>;
  readonly cost: Cost;
}

const write = (kind: 'create' | 'replace', key: ItemKey): Write => ({ kind, key, ...counter(1) });
const writing = (...writes: Write[]) => ({ writes, result: undefined });

const SHAPES: readonly Shape[] = [
  {
    name: 'create of one item',
    act: (store, key) => store.transact({}, () => writing(write('create', key('NEW')))),
    cost: { requests: 'PutItem', writeUnits: 1, readUnits: 0 },
  },
  {
    name: 'change of one item',
    act: (store, key) => store.transact({ a: key('A') }, () => writing(write('replace', key('A')))),
    cost: { requests: 'GetItem PutItem', writeUnits: 1, readUnits: 1 },
  },
  {
    name: 'deletion of one item',
    act: (store, key) => store.transact({ a: key('A') }, () => writing({ kind: 'delete', key: key('A') })),
    cost: { requests: 'GetItem DeleteItem', writeUnits: 1, readUnits: 1 },
  },
  {
    name: 'create of one item in two indexes',
    act: (store, key) =>
      store.transact({}, () =>
        writing({
          kind: 'create',
          key: orderKey(key('A').pk),
          ...counter(1),
          indexes: { UserOrdersIndex: { pk: 'a', sk: 'b' }, TriggerIndex: { pk: 'a', sk: 'c' } },
        }),
      ),
    cost: { requests: 'PutItem', writeUnits: 3, readUnits: 0 },
  },
  {
    name: 'change of one item that depends on another',
    act: (store, key) =>
      store.transact({ a: key('A'), b: key('B') }, () => writing(write('replace', key('A')))),
    cost: { requests: 'BatchGetItem TransactWriteItems', writeUnits: 4, readUnits: 2 },
  },
  {
    name: 'change of two items',
    act: (store, key) =>
      store.transact({ a: key('A'), b: key('B') }, () =>
        writing(write('replace', key('A')), write('replace', key('B'))),
      ),
    cost: { requests: 'BatchGetItem TransactWriteItems', writeUnits: 4, readUnits: 2 },
  },
  {
    name: 'market order: 3 read, 2 changed, 4 created, 1 index entry',
    act: (store, key) => {
      const reads = { balance: key('A'), holding: key('B'), replay: key('IDEM') };
      const entry = { pk: key('A').pk, sk: 't' };
      return store.transact(reads, () =>
        writing(
          write('replace', key('A')),
          write('replace', key('B')),
          write('create', key('IDEM')),
          write('create', key('TRANS#1')),
          write('create', key('ASSET_TRANS#1')),
          {
            kind: 'create',
            key: orderKey(key('A').pk),
            ...counter(1),
            indexes: { UserOrdersIndex: entry },
          },
        ),
      );
    },
    cost: { requests: 'BatchGetItem TransactWriteItems', writeUnits: 13, readUnits: 3 },
  },
  {
    name: 'refusal after one read',
    act: (store, key) => store.transact({ a: key('A') }, () => writing()),
    cost: { requests: 'GetItem', writeUnits: 0, readUnits: 1 },
  },
  {
    name: 'refusal after two reads',
    act: (store, key) => store.transact({ a: key('A'), b: key('B') }, () => writing()),
    cost: { requests: 'BatchGetItem TransactGetItems', writeUnits: 0, readUnits: 6 },
  },
  {
    name: 'refusal after two reads that depends on one of them',
    act: (store, key) =>
      store.transact({ a: key('A'), b: key('B') }, () => ({ ...writing(), dependsOn: 'a' })),
    cost: { requests: 'BatchGetItem', writeUnits: 0, readUnits: 2 },
  },
];

describe.skipIf(reason !== undefined)(
  'the cost of transactions on DynamoDB',
  { timeout: TEST_TIMEOUT_MILLISECONDS },
  () => {
    let server: DynamoDbServer;
    let fixture: DynamoDbFixture;
    const usages: CapacityUsage[] = [];

    beforeAll(async () => {
      server = await startDynamoDbServer();
      fixture = await createFixture(server);
    });

    afterAll(async () => {
      await fixture.close();
      await server.stop();
    });

    it.each(SHAPES.map((shape) => [shape.name, shape] as const))('%s', async (name, { act, cost }) => {
      const pk = freshPk();
      const key = (sk: string) => userKey(pk, sk);
      await put(fixture.direct, key('A'), counter(1));
      await put(fixture.direct, key('B'), counter(1));
      const store = fixture.openThrough(server.endpoint, {
        onConsumedCapacity: (usage) => usages.push(usage),
      });
      usages.length = 0;
      await act(store, key);
      const seen: Cost = {
        requests: usages.map((usage) => usage.operation).join(' '),
        writeUnits: usages.reduce((sum, usage) => sum + usage.writeUnits, 0),
        readUnits: usages.reduce((sum, usage) => sum + usage.readUnits, 0),
      };
      process.stdout.write(
        `${seen.writeUnits} write units, ${seen.readUnits} read units: ${name} (${seen.requests})\n`,
      );
      expect(seen).toEqual(cost);
    });
  },
);
