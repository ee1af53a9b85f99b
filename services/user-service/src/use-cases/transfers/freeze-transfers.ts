import { withChanges } from '@cnop/common/auth/audit-event';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Username } from '@cnop/common/core/brands';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import type { UserDependencies } from '../dependencies.ts';

interface FreezeTransfers {
  readonly username: Username;
  /** True to freeze transfers from and to the account, false to allow them again. */
  readonly frozen: boolean;
  readonly reason: string;
  readonly actor: Username;
  readonly origin: RequestOrigin;
}

/**
 * Freezes the transfers of an account or allows them again, with an audit event in the same commit. Every transfer reads
 * the freeze in its commit, so none follows it. Writes nothing without a change.
 * @throws ForbiddenError (403) for the administrator's own account
 * @throws NotFoundError (404) for an unknown user
 */
export async function freezeTransfers(
  { store, audit }: Pick<UserDependencies, 'store' | 'audit'>,
  { username, frozen, reason, actor, origin }: FreezeTransfers,
): Promise<Pick<Balance, 'username' | 'transfers_frozen'>> {
  if (username === actor) {
    throw new ForbiddenError('You cannot freeze or release your own transfers: ask another administrator.');
  }
  const detail = { action: 'transfer freeze', reason };
  const event = audit.eventOf({ type: 'admin_action', username, actor, ...origin, detail });
  const result = { username, transfers_frozen: frozen };
  return store.transact({ balance: balanceRecord.key({ username }) }, (items): Decision<typeof result> => {
    const balance = balanceRecord.readIfPresent(items.balance);
    if (!balance) throw new NotFoundError('The user');
    if (balance.transfers_frozen === frozen) return { writes: [], result };
    const before = String(balance.transfers_frozen);
    const changed = withChanges(event, [{ field: 'transfers_frozen', before, after: String(frozen) }]);
    const writes = [balanceRecord.replace({ ...balance, ...result }), audit.writeFor(changed)];
    return { writes, result };
  });
}
