import { v7 as uuidV7 } from 'uuid';

/** The source of ids, injected like the clock. */
export interface IdSource {
  /** A new id that sorts after the earlier ones of this process (UUID version 7, RFC 9562). */
  next(): string;
}

const RANDOM_BYTES_PER_ID = 16;
/** Random bytes are asked for by the page: one call for each id costs ten times the id. */
const RANDOM_POOL_BYTES = 4_096;
/** A millisecond begins in the lower half of the counter, so that two billion ids fit behind it. */
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
      // Within one millisecond, or when the clock was set back, the counter keeps ids in order.
      seq = now > msecs ? startOfSequence(random) : seq + 1;
      msecs = Math.max(now, msecs);
      return uuidV7({ random, msecs, seq });
    },
  };
}

/** Random, so that two processes of one millisecond differ in more than what is left of the id. */
function startOfSequence(random: Uint8Array): number {
  return new DataView(random.buffer, random.byteOffset).getUint32(0) & START_OF_SEQUENCE_MASK;
}

/** Wide enough for a trillion entries of one user. */
const SEQUENCE_DIGITS = 12;

/**
 * The id of the n-th entry in a ledger. It starts with the position, so the order of ids is the order of the
 * chain even when two entries share a millisecond or two machines disagree about the time.
 * @param sequence position in the ledger, from 1
 * @param uniqueId makes the id unique across ledgers
 */
export function ledgerEntryId(sequence: number, uniqueId: string): string {
  return `${String(sequence).padStart(SEQUENCE_DIGITS, '0')}-${uniqueId}`;
}
