import { DeleteTableCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { TABLE_NAMES } from '../tables.ts';
import { connect } from './connection.ts';
import type { DynamoDbOptions } from './options.ts';

/**
 * Deletes all tables of a prefix with everything in them. For tables that a measurement created for itself.
 * @throws StoreUnavailableError (503) when the server does not answer
 */
export async function deleteDynamoDbTables(options: DynamoDbOptions): Promise<void> {
  const connection = connect(options);
  try {
    await connection.run(async (deadline) => {
      for (const table of TABLE_NAMES) {
        const command = new DeleteTableCommand({ TableName: connection.tableName(table) });
        try {
          await connection.send('DeleteTable', deadline, (given) => connection.client.send(command, given));
        } catch (error) {
          if (!(error instanceof ResourceNotFoundException)) throw error;
        }
      }
    });
  } finally {
    connection.client.destroy();
  }
}
