/**
 * An amount as a JSON number, which older clients expect of a few members that are only shown: it may be off in the
 * sixteenth digit. The only place where an amount becomes a number.
 */
export function displayNumber(amount: string): number {
  return Number(amount);
}
