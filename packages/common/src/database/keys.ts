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
    ledgerEntry: { skPrefix: 'TRANS#' },
    assetBalance: { skPrefix: 'ASSET#' },
    assetTransaction: { pkPrefix: 'TRANS#' },
    clientOrder: { skPrefix: 'CLIENTORDER#' },
    idempotency: { skPrefix: 'IDEM#' },
    orderCancellation: { pk: 'ORDER-CANCELLATIONS' },
    upgrade: { pk: 'UPGRADES' },
    session: { skPrefix: 'SESSION#' },
    signInHistory: { sk: 'SIGNINS' },
    signInFailures: { skPrefix: 'LOGINFAIL#' },
    event: { pkPrefix: 'EVENT#' },
    auditEvent: { pkPrefix: 'AUDIT#' },
  },
  orders: {
    order: { sk: 'ORDER' },
    pricePeak: { pkPrefix: 'PEAKS#' },
    triggerCheckpoint: { pkPrefix: 'CHECKPOINT#', sk: 'CHECKPOINT' },
  },
  inventory: {
    asset: { sk: 'ASSET' },
    candle: { pkPrefix: 'CANDLE#' },
    feedLease: { pk: 'LEASE#PRICES', sk: 'LEASE' },
    priceProposal: { pk: 'PRICEPROPOSAL' },
    manualMoves: { sk: 'MANUALMOVES' },
  },
} as const satisfies Record<string, Record<string, KeyShape>>;

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
export function triggerPartition(assetId: string, kind: string): string {
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
