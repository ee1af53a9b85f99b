import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { ForbiddenError } from '@cnop/exception/errors';
import { deposit } from '../domain/cash.ts';
import type { CashReceipt, MoveCash, MoveCashDeps } from './move-cash.ts';
import { moveCash } from './move-cash.ts';

export interface DepositCashDeps extends MoveCashDeps {
  readonly playMoney: PlayMoney;
}

/**
 * Deposits play money into the caller's account.
 * @throws ForbiddenError (403) where free deposits are switched off
 * @throws NotFoundError (404) without an account
 */
export async function depositCash(deps: DepositCashDeps, command: MoveCash): Promise<Once<CashReceipt>> {
  if (!deps.playMoney.freeDeposits) {
    throw new ForbiddenError(
      'You cannot deposit here yourself. Ask an administrator to credit your account once your payment has arrived.',
    );
  }
  return moveCash(deps, command, { rule: deposit, verb: 'Deposited' });
}
