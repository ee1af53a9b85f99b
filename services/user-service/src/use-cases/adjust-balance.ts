import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { adjust } from '../domain/cash.ts';
import type { CashReceipt, MoveCash, MoveCashDeps } from './move-cash.ts';
import { moveCash } from './move-cash.ts';

export interface AdjustBalanceDeps extends MoveCashDeps {
  readonly audit: AuditLogger;
}

export interface AdjustBalance extends MoveCash {
  readonly actor: string;
  readonly origin: RequestOrigin;
}

/**
 * Corrects somebody's balance by a signed amount; the audit event is part of the commit.
 * @throws InsufficientBalanceError (422) when it would take more than what is available
 */
export async function adjustBalance(
  deps: AdjustBalanceDeps,
  command: AdjustBalance,
): Promise<Once<CashReceipt>> {
  const { username, amount, actor, origin } = command;
  const event = deps.audit.eventOf({
    type: 'admin_action',
    username,
    actor,
    ...origin,
    detail: { action: 'balance adjustment', amount },
  });
  const companions = [deps.audit.writeFor(event)];
  return moveCash(deps, command, { rule: adjust, verb: 'Adjusted the balance by', companions });
}
