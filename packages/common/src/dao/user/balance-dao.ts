import { InternalError, NotFoundError } from '@cnop/exception/errors';
import { firstThatHolds } from '../../core/first-that-holds.ts';
import { ledgerEntryId } from '../../core/ids.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { SortKeyRange, TableStore } from '../../database/table-store.ts';
import type { Balance } from '../../entities/user/balance.ts';
import { balanceSchema } from '../../entities/user/balance.ts';
import type {
  BalanceTransaction,
  TransactionStatus,
  TransactionType,
} from '../../entities/user/balance-transaction.ts';
import { balanceTransactionSchema } from '../../entities/user/balance-transaction.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

const BALANCE_SORT_KEY = 'BALANCE';
const TRANSACTION_PREFIX = 'TRANS#';
/** Sorts behind every id that may follow a position. */
const AFTER_EVERY_ID = '~';

export const balanceRecord = defineRecord<Balance, Pick<Balance, 'username'>>({
  table: 'users',
  schema: balanceSchema,
  key: ({ username }) => ({ pk: username, sk: BALANCE_SORT_KEY }),
});

export const balanceTransactionRecord = defineRecord<
  BalanceTransaction,
  Pick<BalanceTransaction, 'username' | 'transaction_id'>
>({
  table: 'users',
  schema: balanceTransactionSchema,
  key: ({ username, transaction_id }) => ({ pk: username, sk: TRANSACTION_PREFIX + transaction_id }),
});

/** A piece of a ledger: its first and its last line, by their positions. Without a line `last` is less than `first`. */
export interface LedgerRange {
  readonly first: number;
  readonly last: number;
}

/** Which lines of a ledger a list shows. */
export interface LedgerFilter {
  readonly type?: TransactionType | undefined;
  readonly range?: LedgerRange | undefined;
}

/** A span of time, both ends inclusive. */
export interface LedgerPeriod {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type BalanceDao = ReturnType<typeof createBalanceDao>;

/** Balances and their ledger. Money is moved by use cases, in one `transact` with everything it belongs to. */
export function createBalanceDao(store: TableStore) {
  return {
    ...readLedger(store),

    async createBalance(balance: Balance): Promise<Balance> {
      return store.transact({}, () => ({ writes: [balanceRecord.create(balance)], result: balance }));
    },

    async getBalance(username: string): Promise<Balance | undefined> {
      return balanceRecord.readIfPresent(await store.get(balanceRecord.key({ username })));
    },

    /** @throws NotFoundError (404); whatever `change` throws, with nothing written */
    async updateBalance(username: string, change: (balance: Balance) => Balance): Promise<Balance> {
      return store.transact({ balance: balanceRecord.key({ username }) }, (items) => {
        const balance = balanceRecord.readIfPresent(items.balance);
        if (!balance) throw new NotFoundError('The balance');
        const changed = change(balance);
        return { writes: [balanceRecord.replace(changed)], result: changed };
      });
    },

    async createTransaction(transaction: BalanceTransaction): Promise<BalanceTransaction> {
      return store.transact({}, () => ({
        writes: [balanceTransactionRecord.create(transaction)],
        result: transaction,
      }));
    },

    async getTransaction(username: string, transaction_id: string): Promise<BalanceTransaction | undefined> {
      const item = await store.get(balanceTransactionRecord.key({ username, transaction_id }));
      return balanceTransactionRecord.readIfPresent(item);
    },

    /** @throws NotFoundError (404) */
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
  /** @throws InternalError when the ledger has no line at the position */
  async function postedAt(username: string, position: number): Promise<string> {
    const sk = { prefix: linePrefix(position) };
    const { items } = await store.query({ table: 'users', pk: username, sk, order: 'ascending', limit: 1 });
    const [line] = items.map(balanceTransactionRecord.read);
    if (!line) throw new InternalError(new Error(`the ledger of ${username} has no line ${position}`));
    return line.created_at;
  }

  return {
    /**
     * The lines that were posted in a period. Times follow the chain, so they are one piece of it; where the clocks of
     * two machines disagree, as exactly as they agree.
     */
    async findLedgerRange(username: string, { from, to }: LedgerPeriod): Promise<LedgerRange> {
      const balance = balanceRecord.readIfPresent(await store.get(balanceRecord.key({ username })));
      const end = (balance?.transaction_count ?? 0) + 1;
      const firstLine = async (holds: (postedAt: string) => boolean): Promise<number> =>
        firstThatHolds({ from: 1, end }, async (position) => holds(await postedAt(username, position)));
      const [first, afterLast] = await Promise.all([
        from === undefined ? 1 : firstLine((at) => at >= from),
        to === undefined ? end : firstLine((at) => at > to),
      ]);
      return { first, last: afterLast - 1 };
    },

    /** The ledger, newest first. */
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
          sk: range ? sortKeysOf(range) : { prefix: TRANSACTION_PREFIX },
          order: 'descending',
          ...(type && { where: { transaction_type: type } }),
        },
        page,
        balanceTransactionRecord.read,
      );
    },
  };
}

function linePrefix(position: number): string {
  return TRANSACTION_PREFIX + ledgerEntryId(position, '');
}

function sortKeysOf({ first, last }: LedgerRange): SortKeyRange {
  return { from: linePrefix(first), to: linePrefix(last) + AFTER_EVERY_ID };
}
