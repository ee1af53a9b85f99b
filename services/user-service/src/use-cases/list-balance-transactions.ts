import type { Page, PageRequest } from '@cnop/common/core/pagination';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { BalanceTransaction, TransactionType } from '@cnop/common/entities/user/balance-transaction';

export interface LedgerPage {
  readonly page: Page<BalanceTransaction>;
  /** Lines of the whole ledger; unknown for those of one type, which nobody counts. */
  readonly totalCount: number | undefined;
}

/** A page of a user's ledger, newest first. */
export async function listBalanceTransactions(
  balances: BalanceDao,
  { username, request, type }: { username: string; request: PageRequest; type: TransactionType | undefined },
): Promise<LedgerPage> {
  const [page, balance] = await Promise.all([
    balances.getUserTransactions(username, request, type),
    type === undefined ? balances.getBalance(username) : undefined,
  ]);
  return { page, totalCount: balance?.transaction_count };
}
