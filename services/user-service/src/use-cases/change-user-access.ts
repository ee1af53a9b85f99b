import { withChanges } from '@cnop/common/auth/audit-event';
import type { AuditEvent, AuditEventType, AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Position } from '@cnop/common/core/pagination';
import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Write } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import { ForbiddenError, NotFoundError, StateConflictError } from '@cnop/exception/errors';
import type { AccessChange } from '../domain/access-changes.ts';
import { changeAccess, endsSessions } from '../domain/access-changes.ts';
import type { EndSessionsDeps } from './end-sessions.ts';
import { endSessions } from './end-sessions.ts';

export interface ChangeUserAccessDeps extends EndSessionsDeps {
  readonly orders: Pick<OrderDao, 'getOrdersByUser'>;
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
  if (change.role !== undefined && change.role !== 'customer')
    await assertNoOpenOrders(deps.orders, username);
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
  const changeOf = (event: AuditEvent, field: 'role' | 'status', before: User, after: User): Write[] =>
    before[field] === after[field]
      ? []
      : [audit.writeFor(withChanges(event, [{ field, before: before[field], after: after[field] }]))];
  return (before: User, after: User): Write[] => [
    ...changeOf(roleEvent, 'role', before, after),
    ...changeOf(statusEvent, 'status', before, after),
  ];
}

/** Staff cannot trade, so an account with open orders cannot become staff: cancel them first. */
async function assertNoOpenOrders(orders: ChangeUserAccessDeps['orders'], username: string): Promise<void> {
  let after: Position | undefined;
  do {
    const page = await orders.getOrdersByUser(username, { limit: 1, offset: 0, after }, { status: 'queued' });
    if (page.items.length > 0) {
      throw new StateConflictError('Staff cannot trade: cancel the open orders of this account first.');
    }
    after = page.next;
  } while (after);
}
