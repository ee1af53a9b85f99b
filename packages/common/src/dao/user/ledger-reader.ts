import { InternalError } from '@cnop/exception/errors';
import { binarySearch } from '../../core/binary-search.ts';
import type { IsoTime, Username } from '../../core/brands.ts';
import { ledgerEntryId } from '../../core/ids.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { Item, SortKeyRange, TableStore } from '../../database/table-store.ts';
import { AFTER_EVERY_ID } from '../../database/tables.ts';
import type { TransactionType } from '../../entities/user/balance-transaction.ts';
import type { Period } from '../read-page.ts';
import { readPage } from '../read-page.ts';

/** Consecutive entries of a ledger, by the `sequence` of the first and the last. Empty when `last < first`. */
export interface LedgerRange {
  readonly first: number;
  readonly last: number;
}

/** Selects entries of a ledger for a list. */
export interface LedgerFilter {
  readonly type?: TransactionType | undefined;
  readonly range?: LedgerRange | undefined;
}

/** One ledger: where its entries are, and how many. */
export interface LedgerPlace<Entry> {
  readonly username: Username;
  /** The prefix of the sort keys of its entries; the ids follow. */
  readonly prefix: string;
  readonly read: (item: Item) => Entry;
}

/** Creates the reader of a ledger, whose entries have ids that begin with their positions. */
export function createLedgerReader<Entry extends { readonly created_at: IsoTime }>(
  store: TableStore,
  { username, prefix, read }: LedgerPlace<Entry>,
) {
  const entryPrefix = (position: number): string => prefix + ledgerEntryId(position, '');
  const sortKeysOf = ({ first, last }: LedgerRange): SortKeyRange => ({
    from: entryPrefix(first),
    to: entryPrefix(last) + AFTER_EVERY_ID,
  });

  /** @throws InternalError when the ledger has no entry at the position */
  async function postedAt(position: number): Promise<IsoTime> {
    const sk = { prefix: entryPrefix(position) };
    const { items } = await store.query({ table: 'users', pk: username, sk, order: 'ascending', limit: 1 });
    const [entry] = items.map(read);
    if (!entry) throw new InternalError(new Error(`the ledger of ${username} has no entry ${position}`));
    return entry.created_at;
  }

  return {
    /**
     * Finds the entries posted in a period. Times grow along the ledger, so these are consecutive; two instances whose
     * clocks differ make the ends of the range as inexact as their clocks.
     * @param count the number of all entries
     */
    async findRange(count: number, { from, to }: Period): Promise<LedgerRange> {
      const end = count + 1;
      const firstEntry = async (isReached: (postedAt: IsoTime) => boolean): Promise<number> =>
        binarySearch({ from: 1, end }, async (position) => isReached(await postedAt(position)));
      const [first, afterLast] = await Promise.all([
        from === undefined ? 1 : firstEntry((at) => at >= from),
        to === undefined ? end : firstEntry((at) => at > to),
      ]);
      return { first, last: afterLast - 1 };
    },

    /** Lists entries, newest first. */
    async list(page: PageRequest, { type, range }: LedgerFilter = {}): Promise<Page<Entry>> {
      if (range && range.last < range.first) return { items: [], next: undefined };
      return readPage(
        store,
        {
          table: 'users',
          pk: username,
          sk: range ? sortKeysOf(range) : { prefix },
          order: 'descending',
          ...(type && { where: { transaction_type: type } }),
        },
        page,
        read,
      );
    },
  };
}
