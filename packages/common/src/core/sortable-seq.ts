/** As many digits as the largest safe integer has. */
const SEQ_DIGITS = 16;

/** A whole number as text whose order is that of the numbers, for sort keys. */
export function sortableSeq(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, '0');
}
