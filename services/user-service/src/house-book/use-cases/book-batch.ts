import type { AssetId, IsoTime, Username } from '@cnop/common/core/brands';
import {
  assetPeriodRecord,
  bookCheckpointRecord,
  housePeriodRecord,
} from '@cnop/common/dao/house/house-book-dao';
import type { Item, ItemKey, TableStore, Write } from '@cnop/common/database/table-store';
import type { BookCheckpoint } from '@cnop/common/entities/house/house-book';
import type { Addition, Step } from '../domain/fold-entry.ts';
import { addAssetSums, addHouseSums, NO_ASSET_SUMS, NO_HOUSE_SUMS } from '../domain/fold-entry.ts';

/** Items of one commit: a transaction of DynamoDB takes 100. */
const MAX_ITEMS = 90;

/** Thrown inside a decision, never sent: another process has added entries of these users. */
export class BookMovedOn extends Error {}

interface BatchedUser {
  /** The sequence of the stored checkpoint; undefined while there is none. */
  readonly storedSequence: number | undefined;
  checkpoint: BookCheckpoint;
}

/** Steps of many users that are committed together. */
export interface BookBatch {
  /**
   * Adds the step that follows a checkpoint; commits the steps before it first if they would not fit into one commit.
   * @param before the checkpoint before the step; undefined for a new account
   */
  add(before: BookCheckpoint | undefined, step: Step): Promise<void>;
  /**
   * Commits the steps: checkpoints and sums in one transaction, so that each entry counts once.
   * @throws BookMovedOn when another process has moved a checkpoint; nothing was written
   */
  commit(): Promise<void>;
  /** Returns the assets whose sums have changed. */
  changedAssets(): ReadonlySet<AssetId>;
}

/** Creates an empty batch. */
export function createBookBatch(store: TableStore, at: () => IsoTime): BookBatch {
  let users = new Map<Username, BatchedUser>();
  let sums = new Map<string, Addition>();
  const changed = new Set<AssetId>();

  async function commit(): Promise<void> {
    if (users.size === 0) return;
    await commitSteps(store, { users, sums, at: at() });
    for (const { assetId } of sums.values()) if (assetId !== undefined) changed.add(assetId);
    users = new Map();
    sums = new Map();
  }

  return {
    commit,
    changedAssets: () => changed,
    async add(before, { checkpoint, additions }) {
      const { username } = checkpoint;
      const newSums = additions.filter((addition) => !sums.has(nameOf(addition))).length;
      const newUsers = users.has(username) ? 0 : 1;
      if (users.size + sums.size + newSums + newUsers > MAX_ITEMS) await commit();
      const known = users.get(username);
      if (known) known.checkpoint = checkpoint;
      else users.set(username, { storedSequence: before?.sequence, checkpoint });
      for (const addition of additions) {
        const name = nameOf(addition);
        const earlier = sums.get(name);
        sums.set(name, earlier ? merge(earlier, addition) : addition);
      }
    },
  };
}

function nameOf({ period, assetId }: Addition): string {
  return `sums ${assetId ?? ''} ${period}`;
}

function merge(one: Addition, other: Addition): Addition {
  if (one.assetId === undefined || other.assetId === undefined) {
    if (one.assetId !== undefined || other.assetId !== undefined) throw new TypeError('unequal sums');
    return { ...one, sums: addHouseSums(one.sums, other.sums) };
  }
  return { ...one, sums: addAssetSums(one.sums, other.sums) };
}

async function commitSteps(
  store: TableStore,
  {
    users,
    sums,
    at,
  }: {
    readonly users: ReadonlyMap<Username, BatchedUser>;
    readonly sums: ReadonlyMap<string, Addition>;
    readonly at: IsoTime;
  },
): Promise<void> {
  const reads: Record<string, ItemKey> = {};
  for (const username of users.keys()) reads[username] = bookCheckpointRecord.key({ username });
  for (const [name, { period, assetId }] of sums) {
    reads[name] =
      assetId === undefined
        ? housePeriodRecord.key({ period })
        : assetPeriodRecord.key({ asset_id: assetId, period });
  }
  await store.transact(reads, (items) => {
    const writes: Write[] = [];
    for (const [username, { storedSequence, checkpoint }] of users) {
      const stored = bookCheckpointRecord.readIfPresent(items[username]);
      if (stored?.sequence !== storedSequence) throw new BookMovedOn('another process adds these entries');
      writes.push(bookCheckpointRecord.replace({ ...checkpoint, updated_at: at }));
    }
    for (const [name, addition] of sums) writes.push(writeOf(addition, items[name]));
    return { writes, result: undefined };
  });
}

function writeOf(addition: Addition, item: Item | undefined): Write {
  const { period } = addition;
  if (addition.assetId === undefined) {
    const stored = housePeriodRecord.readIfPresent(item) ?? NO_HOUSE_SUMS;
    return housePeriodRecord.replace({ period, ...addHouseSums(stored, addition.sums) });
  }
  const stored = assetPeriodRecord.readIfPresent(item) ?? NO_ASSET_SUMS;
  const sums = addAssetSums(stored, addition.sums);
  return assetPeriodRecord.replace({ asset_id: addition.assetId, period, ...sums });
}
