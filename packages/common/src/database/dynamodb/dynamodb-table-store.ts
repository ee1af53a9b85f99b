import { createCachedValue, systemClock } from '../../core/clock.ts';
import type { TableStore } from '../table-store.ts';
import { checkBatchGet, checkKey, checkQuery, keyId } from '../validate-transaction.ts';
import { connect } from './connection.ts';
import { runQuery } from './index-shards.ts';
import { fromStoredItem } from './item-codec.ts';
import type { DynamoDbTableStoreOptions } from './options.ts';
import { readItem, readItems } from './read-items.ts';
import { scanIndex, scanTable } from './scan.ts';
import { transact } from './transact.ts';

/** The item of a ping; it need not exist. */
const PING_KEY = { table: 'users', pk: 'PING', sk: 'PING' } as const;
/** The time for which one ping answers: each is billed, and several gateways and balancers probe each process. */
const PING_MILLISECONDS = 900;

/**
 * Creates the table store on Amazon DynamoDB, or on any server that speaks its protocol. The tables must exist: see
 * `createDynamoDbTables`.
 */
export function createDynamoDbTableStore(options: DynamoDbTableStoreOptions): TableStore {
  const connection = connect(options);
  const ping = createCachedValue({
    read: () =>
      connection.run((deadline) => readItem(connection, PING_KEY, deadline, { isConsistent: false })),
    maxAgeMilliseconds: PING_MILLISECONDS,
    clock: systemClock,
  });
  return {
    paysForConflicts: true,

    async get(key) {
      checkKey(key);
      return await connection.run(async (deadline) => {
        const stored = await readItem(connection, key, deadline);
        return stored && fromStoredItem(key.table, stored);
      });
    },

    async batchGet(keys) {
      checkBatchGet(keys);
      return await connection.run(async (deadline) => {
        const different = [...new Map(keys.map((key) => [keyId(key), key])).values()];
        const found = await readItems(connection, different, deadline);
        return keys.map((key) => {
          const stored = found.get(keyId(key));
          return stored && fromStoredItem(key.table, stored);
        });
      });
    },

    async query(query) {
      checkQuery(query);
      return await connection.run((deadline) => runQuery(connection, query, deadline));
    },

    scan: (table, after) => scanTable(connection, table, after),

    scanIndex: (table, index) => scanIndex(connection, table, index),

    transact: (reads, decide) => transact(connection, reads, decide),

    async ping() {
      await ping.get();
    },

    async close() {
      connection.client.destroy();
    },
  };
}
