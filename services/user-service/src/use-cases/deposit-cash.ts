import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { deposit } from '../domain/cash.ts';
import type { CashReceipt, MoveCash, MoveCashDeps } from './move-cash.ts';
import { moveCash } from './move-cash.ts';

/** Adds cash to one's own account. */
export async function depositCash(deps: MoveCashDeps, command: MoveCash): Promise<Once<CashReceipt>> {
  return moveCash(deps, command, { rule: deposit, verb: 'Deposited' });
}
