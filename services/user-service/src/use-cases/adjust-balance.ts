import { withChanges } from '@cnop/common/auth/audit-event';
import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import type { Write } from '@cnop/common/database/table-store';
import { ForbiddenError } from '@cnop/exception/errors';
import type { Posting } from '../domain/cash.ts';
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
 * Corrects the balance of another account by a signed amount in USD. The audit event is part of the commit.
 * @throws ForbiddenError (403) for the administrator's own account
 * @throws NotFoundError (404) for an unknown user
 * @throws InsufficientBalanceError (422) when it exceeds the available balance
 */
export async function adjustBalance(
  deps: AdjustBalanceDeps,
  command: AdjustBalance,
): Promise<Once<CashReceipt>> {
  const { username, amount, description, actor, origin } = command;
  if (username === actor) {
    throw new ForbiddenError('You cannot adjust your own balance: ask another administrator.');
  }
  const event = deps.audit.eventOf({
    type: 'admin_action',
    username,
    actor,
    ...origin,
    detail: { action: 'balance adjustment', amount, ...(description && { reason: description }) },
  });
  const companions = ({ transaction }: Posting): Write[] => {
    const { previous_balance: before, new_balance: after } = transaction;
    return [deps.audit.writeFor(withChanges(event, [{ field: 'current_balance', before, after }]))];
  };
  return moveCash(deps, command, { rule: adjust, verb: 'Adjusted the balance by', companions });
}
