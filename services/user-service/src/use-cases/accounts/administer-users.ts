import { cancelOpenOrders, prepareCancellations } from '@cnop/common/accounts/cancel-open-orders';
import { withChanges } from '@cnop/common/auth/audit-event';
import type { AuditPageRequest } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Page, PageRequest, Position } from '@cnop/common/core/pagination';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import { StoreBusyError } from '@cnop/common/database/store-errors';
import type { Item, ItemKey, Write } from '@cnop/common/database/table-store';
import type { AuditEvent, AuditEventType } from '@cnop/common/entities/user/audit-event';
import type { User } from '@cnop/common/entities/user/user';
import { ForbiddenError, NotFoundError, StateConflictError } from '@cnop/exception/errors';
import type { AccessChange } from '../../domain/access-changes.ts';
import { changeAccess, endsSessions } from '../../domain/access-changes.ts';
import type { BalanceView } from '../cash/read-cash.ts';
import { readBalance } from '../cash/read-cash.ts';
import type { UserDependencies } from '../dependencies.ts';
import type { EndSessionsDeps } from '../sessions/end-sessions.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { readUser } from './profile.ts';

/** A user as staff see it: without the hash of the password. */
type ManagedUser = Omit<User, 'password_hash'>;

/** Lists the users whose usernames start with a text, by name. */
export async function listUsers(
  { users }: Pick<UserDependencies, 'users'>,
  { search, request }: { readonly search: string; readonly request: PageRequest },
): Promise<Page<ManagedUser>> {
  const { items, next } = await users.getUsers(search, request);
  return { items: items.map(toManagedUser), next };
}

/** Returns a page with the user who has an e-mail address, or an empty one. */
export async function findUserByEmail(
  { users }: Pick<UserDependencies, 'users'>,
  email: string,
): Promise<Page<ManagedUser>> {
  const user = await users.getUserByEmail(email);
  return { items: user ? [toManagedUser(user)] : [], next: undefined };
}

function toManagedUser({ password_hash: _hidden, ...user }: User): ManagedUser {
  return user;
}

/**
 * Reads a user with the cash that an administrator may correct.
 * @throws NotFoundError (404) for an unknown user
 */
export async function readManagedUser(
  deps: Pick<UserDependencies, 'users' | 'balances'>,
  username: Username,
): Promise<{ readonly user: ManagedUser; readonly balance: BalanceView }> {
  const user = await readUser(deps, username);
  return { user: toManagedUser(user), balance: await readBalance(deps, username) };
}

/** Selects the audit events of one user, or of all users on one day (UTC). */
type AuditScope = { readonly username: AuditEvent['username'] } | { readonly day: string };

/** Returns a page of audit events, newest first. */
export async function listAuditEvents(
  { audit }: Pick<UserDependencies, 'audit'>,
  { scope, request }: { readonly scope: AuditScope; readonly request: AuditPageRequest },
): Promise<Page<AuditEvent>> {
  return 'username' in scope ? audit.byUser(scope.username, request) : audit.byDay(scope.day, request);
}

type ChangeUserAccessDeps = EndSessionsDeps & Pick<UserDependencies, 'orders' | 'audit'>;

interface ChangeUserAccess {
  readonly username: Username;
  readonly change: AccessChange;
  readonly actor: Username;
  readonly origin: RequestOrigin;
}

/**
 * Changes the role or status of a user and ends the sessions that started before the change. A user who is no longer
 * active cannot trade from that commit on: it cancels the first open orders, and further commits cancel the rest. The
 * transaction reads the actor as well, so two administrators cannot demote each other at the same moment.
 * @throws NotFoundError (404) for an unknown user
 * @throws ForbiddenError (403) when the actor is no longer an active administrator
 * @throws StateConflictError (409) for a change of the actor's own role or status, and for staff with open orders
 */
export async function changeUserAccess(
  deps: ChangeUserAccessDeps,
  command: ChangeUserAccess,
): Promise<ManagedUser> {
  const { username, change, actor } = command;
  if (change.role !== undefined && change.role !== 'customer') await assertNoOpenOrders(deps, username);
  const at = isoTime(deps.clock.now());
  const auditWrites = prepareAudit(deps, command);
  // An interrupted suspension may have left orders open; a reactivated user must not find them.
  if (change.status === 'active') await cancelOpenOrders(deps, username);
  const trading = await prepareTradingChange(deps, command);
  const reads = {
    ...trading.reads,
    user: userRecord.key({ username }),
    // DynamoDB rejects a transaction that reads one item twice.
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
  if (endsSessions(before, after)) await endSessions(deps, { username, reason: 'access_changed' });
  if (after.status !== 'active') await cancelOpenOrders(deps, username);
  return toManagedUser(after);
}

type Items = Readonly<Record<string, Item | undefined>>;

/** Prepares the reads and writes that block or unblock trading in the commit of a change of status. */
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
      // Another instance is still cancelling orders.
      if (items['pending']) throw new StoreBusyError();
      return [balanceRecord.replace({ ...balance, trading_block: null })];
    },
  };
}

/** Makes the audit events before the transaction, since they have ids and times; returns the writes of real changes. */
function prepareAudit(
  { audit }: Pick<UserDependencies, 'audit'>,
  { username, actor, origin }: ChangeUserAccess,
) {
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

/** @throws StateConflictError (409) for an account with open orders: staff cannot trade */
async function assertNoOpenOrders(
  { orders }: Pick<UserDependencies, 'orders'>,
  username: Username,
): Promise<void> {
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
