import { knownAssetId } from '@cnop/common/core/brands';
import { assetPeriodRecord, housePeriodRecord } from '@cnop/common/dao/house/house-book-dao';
import type { ItemKey, StoreReader, TableStore } from '@cnop/common/database/table-store';
import type { Lookups } from './lookups.ts';
import { createLookups, readAs } from './lookups.ts';
import type { BookSums, FollowedUser, StoredPeriod } from './rules/house-book.ts';
import {
  addAccount,
  addEntry,
  checkCheckpoint,
  checkSums,
  NOTHING_FOLLOWED,
  nameOfPeriod,
} from './rules/house-book.ts';
import type { Reading, StoredOf } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
import type { Findings, Violation } from './violation.ts';
import { createFindings } from './violation.ts';

/** Checks the house book while the users table is read. */
export interface HouseBookWalk {
  /** Takes the next item of the table. The checkpoint of a user comes before the ledger. */
  visit(key: ItemKey, reading: Reading): Promise<void>;
  /** Finishes the last partition. Call it before the lookups are flushed. */
  endUsers(): void;
  /** Compares the sums, after the lookups were flushed. Of an audit of a part of a store they mean nothing. */
  checkSums(): Violation[];
}

interface Partition {
  readonly pk: string;
  openedAt: string | undefined;
  checkpoint: StoredOf<'book checkpoint'> | undefined;
  user: FollowedUser;
}

/** Creates a walk. Memory grows with the days and assets of the book, not with users or entries. */
export function createHouseBookWalk({
  findings,
  lookups,
}: {
  readonly findings: Findings;
  readonly lookups: Lookups;
}): HouseBookWalk {
  const sums: BookSums = new Map();
  const stored = new Map<string, StoredPeriod>();
  let partition: Partition | undefined;

  function finish(): void {
    if (partition?.checkpoint)
      findings.add(checkCheckpoint(partition.checkpoint, partition.user, partition.openedAt));
    partition = undefined;
  }

  return {
    endUsers: finish,
    checkSums: () => checkSums(sums, stored, keyOfPeriod),
    async visit({ pk }, reading) {
      if (partition?.pk !== pk) {
        finish();
        partition = { pk, openedAt: undefined, checkpoint: undefined, user: NOTHING_FOLLOWED };
      }
      if (reading.outcome !== 'read') return;
      const item = reading.stored;
      if (item.kind === 'house period' || item.kind === 'asset period') stored.set(nameOfPeriod(item), item);
      if (item.kind === 'balance') partition.openedAt = item.entity.created_at;
      if (item.kind === 'book checkpoint') {
        partition.checkpoint = item;
        addAccount(sums, item.entity.opened_on);
      }
      if (item.kind !== 'ledger entry' || !partition.checkpoint) return;
      if (item.entity.sequence > partition.checkpoint.entity.sequence) return;
      const { user, units } = addEntry(sums, partition.user, item.entity);
      partition.user = user;
      if (!units) return;
      await lookups.ask({
        keys: [units.key],
        check: ([found]) => {
          const trade = readAs('asset transaction', found);
          if (typeof trade !== 'string') units.add(trade.entity.quantity);
          return [];
        },
      });
    },
  };
}

function keyOfPeriod(period: string, assetId: string): ItemKey {
  return assetId === ''
    ? housePeriodRecord.key({ period })
    : assetPeriodRecord.key({ asset_id: knownAssetId(assetId), period });
}

/** The most often that the book of a changing store is read. */
const MAX_READINGS = 5;

/** Returns a text that changes with every commit of the book: each of them adds to the sums of all days. */
export async function bookVersion(reader: Pick<StoreReader, 'batchGet'>): Promise<string> {
  const [total] = await reader.batchGet([housePeriodRecord.key({ period: 'ALL' })]);
  return String(total?.version);
}

/**
 * Reads the users table of a changing store again until the book is the same before and after.
 * @returns undefined when it changed during each reading
 */
export async function rereadHouseBook(store: TableStore): Promise<readonly Violation[] | undefined> {
  for (let reading = 1; reading <= MAX_READINGS; reading += 1) {
    const findings = createFindings();
    const lookups = createLookups({ reader: store, findings });
    const walk = createHouseBookWalk({ findings: createFindings(), lookups });
    const before = await bookVersion(store);
    for await (const item of store.scan('users')) await walk.visit(item.key, readItem(item));
    walk.endUsers();
    await lookups.flush();
    if (before === (await bookVersion(store))) return walk.checkSums();
  }
  return undefined;
}
