import type { Page, PageRequest } from '@cnop/common/core/pagination';
import type { Period } from '@cnop/common/dao/read-page';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { BalanceTransaction, TransactionType } from '@cnop/common/entities/user/balance-transaction';

/** Entries of one user's ledger, by type and period. */
export interface LedgerSelection extends Period {
  readonly username: string;
  readonly type: TransactionType | undefined;
}

export interface LedgerPage {
  readonly page: Page<BalanceTransaction>;
  /** Entries of the whole ledger; undefined for a filtered list, which is not counted. */
  readonly totalCount: number | undefined;
}

/** Returns a page of a user's ledger, newest first. */
export async function listBalanceTransactions(
  balances: BalanceDao,
  { username, type, from, to }: LedgerSelection,
  request: PageRequest,
): Promise<LedgerPage> {
  if (from !== undefined || to !== undefined) {
    const range = await balances.findLedgerRange(username, { from, to });
    const page = await balances.getUserTransactions(username, request, { type, range });
    return { page, totalCount: undefined };
  }
  const [page, balance] = await Promise.all([
    balances.getUserTransactions(username, request, { type }),
    type === undefined ? balances.getBalance(username) : undefined,
  ]);
  return { page, totalCount: balance?.transaction_count };
}
