import type { Username } from '@cnop/common/core/brands';
import { knownRecurringBuyId, knownUsername } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { recurringBuyRecord } from '@cnop/common/dao/order/recurring-buy-dao';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import { dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { RecurringBuy } from '@cnop/common/entities/order/recurring-buy';
import type { Lookup } from '../lookups.ts';
import { lookUp } from '../lookups.ts';
import type { Stored, StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { showUsd } from './order-basics.ts';

/** Checks the rules of a recurring buy that need no other item. */
export function checkRecurringBuy({ key, entity }: StoredOf<'recurring buy'>): Violation[] {
  const { status, paused_by, scheduled_for, next_run_at, runs, bought_runs } = entity;
  const isActive = status === 'active';
  const faults: string[] = [];
  if (isActive !== (paused_by === null)) faults.push(`It is ${status}, and ${paused_by} paused it.`);
  if (isActive !== (scheduled_for !== null) || isActive !== (next_run_at !== null))
    faults.push(`It is ${status}, and runs next at ${next_run_at}.`);
  if (scheduled_for !== null && next_run_at !== null && next_run_at < scheduled_for)
    faults.push(`It runs at ${next_run_at}, before its time ${scheduled_for}.`);
  if (runs.some(({ at }, position) => at > (runs[position - 1]?.at ?? at)))
    faults.push('Its runs are not the newest first.');
  const remembered = runs.filter(({ outcome }) => outcome === 'bought').length;
  if (remembered > bought_runs) faults.push(`It bought ${remembered} times, but counts ${bought_runs}.`);
  return faults.length === 0 ? [] : [violation('recurring-state', [key], faults.join(' '))];
}

/** Returns the user and the key of the recurring buy that due work is about; undefined for work of another kind. */
export function recurringBuyNamedBy({
  kind,
  subject,
}: DueWork): { readonly username: Username; readonly key: ItemKey } | undefined {
  if (kind !== 'recurring_buy') return undefined;
  const [user = '', id = ''] = subject.split(':');
  const username = knownUsername(user);
  return { username, key: recurringBuyRecord.key({ username, recurring_buy_id: knownRecurringBuyId(id) }) };
}

/** Returns the checks of a recurring buy, or of its due work, that need other items. */
export function recurringLookups(stored: Stored): Lookup[] {
  if (stored.kind === 'recurring buy') return [...dueLookups(stored), ...runLookups(stored)];
  return stored.kind === 'due work' ? workLookups(stored) : [];
}

function workLookups({ key, entity }: StoredOf<'due work'>): Lookup[] {
  const named = recurringBuyNamedBy(entity);
  if (!named) return [];
  return [
    lookUp('recurring buy', named.key, (found) =>
      found?.entity.next_run_at === entity.due_at
        ? []
        : [violation('recurring-due', [key, named.key], 'The work is of no run that is planned.')],
    ),
  ];
}

function dueLookups({ key, entity }: StoredOf<'recurring buy'>): Lookup[] {
  const { username, recurring_buy_id, next_run_at } = entity;
  if (next_run_at === null) return [];
  const subject = `${username}:${recurring_buy_id}`;
  const workKey = dueWorkRecord.key({ kind: 'recurring_buy', due_at: next_run_at, subject });
  return [
    lookUp('due work', workKey, (work) =>
      work ? [] : [violation('recurring-due', [key, workKey], 'No work says when it runs next.')],
    ),
  ];
}

function runLookups({ key, entity }: StoredOf<'recurring buy'>): Lookup[] {
  return entity.runs.flatMap((run) => {
    if (run.order_id === null) {
      const text = `The run of ${run.scheduled_for} bought without an order.`;
      const isSound = run.outcome !== 'bought' && run.quantity === null && run.cost === null;
      return isSound ? [] : [{ keys: [], check: () => [violation('recurring-run', [key], text)] }];
    }
    const orderKey = orderRecord.key({ order_id: run.order_id });
    return [
      lookUp('order', orderKey, (order) => {
        const wrong = runFault(entity, run, order);
        return wrong === undefined ? [] : [violation('recurring-run', [key, orderKey], wrong)];
      }),
    ];
  });
}

function runFault(
  { username, asset_id }: RecurringBuy,
  { outcome, quantity, cost }: RecurringBuy['runs'][number],
  order: StoredOf<'order'> | undefined,
): string | undefined {
  if (!order) return 'The order of a run is missing.';
  const { entity } = order;
  const paid = decimal(entity.total_amount ?? '0').plus(entity.fees);
  const pairs = [
    ['outcome', outcome, 'bought'],
    ['user', entity.username, username],
    ['asset', entity.asset_id, asset_id],
    ['type', entity.order_type, 'market_buy'],
    ['status', entity.status, 'completed'],
    ['quantity', entity.quantity, quantity],
  ] as const;
  const unequal = pairs.find(([, found, due]) => found !== due);
  if (unequal) return `The ${unequal[0]} of a run is ${unequal[1]}, not ${unequal[2]}.`;
  if (cost === null || !paid.eq(cost)) return `A run cost ${cost}, but its order ${showUsd(paid)}.`;
  return undefined;
}
