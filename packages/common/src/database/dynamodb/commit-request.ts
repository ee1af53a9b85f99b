import type { ItemKey } from '../table-store.ts';
import type { AttemptWatch } from './attempt-watch.ts';
import type { StoredItem } from './item-codec.ts';
import { REVISION } from './names.ts';

/** The outcome of a commit. */
export type CommitOutcome = { readonly kind: 'committed' } | Conflict;

/** Nothing was written: an item has changed since it was read, or the store is busy. */
export interface Conflict {
  readonly kind: 'conflict';
  readonly cause: unknown;
  /** The items that another writer changed first, as far as DynamoDB reports them. */
  readonly contended: readonly ItemKey[];
}

/** A request that can be sent more than once, and the outcome of its attempts. */
export interface CommitRequest {
  readonly watch: AttemptWatch;
  send(): Promise<unknown>;
  /** Returns the outcome that an error proves, or undefined when it proves none. */
  judge(error: unknown): CommitOutcome | undefined;
  /** Returns the contended items that an error reports. */
  contended(error: unknown): readonly ItemKey[];
}

export const COMMITTED: CommitOutcome = { kind: 'committed' };

/** Returns whether an earlier attempt of the same request wrote the item that makes its condition fail. */
export function isOwnWork(item: StoredItem | undefined, revision: string): boolean {
  return item?.[REVISION]?.S === revision;
}
