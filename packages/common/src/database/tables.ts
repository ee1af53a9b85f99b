import { KEYS } from './keys.ts';

/** A secondary index. It is sparse: it has only items whose writes name an entry for it. */
export interface IndexDefinition {
  /** The attributes that are copied into the index, besides the keys. */
  readonly projection: readonly string[] | 'all';
}

/** The indexes and the logs of a table. */
export interface TableDefinition {
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
  /**
   * The prefixes of the partition keys of logs: partitions whose items are only added, and expire in the order of their
   * sort keys. The embedded store finds expired items at the head of a log, so it need not list each item.
   */
  readonly logs: readonly string[];
}

/**
 * The tables and their indexes. The records of the DAOs define their items.
 * @see docs/reference/tables.md
 */
export const TABLES = {
  users: {
    indexes: {
      /** email -> user. A claim item makes the e-mail unique, not this index. */
      EmailIndex: { projection: ['username'] },
      /** All users by username, for the list of administrators. */
      UserDirectoryIndex: { projection: [] },
      /** asset_id -> positions in it. */
      AssetIndex: { projection: [] },
      /** day -> security events of all users by time. */
      AuditByDayIndex: { projection: 'all' },
    },
    logs: [KEYS.users.event.pkPrefix],
  },
  orders: {
    indexes: {
      /** username -> orders by time. */
      UserOrdersIndex: { projection: 'all' },
      /** asset and direction -> open orders by trigger price: the trigger index. */
      TriggerIndex: { projection: ['username', 'asset_id'] },
      /** shard -> open orders by expiry. */
      OrderExpiryIndex: { projection: ['username', 'asset_id'] },
    },
    logs: [],
  },
  inventory: {
    indexes: {
      /** All assets by id, for the catalogue. */
      CatalogueIndex: { projection: 'all' },
    },
    logs: [],
  },
} as const satisfies Record<string, TableDefinition>;

/**
 * The lists of each user that an order appends to. The embedded store keeps them next to each other, so that an order
 * writes few pages of its file.
 */
export const USER_LISTS = {
  table: 'users',
  /** Ledger entries: a part of the user's partition, by the prefix of their sort keys. */
  ledgerSortKeys: KEYS.users.ledgerEntry.skPrefix,
  /** Events, newest first: the partition `EVENT#{username}`. */
  eventPartitions: KEYS.users.event.pkPrefix,
  /** Trades of an asset, newest first: the partition `TRANS#{username}#{asset}`. */
  tradePartitions: KEYS.users.assetTransaction.pkPrefix,
  /** The index with the orders of each user, by username. */
  orderIndex: { table: 'orders', name: 'UserOrdersIndex' },
} as const;

export type TableName = keyof typeof TABLES;
export type IndexName = {
  [table in TableName]: keyof (typeof TABLES)[table]['indexes'];
}[TableName];

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** Returns the definition of an index, or undefined when the table does not have it. */
export function indexDefinition(table: TableName, index: IndexName): IndexDefinition | undefined {
  const indexes: Readonly<Record<string, IndexDefinition>> = TABLES[table].indexes;
  return indexes[index];
}

/** Returns whether a partition is a log of the table. */
export function isLog(table: TableName, pk: string): boolean {
  const logs: readonly string[] = TABLES[table].logs;
  return logs.some((prefix) => pk.startsWith(prefix));
}
