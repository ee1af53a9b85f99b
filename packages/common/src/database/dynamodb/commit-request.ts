import type { ItemKey } from '../table-store.ts';
import type { AttemptWatch } from './attempt-watch.ts';
import type { StoredItem } from './item-codec.ts';
import { REVISION } from './names.ts';

export type CommitOutcome = { readonly kind: 'committed' } | Conflict;

/** Nothing was written, because an item is not what was read, or because the store is too busy. */
export interface Conflict {
  readonly kind: 'conflict';
  readonly cause: unknown;
  /** Where somebody else was faster, as far as DynamoDB says. */
  readonly contended: readonly ItemKey[];
}

/** A request that can be sent more than once, with all that became of it so far. */
export interface CommitRequest {
  readonly watch: AttemptWatch;
  send(): Promise<unknown>;
  /** What an answer proves, or nothing when it proves nothing. */
  judge(error: unknown): CommitOutcome | undefined;
  /** The items at which somebody else was in the way, for an answer that says so. */
  contended(error: unknown): readonly ItemKey[];
}

export const COMMITTED: CommitOutcome = { kind: 'committed' };

/** Whether an item that is in the way of a request was put there by an earlier copy of it. */
export function isOwnWork(item: StoredItem | undefined, revision: string): boolean {
  return item?.[REVISION]?.S === revision;
}
