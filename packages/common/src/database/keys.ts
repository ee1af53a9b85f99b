import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../core/money.ts';

/** Separates the parts of a key. */
export const SEPARATOR = '#';
/** Sorts after every id: the end of a range over keys of which an id is the last part. */
export const AFTER_EVERY_ID = '~';

/** Partitions of the expiry index: a few instances sweep them in parallel, and no partition of DynamoDB gets hot. */
export const EXPIRY_SHARDS = 8;

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

/** Returns the partition of the trigger index that has the open orders of one kind of trigger of an asset. */
export function triggerPartition(assetId: string, kind: string): string {
  return assetId + SEPARATOR + kind;
}

/** Returns the partition of one shard of the expiry index. */
export function expiryPartition(shard: number): string {
  return `EXPIRY${SEPARATOR}${shard}`;
}
