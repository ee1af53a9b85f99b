import { NotFoundError } from '@cnop/exception/errors';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
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

export type BalanceDao = ReturnType<typeof createBalanceDao>;

/** Balances and their ledger. Money is moved by use cases, in one `transact` with everything it belongs to. */
export function createBalanceDao(store: TableStore) {
  return {
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

    /** The ledger, newest first. */
    async getUserTransactions(
      username: string,
      page: PageRequest,
      type?: TransactionType,
    ): Promise<Page<BalanceTransaction>> {
      return readPage(
        store,
        {
          table: 'users',
          pk: username,
          sk: { prefix: TRANSACTION_PREFIX },
          order: 'descending',
          ...(type && { where: { transaction_type: type } }),
        },
        page,
        balanceTransactionRecord.read,
      );
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
