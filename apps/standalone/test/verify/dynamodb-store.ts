import { randomUUID } from 'node:crypto';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer } from '@cnop/testing/dynamodb-server';
import type { Cleanup } from '@cnop/testing/system/cleanup';

/** Opens an empty store on a DynamoDB-compatible server, which the cleanup stops. */
export async function openDynamoDb(cleanup: Cleanup): Promise<TableStore> {
  const server = await startDynamoDbServer();
  cleanup.defer(() => server.stop());
  const options = {
    aws: { ...DYNAMODB_SERVER_AWS, endpoint: server.endpoint },
    tableNamePrefix: `test-${randomUUID()}-`,
  };
  await createDynamoDbTables(options);
  return createDynamoDbTableStore(options);
}
