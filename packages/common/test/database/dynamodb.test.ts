import { randomUUID } from 'node:crypto';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { RetryOptions } from '@cnop/common/database/dynamodb/options';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import type { StoreUnderTest } from '@cnop/testing/store-contract/contract';
import { describeTableStoreContract } from '@cnop/testing/store-contract/describe-table-store-contract';
import { afterAll, beforeAll, describe } from 'vitest';

/** The time of all writers that queue for one item, on a busy machine. */
const DEADLINE_MILLISECONDS = 60_000;

const reason = whyNoDynamoDb();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

describe.skipIf(reason !== undefined)('the DynamoDB adapter', () => {
  let server: DynamoDbServer | undefined;

  beforeAll(async () => {
    server = await startDynamoDbServer();
  });

  afterAll(async () => {
    await server?.stop();
  });

  async function open(retry: Partial<RetryOptions> = {}): Promise<StoreUnderTest> {
    const aws = { ...DYNAMODB_SERVER_AWS, endpoint: server?.endpoint ?? '' };
    const options = { aws, tableNamePrefix: `test-${randomUUID()}-`, retry };
    await createDynamoDbTables(options);
    let store = createDynamoDbTableStore(options);
    return {
      store,
      async reopen() {
        await store.close();
        store = createDynamoDbTableStore(options);
        return store;
      },
      dispose: () => store.close(),
    };
  }

  describeTableStoreContract('the DynamoDB table store', {
    open: () => open({ deadlineMilliseconds: DEADLINE_MILLISECONDS }),
    openWithoutRetries: () => open({ maxAttempts: 1 }),
  });
});
