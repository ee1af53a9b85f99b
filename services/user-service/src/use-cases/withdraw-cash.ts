import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { withdraw } from '../domain/cash.ts';
import type { CashReceipt, MoveCash, MoveCashDeps } from './move-cash.ts';
import { moveCash } from './move-cash.ts';

/**
 * Withdraws cash from the caller's account.
 * @throws NotFoundError (404) without an account
 * @throws InsufficientBalanceError (422) when the amount exceeds the available balance
 */
export async function withdrawCash(deps: MoveCashDeps, command: MoveCash): Promise<Once<CashReceipt>> {
  return moveCash(deps, command, { rule: withdraw, verb: 'Withdrew' });
}
