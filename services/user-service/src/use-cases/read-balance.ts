import { formatUsd } from '@cnop/common/core/money';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { Balance } from '@cnop/common/entities/user/balance';
import { availableCash } from '@cnop/common/entities/user/balance-rules';
import { NotFoundError } from '@cnop/exception/errors';

export interface BalanceView extends Balance {
  /** USD that may be spent: current less held. */
  readonly available_balance: string;
}

/**
 * Reads the cash of an account.
 * @throws NotFoundError (404) without an account
 */
export async function readBalance(balances: BalanceDao, username: string): Promise<BalanceView> {
  const balance = await balances.getBalance(username);
  if (!balance) throw new NotFoundError('The account');
  return { ...balance, available_balance: formatUsd(availableCash(balance)) };
}
