import type { Query, SortKeyRange } from '../table-store.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';

/** Bounds of sort keys, both inclusive; undefined means open. */
export interface SortKeyBounds {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Returns the bounds of a range. Compatible servers differ in `begins_with`, so a prefix becomes bounds too. */
export function boundsOf(range: SortKeyRange | undefined): SortKeyBounds {
  if (!range) return { from: undefined, to: undefined };
  if (!('prefix' in range)) return { from: range.from === '' ? undefined : range.from, to: range.to };
  if (range.prefix === '') return { from: undefined, to: undefined };
  return { from: range.prefix, to: range.prefix + HIGHEST_CHARACTER };
}

/** The start of a query: at the edge of the range, after a position, or nowhere when the rest of the range is empty. */
export type Start = 'edge' | 'after-position' | 'nowhere';

/**
 * Returns where a query starts. DynamoDB refuses a position outside the range, which a client may send in a changed
 * cursor, and an upper bound below the lower one. Both are handled here.
 * @param position the sort key after which the query continues
 */
export function startOfRange(
  order: Query['order'],
  bounds: SortKeyBounds,
  position: string | undefined,
): Start {
  const { from, to } = bounds;
  if (to === '' || (from !== undefined && to !== undefined && isBelow(to, from))) return 'nowhere';
  if (position === undefined) return 'edge';
  const isAscending = order === 'ascending';
  if (from !== undefined && isBelow(position, from)) return isAscending ? 'edge' : 'nowhere';
  if (to !== undefined && isBelow(to, position)) return isAscending ? 'nowhere' : 'edge';
  return 'after-position';
}

/** Compares keys by their bytes in UTF-8, which is not the order of strings in JavaScript. */
function isBelow(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
