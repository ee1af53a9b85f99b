const FNV_OFFSET = 0x81_1c_9d_c5;
const FNV_PRIME = 0x01_00_01_93;
const MULBERRY_STEP = 0x6d_2b_79_f5;
const RANGE_32_BITS = 2 ** 32;

/** Where a stream of chance stands: 32 bits, so a stream repeats itself after four thousand million draws. */
export type RandomState = number;

/** A stream that is the same for the same text (FNV-1a). */
export function randomStateOf(text: string): RandomState {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash >>> 0;
}

/** Turns two uniform draws, from zero inclusive to one exclusive, into one of the standard normal (Box-Muller). */
export function normalFrom(radius: number, angle: number): number {
  // One minus what may be zero but never one: the logarithm of zero is no price.
  return Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * angle);
}

/** A draw from zero inclusive to one exclusive, for plans that a seed brings back (mulberry32); never for prices. */
export function drawUniform(state: RandomState): { readonly value: number; readonly state: RandomState } {
  const next = (state + MULBERRY_STEP) >>> 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / RANGE_32_BITS, state: next };
}
