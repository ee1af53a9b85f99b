import { cancelOpenOrders, prepareCancellations } from '@cnop/common/accounts/cancel-open-orders';
import { withChanges } from '@cnop/common/auth/audit-event';
import type { AuditEvent, AuditEventType, AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Position } from '@cnop/common/core/pagination';
import type { OrderDao } from '@cnop/common/dao/order/order-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import { StoreBusyError } from '@cnop/common/database/store-errors';
import type { Item, ItemKey, Write } from '@cnop/common/database/table-store';
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
 * Changes the role or status of a user, and ends the sessions that were begun under other terms. A user who is not
 * active any more cannot trade from that commit on; it cancels the first open orders, and further commits the rest. The
 * actor is part of the decision, so that two administrators cannot dismiss each other at the same moment.
 * @throws NotFoundError (404), ForbiddenError (403), StateConflictError (409)
 */
export async function changeUserAccess(deps: ChangeUserAccessDeps, command: ChangeUserAccess): Promise<User> {
  const { username, change, actor } = command;
  if (change.role !== undefined && change.role !== 'customer')
    await assertNoOpenOrders(deps.orders, username);
  const at = deps.clock.now().toISOString();
  const auditWrites = prepareAudit(deps.audit, command);
  // A user who becomes active again shall find no order that an interrupted suspension left open.
  if (change.status === 'active') await cancelOpenOrders(deps, username);
  const trading = await prepareTradingChange(deps, command);
  const reads = {
    ...trading.reads,
    user: userRecord.key({ username }),
    // Two reads of one item are refused by one of the stores.
    ...(actor !== username && { actor: userRecord.key({ username: actor }) }),
  };
  const { before, after } = await deps.store.transact(reads, (items: Items) => {
    const user = userRecord.readIfPresent(items['user']);
    if (!user) throw new NotFoundError('The user');
    const actingUser = actor === username ? user : userRecord.readIfPresent(items['actor']);
    if (!actingUser) throw new ForbiddenError();
    const changed = changeAccess(user, change, { actor: actingUser, at });
    return {
      writes: [userRecord.replace(changed), ...auditWrites(user, changed), ...trading.decide(items, changed)],
      result: { before: user, after: changed },
    };
  });
  if (endsSessions(before, after)) await endSessions(deps, { username });
  if (after.status !== 'active') await cancelOpenOrders(deps, username);
  return after;
}

type Items = Readonly<Record<string, Item | undefined>>;

/** What a change of status means for the orders of the account, as a part of its commit. */
async function prepareTradingChange(
  deps: ChangeUserAccessDeps,
  { username, change }: ChangeUserAccess,
): Promise<{
  readonly reads: Readonly<Record<string, ItemKey>>;
  decide(items: Items, changed: User): Write[];
}> {
  if (change.status === undefined) return { reads: {}, decide: () => [] };
  const cancellations = await prepareCancellations(deps, username);
  return {
    reads: cancellations.reads,
    decide(items, { status }) {
      if (status !== 'active') return cancellations.decide(items, status).writes;
      const balance = balanceRecord.readIfPresent(items['balance']);
      if (!balance?.trading_block) return [];
      // The rest of the cancellations is under way elsewhere.
      if (items['pending']) throw new StoreBusyError();
      return [balanceRecord.replace({ ...balance, trading_block: null })];
    },
  };
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
    const page = await orders.getOrdersByUser(
      username,
      { limit: 1, offset: 0, after },
      { statuses: ['queued'] },
    );
    if (page.items.length > 0) {
      throw new StateConflictError('Staff cannot trade: cancel the open orders of this account first.');
    }
    after = page.next;
  } while (after);
}
