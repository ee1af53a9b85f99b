import type { AssetId, IsoTime, Usd, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { formatUsd, ZERO } from '@cnop/common/core/money';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import type { RecurringBuyDao, RecurringBuyName } from '@cnop/common/dao/order/recurring-buy-dao';
import { createRecurringBuyDao, recurringBuyRecord, workOf } from '@cnop/common/dao/order/recurring-buy-dao';
import { doneWork, dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { StoreBusyError } from '@cnop/common/database/store-errors';
import type { Item, ItemKey, Write } from '@cnop/common/database/table-store';
import type { RecurringBuy, RecurringInterval } from '@cnop/common/entities/order/recurring-buy';
import { MAX_RECURRING_BUYS, recurringBuySchema } from '@cnop/common/entities/order/recurring-buy';
import type { UserRole } from '@cnop/common/entities/user/user';
import { assertMayTrade } from '@cnop/common/trading/permissions';
import { NotFoundError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import { assertTradable } from '../../domain/placing/order-terms.ts';
import type { OrderDependencies } from '../../use-cases/dependencies.ts';
import { paused, resumed } from '../domain/recurring-runs.ts';

/** A change is tried so often while runs keep changing the recurring buy. */
const MAX_ATTEMPTS = 5;

export interface RecurringBuyDeps extends OrderDependencies {
  readonly recurringBuys: RecurringBuyDao;
}

/** Adds the DAO of recurring buys, which the other use cases do not need, to the dependencies of the service. */
export function recurringBuyDependencies(deps: OrderDependencies): RecurringBuyDeps {
  return { ...deps, recurringBuys: createRecurringBuyDao(deps.store) };
}

/** 422 BUS_002: the user has as many recurring buys as one user may have. */
class RecurringBuyLimitError extends ProblemError {
  constructor() {
    const detail = `You have ${MAX_RECURRING_BUYS} recurring buys, which is the limit. Delete one first.`;
    super('BUS_002', { detail, extensions: { limit: MAX_RECURRING_BUYS } });
  }
}

/** What a user chooses about a recurring buy. */
export interface RecurringTerms {
  readonly amount: Usd;
  readonly every: RecurringInterval;
  readonly starts_at: IsoTime;
  readonly if_refused: RecurringBuy['if_refused'];
}

export interface CreateRecurringBuy {
  readonly username: Username;
  readonly role: UserRole;
  readonly assetId: AssetId;
  /** Without a start, the first run is at once. */
  readonly terms: Omit<RecurringTerms, 'starts_at'> & Partial<Pick<RecurringTerms, 'starts_at'>>;
  readonly intent: Intent | undefined;
}

/**
 * Creates a recurring buy with its first run as due work. The number of recurring buys is read before the commit, so that
 * several requests at one moment may exceed the limit by a few.
 * @throws StaffCannotTradeError (403), NotFoundError (404) for an unknown asset
 * @throws AssetNotTradableError, RecurringBuyLimitError (422)
 */
export async function createRecurringBuy(
  deps: RecurringBuyDeps,
  { username, role, assetId, terms, intent }: CreateRecurringBuy,
): Promise<Once<RecurringBuy>> {
  const now = deps.clock.now();
  const at = isoTime(now);
  const asset = await deps.assets.getAsset(assetId);
  const { length: existing } = await deps.recurringBuys.getRecurringBuys(username);
  const starts_at = terms.starts_at ?? at;
  const buy: RecurringBuy = {
    recurring_buy_id: deps.ids.next(),
    username,
    asset_id: assetId,
    ...terms,
    starts_at,
    status: 'active',
    paused_by: null,
    scheduled_for: starts_at,
    next_run_at: starts_at,
    attempts: 0,
    refused_in_a_row: 0,
    bought_runs: 0,
    total_cost: formatUsd(ZERO),
    runs: [],
    created_at: at,
    updated_at: at,
  };
  return transactOnce(deps.store, {
    intent,
    now,
    answer: recurringBuySchema,
    reads: {},
    decide() {
      assertMayTrade(role);
      assertTradable({ asset_id: assetId, order_type: 'market_buy' }, asset);
      if (existing >= MAX_RECURRING_BUYS) throw new RecurringBuyLimitError();
      const work = workOf(buy);
      const writes = [recurringBuyRecord.create(buy), ...(work ? [dueWorkRecord.create(work)] : [])];
      return { writes, result: buy };
    },
  });
}

/** Lists the recurring buys of a user, the oldest first. */
export async function listRecurringBuys(
  { recurringBuys }: Pick<RecurringBuyDeps, 'recurringBuys'>,
  username: Username,
): Promise<RecurringBuy[]> {
  return recurringBuys.getRecurringBuys(username);
}

/**
 * Returns a recurring buy of a user.
 * @throws NotFoundError (404)
 */
export async function readRecurringBuy(
  { recurringBuys }: Pick<RecurringBuyDeps, 'recurringBuys'>,
  { username, recurring_buy_id }: RecurringBuyName,
): Promise<RecurringBuy> {
  const buy = await recurringBuys.getRecurringBuy(username, recurring_buy_id);
  if (!buy) throw new NotFoundError('The recurring buy');
  return buy;
}

/** What a user changes: the terms, or whether it is paused. */
export type RecurringChange = Partial<RecurringTerms & Pick<RecurringBuy, 'status'>>;

/**
 * Changes, pauses or resumes a recurring buy. A new start or interval plans the next run again.
 * @throws NotFoundError (404)
 * @throws StoreBusyError (503) while runs keep changing it
 */
export async function changeRecurringBuy(
  deps: RecurringBuyDeps,
  name: RecurringBuyName,
  { status, ...terms }: RecurringChange,
): Promise<RecurringBuy> {
  const now = deps.clock.now();
  const isPlannedAgain = terms.every !== undefined || terms.starts_at !== undefined;
  return commitChange(deps, name, (before) => {
    const changed = { ...before, ...terms, updated_at: isoTime(now) };
    const target = status ?? before.status;
    if (target === 'paused') return before.status === 'paused' ? changed : paused(changed, 'user', now);
    return before.status === 'paused' || isPlannedAgain ? resumed(changed, now) : changed;
  });
}

/**
 * Deletes a recurring buy. Its orders stay.
 * @throws NotFoundError (404)
 * @throws StoreBusyError (503) while runs keep changing it
 */
export async function deleteRecurringBuy(
  deps: Pick<RecurringBuyDeps, 'store' | 'recurringBuys'>,
  name: RecurringBuyName,
): Promise<void> {
  await commitChange(deps, name, () => undefined);
}

/** Changes a recurring buy and its due work in one commit; deletes it where `change` returns nothing. */
async function commitChange<Changed extends RecurringBuy | undefined>(
  deps: Pick<RecurringBuyDeps, 'store' | 'recurringBuys'>,
  name: RecurringBuyName,
  change: (before: RecurringBuy) => Changed,
): Promise<Changed> {
  for (let attempt = 1; ; attempt += 1) {
    const known = await readRecurringBuy(deps, name);
    try {
      return await deps.store.transact(recurringReads(known), (items) => {
        const before = unchanged(known, items);
        const after = change(before);
        return { writes: recurringWrites(before, after), result: after };
      });
    } catch (error) {
      if (!(error instanceof RecurringBuyMoved)) throw error;
      if (attempt === MAX_ATTEMPTS) throw new StoreBusyError();
    }
  }
}

/** Thrown inside a decision, never sent: the recurring buy is not what it was when the decision was prepared. */
export class RecurringBuyMoved extends Error {}

/** Returns the keys of a recurring buy and of its due work. */
export function recurringReads(buy: RecurringBuy): Readonly<Record<string, ItemKey>> {
  const work = workOf(buy);
  return {
    recurring: recurringBuyRecord.key(buy),
    ...(work && { recurringWork: dueWorkRecord.key(work) }),
  };
}

/**
 * Returns the recurring buy in a transaction.
 * @throws RecurringBuyMoved when it has changed since it was read
 */
export function unchanged(
  known: RecurringBuy,
  items: Readonly<Record<string, Item | undefined>>,
): RecurringBuy {
  const found = recurringBuyRecord.readIfPresent(items['recurring']);
  const isSame = found?.updated_at === known.updated_at && found.next_run_at === known.next_run_at;
  if (!isSame || (found.next_run_at !== null && !items['recurringWork'])) throw new RecurringBuyMoved();
  return found;
}

/** Returns the writes that replace a recurring buy, or delete it, and move its due work. */
export function recurringWrites(before: RecurringBuy, after: RecurringBuy | undefined): Write[] {
  const [work, next] = [workOf(before), after && workOf(after)];
  const isKept = work?.due_at === next?.due_at;
  return [
    after ? recurringBuyRecord.replace(after) : { kind: 'delete', key: recurringBuyRecord.key(before) },
    ...(work && !isKept ? [doneWork(work)] : []),
    ...(next && !isKept ? [dueWorkRecord.create(next)] : []),
  ];
}
