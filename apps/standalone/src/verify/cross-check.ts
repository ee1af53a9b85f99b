/**
 * A check that two parts of a store agree, in constant memory. Each statement is hashed into one of many buckets: added
 * when one item claims it, subtracted when another confirms it. A bucket that does not end at zero contains a statement
 * that was claimed and confirmed a different number of times; a second reading looks at the statements of those buckets.
 *
 * Two independent 32-bit hashes make the chance of an undetected difference about 1 in 10^19. The check guards against
 * mistakes, not against forged items.
 */
export interface CrossCheck {
  /** @param topic the subject of the statement: both sides must use the same text */
  claim(topic: string, statement: string): void;
  confirm(topic: string, statement: string): void;
  isBalanced(): boolean;
  /** Returns whether the bucket of the topic is unbalanced. Another topic of the same bucket may be the cause. */
  isSuspect(topic: string): boolean;
}

/** 8 MiB in total. */
const BUCKETS_OF_A_STORE = 2 ** 20;

/**
 * Creates an empty cross-check.
 * @param buckets a power of two
 */
export function createCrossCheck(buckets = BUCKETS_OF_A_STORE): CrossCheck {
  const bucketMask = buckets - 1;
  // Sums wrap at 2^32 in both directions.
  const firstSums = new Uint32Array(buckets);
  const secondSums = new Uint32Array(buckets);
  // Both hashes run in one pass over the text, since millions of statements pass here.
  let first = 0;
  let second = 0;

  function begin(topic: string): number {
    first = FIRST_SEED;
    second = SECOND_SEED;
    mix(topic);
    return finish(first) & bucketMask;
  }

  function mix(text: string): void {
    let [one, other] = [first, second];
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      one = Math.imul(one ^ unit, FIRST_FACTOR);
      other = Math.imul(other ^ unit, SECOND_FACTOR);
    }
    // The length ends each text, so that `ab` + `c` differs from `a` + `bc`. `finish` mixes high bits into low ones.
    first = finish(one ^ text.length);
    second = finish(other ^ text.length);
  }

  function count(topic: string, statement: string, sign: 1 | -1): void {
    const bucket = begin(topic);
    mix(statement);
    firstSums[bucket] = (firstSums[bucket] ?? 0) + sign * first;
    secondSums[bucket] = (secondSums[bucket] ?? 0) + sign * second;
  }

  const isUneven = (bucket: number): boolean => firstSums[bucket] !== 0 || secondSums[bucket] !== 0;

  return {
    claim: (topic, statement) => count(topic, statement, 1),
    confirm: (topic, statement) => count(topic, statement, -1),
    isBalanced() {
      for (let bucket = 0; bucket < buckets; bucket += 1) if (isUneven(bucket)) return false;
      return true;
    },
    isSuspect: (topic) => isUneven(begin(topic)),
  };
}

const FIRST_SEED = 0xdeadbeef;
const SECOND_SEED = 0x41c6ce57;
const FIRST_FACTOR = 0x9e3779b1;
const SECOND_FACTOR = 0x5f356495;

/** The finalizer of MurmurHash3: every bit of the state affects every bit of the hash. Unsigned, 32 bits. */
function finish(state: number): number {
  let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
