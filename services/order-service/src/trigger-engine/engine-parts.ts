import type { OrderId } from '@cnop/common/core/brands';
import type { Page, Position } from '@cnop/common/core/pagination';
import type { PricePeakDao } from '@cnop/common/dao/order/price-peak-dao';
import type { TriggerCheckpointDao } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import type { IndexedOrder, TriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import type { CachedAssets, FollowedCatalogue } from '@cnop/common/market/followed-catalogue';
import { warnOfFailure } from '@cnop/common/process/report-store';
import type { Semaphore } from '@cnop/common/scheduling/semaphore';
import type { TriggerAttempt } from '../use-cases/change-open-order.ts';
import type { OrderDependencies } from '../use-cases/dependencies.ts';
import type { Pace } from './pace.ts';

/** The part of a logger that the engine uses. */
export interface EngineLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** The dependencies that the parts of the engine share. */
export interface EngineParts
  extends Pick<
    OrderDependencies,
    'store' | 'clock' | 'ids' | 'candles' | 'quotes' | 'quoteFor' | 'trades' | 'maxQuoteAgeSeconds'
  > {
  readonly assets: CachedAssets;
  /** All assets with their states, for rounds. */
  readonly listed: FollowedCatalogue;
  readonly triggerIndex: TriggerIndexDao;
  readonly peaks: PricePeakDao;
  readonly checkpoints: TriggerCheckpointDao;
  readonly log: EngineLog;
  readonly pace: Pace;
  /** Limits how many orders change at once. */
  readonly semaphore: Pick<Semaphore, 'pass'>;
  /** Migrates a store of an earlier schema version, once; no order is executed before that. */
  prepareStore(): Promise<void>;
  /** Returns true once the engine is asked to close: running work is finished, and no new work begins. */
  isClosing(): boolean;
}

/** Orders in one page of an index: enough to fill many commits, and few enough to stop soon. */
export const PAGE_SIZE = 1_000;

/**
 * The result of changing one order. `blocked`: no order of its kind can be changed now. `overtaken`: another engine, which
 * works on these orders too, changed it first.
 */
export type Outcome = 'changed' | 'unchanged' | 'overtaken' | 'blocked' | 'failed';

/** The results of changing several orders. */
export interface Tally {
  changed: number;
  /** False when an order failed or was not tried, and another attempt is needed. */
  isComplete: boolean;
}

/**
 * Changes every order of an index range, page by page. An order that fails is logged and tried again later; it does not
 * stop the others. Stops when an order is blocked, or when every order of a page fails. Starts again when this engine has
 * been overtaken: `read` then waits for what the other one leaves.
 */
export async function changeEachOrder(
  parts: Pick<EngineParts, 'store' | 'semaphore' | 'log' | 'isClosing'>,
  read: (after: Position | undefined) => Promise<Page<IndexedOrder>>,
  change: (order: IndexedOrder) => Promise<Exclude<Outcome, 'failed'>>,
): Promise<Tally> {
  const tally: Tally = { changed: 0, isComplete: true };
  let after: Position | undefined;
  let isOvertaken = false;
  do {
    if (parts.isClosing()) return { ...tally, isComplete: false };
    const page = await read(after);
    const outcomes = await attemptAll(parts, page.items, change);
    tally.changed += outcomes.filter((outcome) => outcome === 'changed').length;
    const isBlocked = outcomes.includes('blocked');
    if (isBlocked || outcomes.includes('failed')) tally.isComplete = false;
    // When all fail, the store is in trouble, and the next page would fail as well.
    const allFailed = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'failed');
    if (isBlocked || allFailed) return tally;
    isOvertaken = outcomes.includes('overtaken');
    after = isOvertaken ? undefined : page.next;
  } while (after || isOvertaken);
  return tally;
}

/**
 * Attempts orders at once. Where conflicts are paid for, one order goes first, then two, then four, and none after an order
 * that another engine has changed: two engines that meet cost each other few attempts.
 */
async function attemptAll(
  parts: Pick<EngineParts, 'store' | 'semaphore' | 'log'>,
  orders: readonly IndexedOrder[],
  change: (order: IndexedOrder) => Promise<Exclude<Outcome, 'failed'>>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let count = parts.store.paysForConflicts ? 1 : orders.length;
  while (outcomes.length < orders.length && !outcomes.includes('overtaken')) {
    const some = orders.slice(outcomes.length, outcomes.length + count);
    outcomes.push(
      ...(await Promise.all(some.map((order) => parts.semaphore.pass(() => attempt(parts, order, change))))),
    );
    count *= 2;
  }
  return outcomes;
}

/** Tells the pace of the engine how an attempt to trigger an order ended, and returns the outcome. */
export function paced(
  { pace }: Pick<EngineParts, 'pace'>,
  orderId: OrderId,
  { kind }: TriggerAttempt,
): Exclude<Outcome, 'failed'> {
  if (kind === 'changed') pace.won(orderId);
  if (kind !== 'overtaken') return kind;
  pace.lost(orderId);
  // The index may still show an order that this engine filled itself.
  return pace.isLagging() ? 'overtaken' : 'unchanged';
}

async function attempt(
  { log }: Pick<EngineParts, 'log'>,
  order: IndexedOrder,
  change: (order: IndexedOrder) => Promise<Exclude<Outcome, 'failed'>>,
): Promise<Outcome> {
  try {
    return await change(order);
  } catch (err) {
    const failure = { err, order_id: order.orderId };
    warnOfFailure(log, failure, 'changing an order failed and is tried again');
    return 'failed';
  }
}
