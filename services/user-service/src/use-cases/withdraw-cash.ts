import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { withdraw } from '../domain/cash.ts';
import type { CashReceipt, MoveCash, MoveCashDeps } from './move-cash.ts';
import { moveCash } from './move-cash.ts';

/**
 * Takes cash out of one's own account.
 * @throws InsufficientBalanceError (422)
 */
export async function withdrawCash(deps: MoveCashDeps, command: MoveCash): Promise<Once<CashReceipt>> {
  return moveCash(deps, command, { rule: withdraw, verb: 'Withdrew' });
}
