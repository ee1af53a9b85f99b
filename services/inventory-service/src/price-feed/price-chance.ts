import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { normalFrom } from '../domain/random-numbers.ts';

const CIPHER = 'aes-256-ctr';
const KEY_BYTES = 32;
/** Every stream has a key of its own, so its counter may begin at zero. */
const COUNTER_START = Buffer.alloc(16);
const BYTES_PER_DRAW = 6;
const RANGE_OF_A_DRAW = 2 ** (8 * BYTES_PER_DRAW);
const DRAWS_PER_CHUNK = 64;

/** Where made-up prices take their randomness from. */
export interface PriceChance {
  /** Starts a stream of draws from the standard normal distribution. @param label what it is for, such as `BTC:50000` */
  stream(label: string): () => number;
}

/**
 * Makes a source of randomness for prices: the keystream of AES-256 in counter mode. Without the key, the draws so far
 * say nothing about the next one.
 * @param seed makes the streams the same for the same seed and label, and so predictable: for tests and demonstrations.
 *   Without it each stream has a key of its own from the operating system, which is stored nowhere.
 */
export function createPriceChance(seed: string | undefined): PriceChance {
  return {
    stream(label) {
      const key =
        seed === undefined ? randomBytes(KEY_BYTES) : createHmac('sha256', seed).update(label).digest();
      const draw = uniformDraws(key);
      return () => normalFrom(draw(), draw());
    },
  };
}

/** Numbers from zero inclusive to one exclusive. */
function uniformDraws(key: Buffer): () => number {
  const cipher = createCipheriv(CIPHER, key, COUNTER_START);
  const zeros = Buffer.alloc(DRAWS_PER_CHUNK * BYTES_PER_DRAW);
  let chunk = zeros;
  let at = chunk.length;
  return () => {
    if (at === chunk.length) {
      chunk = cipher.update(zeros);
      at = 0;
    }
    const drawn = chunk.readUIntBE(at, BYTES_PER_DRAW);
    at += BYTES_PER_DRAW;
    return drawn / RANGE_OF_A_DRAW;
  };
}
