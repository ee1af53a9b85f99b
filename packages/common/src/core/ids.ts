import { v7 as uuidV7 } from 'uuid';
import type { NewId, TransactionId } from './brands.ts';
import { newId, transactionId } from './brands.ts';

/** The source of ids, injected like the clock. */
export interface IdSource {
  /** Makes an id that sorts after the earlier ones of this process: a UUID version 7 (RFC 9562). */
  next(): NewId;
}

const RANDOM_BYTES_PER_ID = 16;
/** Random bytes are drawn in batches: a call for each id takes ten times as long as the rest of the id. */
const RANDOM_POOL_BYTES = 4_096;
/** The counter starts each millisecond below 2^30, which leaves room for two billion ids. */
const START_OF_SEQUENCE_MASK = 0x3f_ff_ff_ff;

/** The ids of this process. */
export const systemIds: IdSource = createIds();

function createIds(): IdSource {
  const pool = new Uint8Array(RANDOM_POOL_BYTES);
  let used = RANDOM_POOL_BYTES;
  let msecs = 0;
  let seq = 0;

  function takeRandom(): Uint8Array {
    if (used === RANDOM_POOL_BYTES) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    used += RANDOM_BYTES_PER_ID;
    return pool.subarray(used - RANDOM_BYTES_PER_ID, used);
  }

  return {
    next() {
      const random = takeRandom();
      const now = Date.now();
      // The counter keeps ids in order within a millisecond and when the clock is set back.
      seq = now > msecs ? startOfSequence(random) : seq + 1;
      msecs = Math.max(now, msecs);
      return newId(uuidV7({ random, msecs, seq }));
    },
  };
}

/** Returns a random start of the counter, so that ids of two processes in one millisecond differ in more bits. */
function startOfSequence(random: Uint8Array): number {
  return new DataView(random.buffer, random.byteOffset).getUint32(0) & START_OF_SEQUENCE_MASK;
}

/** Digits for a trillion entries of one user. */
const SEQUENCE_DIGITS = 12;

/**
 * Makes the id of a ledger entry. It begins with the position, so ids sort in the order of the ledger even when entries
 * share a millisecond or the clocks of instances differ.
 * @param sequence position in the ledger, from 1
 * @param uniqueId makes the id unique across ledgers
 */
export function ledgerEntryId(sequence: number, uniqueId: string): TransactionId {
  return transactionId(`${String(sequence).padStart(SEQUENCE_DIGITS, '0')}-${uniqueId}`);
}

/** Returns the unique part of the id of a ledger entry: for the payment of a trade or settlement, the id of that trade. */
export function uniqueIdOf(ledgerEntry: TransactionId): TransactionId {
  return transactionId(ledgerEntry.slice(SEQUENCE_DIGITS + 1));
}
