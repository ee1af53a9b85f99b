import type { Query, SortKeyRange } from '../table-store.ts';
import { HIGHEST_CHARACTER } from '../validate-transaction.ts';

/** Sort keys from one to another, both included; absent means open. */
export interface SortKeyBounds {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A prefix is a range as well. Compatible servers disagree about `begins_with`, but all compare by bytes. */
export function boundsOf(range: SortKeyRange | undefined): SortKeyBounds {
  if (!range) return { from: undefined, to: undefined };
  if (!('prefix' in range)) return { from: range.from === '' ? undefined : range.from, to: range.to };
  if (range.prefix === '') return { from: undefined, to: undefined };
  return { from: range.prefix, to: range.prefix + HIGHEST_CHARACTER };
}

/** `edge`: at the beginning of the range. `nowhere`: nothing lies in what is left of it. */
export type Start = 'edge' | 'after-position' | 'nowhere';

/**
 * Where a query starts. DynamoDB refuses a position outside of the range, and an upper bound below the lower one. A
 * position comes from a client, who may have bent it, so here both mean what they say.
 * @param position the sort key that the query goes on from
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

/** Keys are ordered by their bytes in UTF-8, which is not the order of JavaScript's strings. */
function isBelow(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
