import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { StoreUnavailableError, StoreUsageError } from '@cnop/common/database/store-errors';
import type { UnprotectedTable } from '@cnop/common/database/table-store';
import { TABLE_NAMES, TABLES } from '@cnop/common/database/tables';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { freshPk, increment, orderKey, put, userKey } from '@cnop/testing/store-contract/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DynamoDbFixture } from './dynamodb-fixture.ts';
import { createFixture, TEST_TIMEOUT_MILLISECONDS } from './dynamodb-fixture.ts';

const reason = whyNoDynamoDb();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

const LARGER_THAN_AN_ITEM_MAY_BE = 410_000;

describe.skipIf(reason !== undefined)(
  'the tables on DynamoDB',
  { timeout: TEST_TIMEOUT_MILLISECONDS },
  () => {
    let server: DynamoDbServer;
    let fixture: DynamoDbFixture;
    let client: DynamoDBClient;

    beforeAll(async () => {
      server = await startDynamoDbServer();
      fixture = await createFixture(server);
      const { region, keys } = DYNAMODB_SERVER_AWS;
      client = new DynamoDBClient({ region, credentials: keys, endpoint: server.endpoint });
    });

    afterAll(async () => {
      client.destroy();
      await fixture.close();
      await server.stop();
    });

    const options = (tableNamePrefix: string) => ({
      aws: { ...DYNAMODB_SERVER_AWS, endpoint: server.endpoint },
      tableNamePrefix,
    });

    it.each(TABLE_NAMES)('%s is billed per request, has its indexes and a time-to-live', async (table) => {
      const TableName = `${fixture.tableNamePrefix}${table}`;
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
      const indexes = Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName) ?? [];
      expect(new Set(indexes)).toEqual(new Set(Object.keys(TABLES[table].indexes)));
      const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
      expect(TimeToLiveDescription).toMatchObject({
        AttributeName: 'expires_at_epoch',
        TimeToLiveStatus: 'ENABLED',
      });
    });

    it('creating existing tables changes nothing, even concurrently', async () => {
      const key = userKey(freshPk(), 'A');
      await increment(fixture.direct, key);
      const again = options(fixture.tableNamePrefix);
      await Promise.all([createDynamoDbTables(again), createDynamoDbTables(again)]);
      expect((await fixture.direct.get(key))?.version).toBe(1);
    });

    it('new tables are protected in production, or the operator is told which are not', async () => {
      const unprotected: UnprotectedTable[] = [];
      const tableNamePrefix = `test-${randomUUID()}-`;
      const protecting = {
        ...options(tableNamePrefix),
        isProtected: true,
        onUnprotected: (table: UnprotectedTable) => void unprotected.push(table),
      };
      await createDynamoDbTables(protecting);
      for (const table of TABLE_NAMES) {
        const TableName = `${tableNamePrefix}${table}`;
        const isTold = (what: string) =>
          unprotected.some((each) => each.table === TableName && each.what === what);
        const { Table } = await client.send(new DescribeTableCommand({ TableName }));
        expect(Table?.DeletionProtectionEnabled === true || isTold('deletion protection'), TableName).toBe(
          true,
        );
        const recovery = await client
          .send(new DescribeContinuousBackupsCommand({ TableName }))
          .then(({ ContinuousBackupsDescription: found }) => found?.PointInTimeRecoveryDescription)
          .catch(() => undefined);
        expect(
          recovery?.PointInTimeRecoveryStatus === 'ENABLED' || isTold('point-in-time recovery'),
          TableName,
        ).toBe(true);
      }
      unprotected.length = 0;
      await createDynamoDbTables(protecting);
      expect(unprotected).toEqual([]);
    });

    it('several processes can create the tables at the same time', async () => {
      const fresh = options(`test-${randomUUID()}-`);
      const all = [createDynamoDbTables(fresh), createDynamoDbTables(fresh), createDynamoDbTables(fresh)];
      await expect(Promise.all(all)).resolves.toHaveLength(all.length);
    });

    it('a table that lacks an index is refused', async () => {
      const tableNamePrefix = `test-${randomUUID()}-`;
      await client.send(
        new CreateTableCommand({
          TableName: `${tableNamePrefix}orders`,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['PK', 'SK'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S' as const,
          })),
          KeySchema: [
            { AttributeName: 'PK', KeyType: 'HASH' },
            { AttributeName: 'SK', KeyType: 'RANGE' },
          ],
        }),
      );
      await expect(createDynamoDbTables(options(tableNamePrefix))).rejects.toThrow(StoreUsageError);
    });

    it('an item is stored with the documented attributes', async () => {
      const pk = freshPk();
      await put(fixture.direct, orderKey(pk), {
        attributes: {
          order_id: pk,
          quantity: '0.10',
          filled: false,
          history: [{ status: 'pending', at: null }],
        },
        indexes: { UserOrdersIndex: { pk: 'alice', sk: 'BTC#2024' } },
        expiresAtEpochSeconds: 1_700_000_000,
      });
      const TableName = `${fixture.tableNamePrefix}orders`;
      const Key = { PK: { S: pk }, SK: { S: 'ORDER' } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
      const { revision, ...rest } = Item ?? {};
      expect(rest).toEqual({
        ...Key,
        version: { N: '1' },
        expires_at_epoch: { N: '1700000000' },
        UserOrdersIndexPK: { S: 'alice' },
        UserOrdersIndexSK: { S: 'BTC#2024' },
        order_id: { S: pk },
        quantity: { S: '0.10' },
        filled: { BOOL: false },
        history: { L: [{ M: { status: { S: 'pending' }, at: { NULL: true } } }] },
      });
      expect(revision?.S).toMatch(/^[\w-]{16}$/);
    });

    it('an item that is too large for DynamoDB is a usage error, alone or in a transaction', async () => {
      const pk = freshPk();
      const attributes = { text: 'x'.repeat(LARGER_THAN_AN_ITEM_MAY_BE) };
      const large = { kind: 'create' as const, key: userKey(pk, 'A'), attributes };
      const small = { kind: 'create' as const, key: userKey(pk, 'B'), attributes: {} };
      for (const writes of [[large], [large, small]]) {
        const written = fixture.direct.transact({}, () => ({ writes, result: undefined }));
        await expect(written).rejects.toThrow(StoreUsageError);
      }
      expect(await fixture.direct.batchGet([large.key, small.key])).toEqual([undefined, undefined]);
    });

    it('the store is unavailable without its tables', async () => {
      const { direct } = fixture;
      await expect(direct.ping()).resolves.toBeUndefined();
      const elsewhere = fixture.openThrough(server.endpoint, { tableNamePrefix: 'none-' });
      await expect(elsewhere.ping()).rejects.toThrow(StoreUnavailableError);
      await expect(increment(elsewhere, userKey('a', 'b'))).rejects.toThrow(StoreUnavailableError);
    });

    it('acknowledged writes survive a kill of the server', async ({ skip }) => {
      if (!server.isRestartable) skip('the server of DYNAMODB_ENDPOINT is not ours to kill');
      const key = userKey(freshPk(), 'A');
      await increment(fixture.direct, key);
      await server.restart();
      expect(await fixture.direct.get(key)).toEqual({ key, attributes: { value: 1 }, version: 1 });
      expect(await increment(fixture.direct, key)).toBe(2);
    });
  },
);
