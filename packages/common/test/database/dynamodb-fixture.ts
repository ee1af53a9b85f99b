import { randomUUID } from 'node:crypto';
import type { AwsOptions } from '@cnop/common/aws/aws-options';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { DynamoDbTableStoreOptions } from '@cnop/common/database/dynamodb/options';
import type { TableStore } from '@cnop/common/database/table-store';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { DYNAMODB_SERVER_AWS } from '@cnop/testing/dynamodb-server';

type FixtureStoreOptions = Omit<DynamoDbTableStoreOptions, 'aws'> & { readonly aws: Partial<AwsOptions> };

/** Long enough for a busy machine. */
export const TEST_TIMEOUT_MILLISECONDS = 60_000;

export interface DynamoDbFixture {
  readonly tableNamePrefix: string;
  /** A store connected directly to the server. */
  readonly direct: TableStore;
  /** Opens another store on the same tables, optionally through another endpoint. */
  openThrough(endpoint: string, more?: Partial<FixtureStoreOptions>): TableStore;
  close(): Promise<void>;
}

/** Creates tables, and stores on them. */
export async function createFixture(server: DynamoDbServer): Promise<DynamoDbFixture> {
  const tableNamePrefix = `test-${randomUUID()}-`;
  const opened: TableStore[] = [];
  const openThrough: DynamoDbFixture['openThrough'] = (endpoint, { aws: moreAws, ...more } = {}) => {
    const timeouts = { connectionMilliseconds: 3_000, requestMilliseconds: 5_000 };
    const aws = { ...DYNAMODB_SERVER_AWS, endpoint, timeouts, ...moreAws };
    const store = createDynamoDbTableStore({ aws, tableNamePrefix, ...more });
    opened.push(store);
    return store;
  };
  await createDynamoDbTables({ aws: { ...DYNAMODB_SERVER_AWS, endpoint: server.endpoint }, tableNamePrefix });
  return {
    tableNamePrefix,
    direct: openThrough(server.endpoint),
    openThrough,
    async close() {
      await Promise.all(opened.map((store) => store.close()));
    },
  };
}
