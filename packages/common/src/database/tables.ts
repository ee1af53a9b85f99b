/** One secondary index. Items are in it only when a write names an entry for it (a sparse index). */
export interface IndexDefinition {
  /** The attributes that its queries need; only these (and the keys) are copied into it. */
  readonly projection: readonly string[] | 'all';
}

export interface TableDefinition {
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
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
  },
  inventory: {
    indexes: {
      /** Every asset by id, for the catalogue. */
      CatalogueIndex: { projection: 'all' },
    },
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
