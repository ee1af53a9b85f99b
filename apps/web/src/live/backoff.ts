const FIRST_DELAY_MILLISECONDS = 500;
const MAX_DELAY_MILLISECONDS = 15_000;

/**
 * How long to wait before the next attempt: twice as long each time, and never all clients at once.
 * @param failures attempts that failed since the last success, from 1
 * @param chance from 0 to 1
 */
export function backoffMilliseconds(failures: number, chance: number): number {
  const ceiling = Math.min(FIRST_DELAY_MILLISECONDS * 2 ** (failures - 1), MAX_DELAY_MILLISECONDS);
  return ceiling / 2 + (ceiling / 2) * chance;
}
