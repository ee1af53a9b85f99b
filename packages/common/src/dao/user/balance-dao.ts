import { InternalError, NotFoundError } from '@cnop/exception/errors';
import { binarySearch } from '../../core/binary-search.ts';
import { ledgerEntryId } from '../../core/ids.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import { AFTER_EVERY_ID, KEYS } from '../../database/keys.ts';
import type { SortKeyRange, TableStore } from '../../database/table-store.ts';
import type { Balance } from '../../entities/user/balance.ts';
import { balanceSchema } from '../../entities/user/balance.ts';
import type {
  BalanceTransaction,
  TransactionStatus,
  TransactionType,
} from '../../entities/user/balance-transaction.ts';
import { balanceTransactionSchema } from '../../entities/user/balance-transaction.ts';
import type { Period } from '../read-page.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

export const balanceRecord = defineRecord<Balance, Pick<Balance, 'username'>>({
  table: 'users',
  schema: balanceSchema,
  key: ({ username }) => ({ pk: username, sk: KEYS.users.balance.sk }),
});

export const balanceTransactionRecord = defineRecord<
  BalanceTransaction,
  Pick<BalanceTransaction, 'username' | 'transaction_id'>
>({
  table: 'users',
  schema: balanceTransactionSchema,
  key: ({ username, transaction_id }) => ({
    pk: username,
    sk: KEYS.users.ledgerEntry.skPrefix + transaction_id,
  }),
});

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

export type BalanceDao = ReturnType<typeof createBalanceDao>;

/** Creates the DAO of balances and ledgers. Use cases move money in one `transact` with everything that belongs to it. */
export function createBalanceDao(store: TableStore) {
  return {
    ...readLedger(store),

    /** Stores the balance of a new user. */
    async createBalance(balance: Balance): Promise<Balance> {
      return store.transact({}, () => ({ writes: [balanceRecord.create(balance)], result: balance }));
    },

    /** Returns a user's balance; undefined when the user does not exist. */
    async getBalance(username: string): Promise<Balance | undefined> {
      return balanceRecord.readIfPresent(await store.get(balanceRecord.key({ username })));
    },

    /**
     * Changes a balance.
     * @throws NotFoundError (404); an error of `change`, with nothing written
     */
    async updateBalance(username: string, change: (balance: Balance) => Balance): Promise<Balance> {
      return store.transact({ balance: balanceRecord.key({ username }) }, (items) => {
        const balance = balanceRecord.readIfPresent(items.balance);
        if (!balance) throw new NotFoundError('The balance');
        const changed = change(balance);
        return { writes: [balanceRecord.replace(changed)], result: changed };
      });
    },

    /** Stores a ledger entry. */
    async createTransaction(transaction: BalanceTransaction): Promise<BalanceTransaction> {
      return store.transact({}, () => ({
        writes: [balanceTransactionRecord.create(transaction)],
        result: transaction,
      }));
    },

    /** Returns a ledger entry; undefined when it does not exist. */
    async getTransaction(username: string, transaction_id: string): Promise<BalanceTransaction | undefined> {
      const item = await store.get(balanceTransactionRecord.key({ username, transaction_id }));
      return balanceTransactionRecord.readIfPresent(item);
    },

    /**
     * Sets the status of a ledger entry.
     * @throws NotFoundError (404)
     */
    async updateTransactionStatus(
      identity: Pick<BalanceTransaction, 'username' | 'transaction_id'>,
      status: TransactionStatus,
      at: Date,
    ): Promise<BalanceTransaction> {
      return store.transact({ transaction: balanceTransactionRecord.key(identity) }, (items) => {
        const transaction = balanceTransactionRecord.readIfPresent(items.transaction);
        if (!transaction) throw new NotFoundError('The transaction');
        const updated_at = at.toISOString();
        const changed: BalanceTransaction = {
          ...transaction,
          status,
          updated_at,
          ...(status === 'completed' && { completed_at: updated_at }),
        };
        return { writes: [balanceTransactionRecord.replace(changed)], result: changed };
      });
    },
  };
}

function readLedger(store: TableStore) {
  /** @throws InternalError when the ledger has no entry at the position */
  async function postedAt(username: string, position: number): Promise<string> {
    const sk = { prefix: entryPrefix(position) };
    const { items } = await store.query({ table: 'users', pk: username, sk, order: 'ascending', limit: 1 });
    const [entry] = items.map(balanceTransactionRecord.read);
    if (!entry) throw new InternalError(new Error(`the ledger of ${username} has no entry ${position}`));
    return entry.created_at;
  }

  return {
    /**
     * Finds the entries posted in a period. Times grow along the ledger, so these are consecutive; two instances whose
     * clocks differ make the ends of the range as inexact as their clocks.
     */
    async findLedgerRange(username: string, { from, to }: Period): Promise<LedgerRange> {
      const balance = balanceRecord.readIfPresent(await store.get(balanceRecord.key({ username })));
      const end = (balance?.transaction_count ?? 0) + 1;
      const firstEntry = async (isReached: (postedAt: string) => boolean): Promise<number> =>
        binarySearch({ from: 1, end }, async (position) => isReached(await postedAt(username, position)));
      const [first, afterLast] = await Promise.all([
        from === undefined ? 1 : firstEntry((at) => at >= from),
        to === undefined ? end : firstEntry((at) => at > to),
      ]);
      return { first, last: afterLast - 1 };
    },

    /** Lists a user's ledger entries, newest first. */
    async getUserTransactions(
      username: string,
      page: PageRequest,
      { type, range }: LedgerFilter = {},
    ): Promise<Page<BalanceTransaction>> {
      if (range && range.last < range.first) return { items: [], next: undefined };
      return readPage(
        store,
        {
          table: 'users',
          pk: username,
          sk: range ? sortKeysOf(range) : { prefix: KEYS.users.ledgerEntry.skPrefix },
          order: 'descending',
          ...(type && { where: { transaction_type: type } }),
        },
        page,
        balanceTransactionRecord.read,
      );
    },
  };
}

function entryPrefix(position: number): string {
  return KEYS.users.ledgerEntry.skPrefix + ledgerEntryId(position, '');
}

function sortKeysOf({ first, last }: LedgerRange): SortKeyRange {
  return { from: entryPrefix(first), to: entryPrefix(last) + AFTER_EVERY_ID };
}
