import type { AssetId } from '../core/brands.ts';
import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../core/money.ts';

/** Separates the parts of a key. */
export const SEPARATOR = '#';
/** Sorts after every id: the end of a range over keys of which an id is the last part. */
export const AFTER_EVERY_ID = '~';

/** The fixed parts of the keys of one kind of item: whole keys, or their prefixes. The other parts come from the entity. */
export interface KeyShape {
  readonly pk?: string;
  readonly pkPrefix?: string;
  readonly sk?: string;
  readonly skPrefix?: string;
}

/**
 * The key shape of every kind of item, by table. Changing one needs an upgrade of stored data.
 * @see docs/reference/tables.md
 */
export const KEYS = {
  users: {
    user: { sk: 'USER' },
    emailClaim: { pkPrefix: 'EMAIL#', sk: 'EMAIL' },
    balance: { sk: 'BALANCE' },
    // Behind the balance, so that one query returns both.
    bookCheckpoint: { sk: 'BALANCE-BOOK' },
    ledgerEntry: { skPrefix: 'TRANS#' },
    wallet: { skPrefix: 'BALANCE#' },
    walletEntry: { skPrefix: 'WALLET#' },
    conversion: { skPrefix: 'CONVERSION#' },
    assetBalance: { skPrefix: 'ASSET#' },
    assetTransaction: { pkPrefix: 'TRANS#' },
    clientOrder: { skPrefix: 'CLIENTORDER#' },
    recurringBuy: { skPrefix: 'RECURRING#' },
    idempotency: { skPrefix: 'IDEM#' },
    orderCancellation: { pk: 'ORDER-CANCELLATIONS' },
    upgrade: { pk: 'UPGRADES' },
    schema: { pk: 'SCHEMA', sk: 'SCHEMA' },
    session: { skPrefix: 'SESSION#' },
    signInHistory: { sk: 'SIGNINS' },
    signInFailures: { skPrefix: 'LOGINFAIL#' },
    targetAllocation: { sk: 'TARGETS' },
    event: { pkPrefix: 'EVENT#' },
    auditEvent: { pkPrefix: 'AUDIT#' },
    dueWork: { pkPrefix: 'DUE#' },
    taxMethod: { skPrefix: 'TAX#' },
    stake: { skPrefix: 'STAKE#' },
    stakeEntry: { pkPrefix: 'STAKE#' },
    bookProgress: { pk: 'HOUSE-BOOK-PROGRESS', sk: 'PROGRESS' },
    housePeriod: { pk: 'HOUSE-BOOK' },
    assetPeriod: { pkPrefix: 'HOUSE-BOOK#' },
    payment: { skPrefix: 'PAYMENT#' },
    waitingPayment: { pkPrefix: 'PAYMENTS#' },
    fundingDay: { sk: 'FUNDING-DAY' },
    airdrop: { pk: 'AIRDROPS' },
    airdropPart: { pkPrefix: 'AIRDROP#', skPrefix: 'PART#' },
    airdropResult: { pkPrefix: 'AIRDROP#', skPrefix: 'RESULT#' },
  },
  orders: {
    order: { sk: 'ORDER' },
    pricePeak: { pkPrefix: 'PEAKS#' },
    triggerCheckpoint: { pkPrefix: 'CHECKPOINT#', sk: 'CHECKPOINT' },
    refundProposal: { pk: 'REFUNDPROPOSAL' },
  },
  inventory: {
    asset: { sk: 'ASSET' },
    candle: { pkPrefix: 'CANDLE#' },
    feedLease: { pk: 'LEASE#PRICES', sk: 'LEASE' },
    priceSheet: { pk: 'PRICES#CURRENT' },
    openCandles: { pk: 'PRICES#CANDLES' },
    priceProposal: { pk: 'PRICEPROPOSAL' },
    manualMoves: { sk: 'MANUALMOVES' },
    stakingRate: { pk: 'STAKING-RATES' },
  },
} as const satisfies Record<string, Record<string, KeyShape>>;

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

/** Returns whether a key is that of an asset, and not of a candle or another item of the table. */
export function isAssetKey({ table, sk }: { readonly table: TableName; readonly sk: string }): boolean {
  return table === 'inventory' && sk === KEYS.inventory.asset.sk;
}

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** Returns the names of the indexes of a table. */
export function indexNames(table: TableName): IndexName[] {
  return Object.keys(TABLES[table].indexes) as IndexName[];
}

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

/** The only partition of `UserDirectoryIndex`, which lists all users. */
export const USER_DIRECTORY_PARTITION = 'USER';
/** The only partition of `CatalogueIndex`, which lists all assets. */
export const CATALOGUE_PARTITION = 'ASSET';

/** Partitions of the expiry index: a few instances sweep them in parallel, and no partition of DynamoDB gets hot. */
export const EXPIRY_SHARDS = 8;
const EXPIRY_PREFIX = 'EXPIRY#';

/** Returns the partition of one shard of the expiry index. */
export function expiryPartition(shard: number): string {
  return `${EXPIRY_PREFIX}${shard}`;
}

/** Returns the partition of the trigger index that has the open orders of one kind of trigger of an asset. */
export function triggerPartition(assetId: AssetId, kind: string): string {
  return assetId + SEPARATOR + kind;
}

/** Digits of the largest safe integer. */
const SEQ_DIGITS = 16;

/** Formats a whole number so that text sorts as the numbers do: 16 digits. */
export function sortableSeq(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, '0');
}

/** Formats a decimal so that text sorts as the numbers do: 15 digits, the point, 18 digits. */
export function sortablePrice(price: string): string {
  const [whole = '', fraction = ''] = price.split('.');
  return `${whole.padStart(MAX_INTEGER_DIGITS, '0')}.${fraction.padEnd(MAX_SCALE, '0')}`;
}
