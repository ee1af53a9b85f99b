import type { AuditEventType, AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Write } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import type { AccessChange } from '../domain/access-changes.ts';
import { changeAccess, endsSessions } from '../domain/access-changes.ts';
import type { EndSessionsDeps } from './end-sessions.ts';
import { endSessions } from './end-sessions.ts';

export interface ChangeUserAccessDeps extends EndSessionsDeps {
  readonly audit: AuditLogger;
}

export interface ChangeUserAccess {
  readonly username: string;
  readonly change: AccessChange;
  readonly actor: string;
  readonly origin: RequestOrigin;
}

/**
 * Changes somebody's role or status, and ends their sessions when those were begun under other terms. The actor is
 * part of the decision, so that two administrators cannot dismiss each other at the same moment.
 * @throws NotFoundError (404), ForbiddenError (403), StateConflictError (409)
 */
export async function changeUserAccess(deps: ChangeUserAccessDeps, command: ChangeUserAccess): Promise<User> {
  const { username, change, actor } = command;
  const at = deps.clock.now().toISOString();
  const auditWrites = prepareAudit(deps.audit, command);
  const reads = {
    user: userRecord.key({ username }),
    // Two reads of one item are refused by one of the stores.
    ...(actor !== username && { actor: userRecord.key({ username: actor }) }),
  };
  const { before, after } = await deps.store.transact(reads, (items) => {
    const user = userRecord.readIfPresent(items.user);
    if (!user) throw new NotFoundError('The user');
    const actingUser = actor === username ? user : userRecord.readIfPresent(items.actor);
    if (!actingUser) throw new ForbiddenError();
    const changed = changeAccess(user, change, { actor: actingUser, at });
    return {
      writes: [userRecord.replace(changed), ...auditWrites(user, changed)],
      result: { before: user, after: changed },
    };
  });
  if (endsSessions(before, after)) await endSessions(deps, { username });
  return after;
}

/** The events of what really changes, made before the decision since they have ids and times. */
function prepareAudit(audit: AuditLogger, { username, actor, origin }: ChangeUserAccess) {
  const blank = (type: AuditEventType) => audit.eventOf({ type, username, actor, ...origin });
  const roleEvent = blank('role_change');
  const statusEvent = blank('status_change');
  return (before: User, after: User): Write[] => [
    ...(before.role === after.role
      ? []
      : [audit.writeFor({ ...roleEvent, detail: { from: before.role, to: after.role } })]),
    ...(before.status === after.status
      ? []
      : [audit.writeFor({ ...statusEvent, detail: { from: before.status, to: after.status } })]),
  ];
}
