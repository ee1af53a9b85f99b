import { isoTime } from '@cnop/common/core/brands';
import { addSeconds } from '@cnop/common/core/clock';
import { decimal, formatUsd } from '@cnop/common/core/money';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { RecurringBuy, RecurringRun } from '@cnop/common/entities/order/recurring-buy';
import { MAX_REMEMBERED_RUNS, nextTime } from '@cnop/common/entities/order/recurring-buy';

/** A run that is later than this, because the platform was away, is left out. */
const MAX_LATENESS_SECONDS = 6 * 60 * 60;
const RETRY_SECONDS = 60 * 60;
/** The attempts of one run, the first one included. */
const MAX_ATTEMPTS = 4;
/** A recurring buy is paused after so many refused runs in a row. */
const MAX_REFUSED_IN_A_ROW = 3;

/** A recurring buy with a next run. */
export type ScheduledBuy = RecurringBuy & {
  readonly scheduled_for: NonNullable<RecurringBuy['scheduled_for']>;
  readonly next_run_at: NonNullable<RecurringBuy['next_run_at']>;
};

/** Returns whether a recurring buy has a next run. */
export function isScheduled(buy: RecurringBuy): buy is ScheduledBuy {
  return buy.scheduled_for !== null && buy.next_run_at !== null;
}

/** Returns a recurring buy that is active, with its first run after a moment. Starts the count of refusals again. */
export function resumed(buy: RecurringBuy, now: Date): RecurringBuy {
  const time = nextTime(buy, now);
  return {
    ...buy,
    status: 'active',
    paused_by: null,
    scheduled_for: time,
    next_run_at: time,
    attempts: 0,
    refused_in_a_row: 0,
    updated_at: isoTime(now),
  };
}

/** Returns a recurring buy that is paused. */
export function paused(
  buy: RecurringBuy,
  paused_by: NonNullable<RecurringBuy['paused_by']>,
  now: Date,
): RecurringBuy {
  const rest = { status: 'paused', paused_by, scheduled_for: null, next_run_at: null, attempts: 0 } as const;
  return { ...buy, ...rest, updated_at: isoTime(now) };
}

/** Returns whether a run is so late that it is left out. */
export function isMissed({ scheduled_for }: ScheduledBuy, now: Date): boolean {
  return addSeconds(new Date(scheduled_for), MAX_LATENESS_SECONDS) < now;
}

/** Returns a recurring buy after a run that placed an order. */
export function afterPurchase(buy: ScheduledBuy, order: OrderDocument, now: Date): RecurringBuy {
  const cost = formatUsd(decimal(order.total_amount ?? '0').plus(order.fees));
  const { order_id, quantity } = order;
  const bought = { outcome: 'bought', order_id, quantity, cost, error_code: null } as const;
  return {
    ...ended(buy, bought, now),
    refused_in_a_row: 0,
    bought_runs: buy.bought_runs + 1,
    total_cost: formatUsd(decimal(buy.total_cost).plus(cost)),
  };
}

/** Returns a recurring buy after its run was left out. */
export function afterMiss(buy: ScheduledBuy, now: Date): RecurringBuy {
  return ended(buy, { ...NOTHING_BOUGHT, outcome: 'missed', error_code: null }, now);
}

/**
 * Returns a recurring buy after its order was refused: it tries again in an hour, waits for its next time, or is paused
 * after several runs without a purchase.
 */
export function afterRefusal(buy: ScheduledBuy, error_code: string, now: Date): RecurringBuy {
  const retryAt = isoTime(addSeconds(now, RETRY_SECONDS));
  const attempts = buy.attempts + 1;
  if (buy.if_refused === 'retry' && attempts < MAX_ATTEMPTS && retryAt < nextTime(buy, now)) {
    return { ...buy, attempts, next_run_at: retryAt, updated_at: isoTime(now) };
  }
  const refused = ended(buy, { ...NOTHING_BOUGHT, outcome: 'refused', error_code }, now);
  const counted = { ...refused, refused_in_a_row: buy.refused_in_a_row + 1 };
  return counted.refused_in_a_row < MAX_REFUSED_IN_A_ROW ? counted : paused(counted, 'failures', now);
}

const NOTHING_BOUGHT = { order_id: null, quantity: null, cost: null } as const;

/** Remembers a run that has come to an end, and plans the next one. */
function ended(buy: ScheduledBuy, run: Omit<RecurringRun, 'scheduled_for' | 'at'>, now: Date): RecurringBuy {
  const at = isoTime(now);
  const next = nextTime(buy, now);
  const runs = [{ scheduled_for: buy.scheduled_for, at, ...run }, ...buy.runs].slice(0, MAX_REMEMBERED_RUNS);
  return { ...buy, scheduled_for: next, next_run_at: next, attempts: 0, runs, updated_at: at };
}
