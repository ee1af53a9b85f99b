import { withChanges } from '@cnop/common/auth/audit-event';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { User, UserTier } from '@cnop/common/entities/user/user';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

interface ChangeTier {
  readonly username: Username;
  readonly tier: UserTier;
  readonly reason: string;
  readonly actor: Username;
  readonly origin: RequestOrigin;
}

/**
 * Sets the tier of a user, whose limits apply from the next movement on, with an audit event in the same commit. Writes
 * nothing without a change.
 * @throws ForbiddenError (403) for the administrator's own account
 * @throws NotFoundError (404) for an unknown user
 */
export async function changeTier(
  { store, audit, clock }: Pick<UserDependencies, 'store' | 'audit' | 'clock'>,
  { username, tier, reason, actor, origin }: ChangeTier,
): Promise<Pick<User, 'username' | 'tier'>> {
  if (username === actor)
    throw new ForbiddenError('You cannot set your own tier: ask another administrator.');
  const at = isoTime(clock.now());
  const detail = { action: 'tier', reason };
  const event = audit.eventOf({ type: 'admin_action', username, actor, ...origin, detail });
  const result = { username, tier };
  return store.transact({ user: userRecord.key({ username }) }, (items): Decision<typeof result> => {
    const user = userRecord.readIfPresent(items.user);
    if (!user) throw new NotFoundError('The user');
    if (user.tier === tier) return { writes: [], result };
    const audited = withChanges(event, [{ field: 'tier', before: user.tier, after: tier }]);
    return {
      writes: [userRecord.replace({ ...user, tier, updated_at: at }), audit.writeFor(audited)],
      result,
    };
  });
}
