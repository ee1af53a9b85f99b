/** One secondary index. Items are in it only when a write names an entry for it (a sparse index). */
export interface IndexDefinition {
  /** The attributes that its queries need; only these (and the keys) are copied into it. */
  readonly projection: readonly string[] | 'all';
}

export interface TableDefinition {
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
  /**
   * How the partition keys of logs begin: partitions whose items are only ever added, and expire in the order of their
   * sort keys. What is over is found at their heads, so that the embedded store need not list each item.
   */
  readonly logs: readonly string[];
}

/**
 * The tables of the database design. Which items live in them is said by the records next to each DAO;
 * docs/reference/tables.md has the whole picture.
 */
export const TABLES = {
  users: {
    indexes: {
      /** email -> user. Unique by the claim item, not by this index. */
      EmailIndex: { projection: ['username'] },
      /** Every user by username, for the admin's list. */
      UserDirectoryIndex: { projection: [] },
      /** asset_id -> who holds it. */
      AssetIndex: { projection: [] },
      /** day -> security events of everybody, by time. */
      AuditByDayIndex: { projection: 'all' },
    },
    logs: ['EVENT#'],
  },
  orders: {
    indexes: {
      /** username -> orders by time. */
      UserOrdersIndex: { projection: 'all' },
      /** asset and what it watches for -> open conditional orders by their trigger price: the book. */
      TriggerIndex: { projection: ['username', 'asset_id'] },
      /** shard -> open conditional orders by the moment they expire. */
      OrderExpiryIndex: { projection: ['username', 'asset_id'] },
    },
    logs: [],
  },
  inventory: {
    indexes: {
      /** Every asset by id, for the catalogue. */
      CatalogueIndex: { projection: 'all' },
    },
    logs: [],
  },
} as const satisfies Record<string, TableDefinition>;

export type TableName = keyof typeof TABLES;
export type IndexName = {
  [table in TableName]: keyof (typeof TABLES)[table]['indexes'];
}[TableName];

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** The definition of an index of a table, or undefined when the table has no such index. */
export function indexDefinition(table: TableName, index: IndexName): IndexDefinition | undefined {
  const indexes: Readonly<Record<string, IndexDefinition>> = TABLES[table].indexes;
  return indexes[index];
}

/** Whether a partition is one of the table's logs. */
export function isLog(table: TableName, pk: string): boolean {
  const logs: readonly string[] = TABLES[table].logs;
  return logs.some((prefix) => pk.startsWith(prefix));
}
