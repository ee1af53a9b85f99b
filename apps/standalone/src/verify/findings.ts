import type { Violation } from './violation.ts';

/** A store that is broken everywhere must not fill the memory of whoever looks at it. */
const MAX_KEPT_VIOLATIONS = 1_000;

export interface Findings {
  add(violations: readonly Violation[]): void;
  /** The first of them. */
  kept(): readonly Violation[];
  /** How many there were. */
  total(): number;
}

export function createFindings(): Findings {
  const kept: Violation[] = [];
  let total = 0;
  return {
    add(violations) {
      total += violations.length;
      kept.push(...violations.slice(0, MAX_KEPT_VIOLATIONS - kept.length));
    },
    kept: () => kept,
    total: () => total,
  };
}
