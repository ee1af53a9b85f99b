/**
 * Finds out whether two parts of a store tell the same, without keeping what either says: each statement is hashed into
 * one of many buckets, added when it is claimed and subtracted when it is confirmed. A bucket that does not
 * end at zero holds a statement that was made on one side only, or not equally often; a second reading then looks
 * at the statements of those buckets alone. Memory is the same for a thousand orders and for a billion.
 *
 * Two independent hashes of 32 bits make it a matter of 1 in 10^19 that a difference goes unseen. It guards against
 * mistakes, not against somebody who forges items to fit.
 */
export interface CrossCheck {
  /** @param topic what the statement is about: both sides must name it alike */
  claim(topic: string, statement: string): void;
  confirm(topic: string, statement: string): void;
  isBalanced(): boolean;
  /** Whether something that shares the topic's bucket was claimed and not confirmed, or the reverse. */
  isSuspect(topic: string): boolean;
}

/** 8 MiB in all; a power of two. */
const BUCKETS = 2 ** 20;
const BUCKET_MASK = BUCKETS - 1;

export function createCrossCheck(): CrossCheck {
  // Sums wrap at 2^32 by themselves, up and down alike.
  const firstSums = new Uint32Array(BUCKETS);
  const secondSums = new Uint32Array(BUCKETS);
  // Two hashes that run side by side over the same text: millions of statements pass here.
  let first = 0;
  let second = 0;

  function begin(topic: string): number {
    first = FIRST_SEED;
    second = SECOND_SEED;
    mix(topic);
    return finish(first) & BUCKET_MASK;
  }

  function mix(text: string): void {
    let [one, other] = [first, second];
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      one = Math.imul(one ^ unit, FIRST_FACTOR);
      other = Math.imul(other ^ unit, SECOND_FACTOR);
    }
    // Each text is ended, so that `ab` + `c` is not `a` + `bc`, and stirred, since low bits never see high ones.
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
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) if (isUneven(bucket)) return false;
      return true;
    },
    isSuspect: (topic) => isUneven(begin(topic)),
  };
}

const FIRST_SEED = 0xdeadbeef;
const SECOND_SEED = 0x41c6ce57;
const FIRST_FACTOR = 0x9e3779b1;
const SECOND_FACTOR = 0x5f356495;

/** MurmurHash3's last step: every bit of the state reaches every bit of the hash. Unsigned, 32 bits. */
function finish(state: number): number {
  let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
