import type { Page, Position } from '@cnop/common/core/pagination';
import type { IndexedOrder } from '@cnop/common/dao/order/trigger-index-dao';
import { DiskFullError } from '@cnop/common/database/store-errors';
import type { EngineParts } from './dependencies.ts';

/** Orders of one reading of an index: enough to fill many commits, and few enough to stop soon. */
export const PAGE_SIZE = 1_000;

/** What became of one order. `blocked`: no order of its kind would fare better now. */
export type Outcome = 'changed' | 'unchanged' | 'blocked' | 'failed';

export interface Tally {
  changed: number;
  /** False when some order failed, or was not tried: there is something to come back for. */
  isComplete: boolean;
}

/**
 * Acts on every order that a reading of an index finds, page by page. An order whose change fails is logged and left to
 * the next time; it does not keep the others from theirs.
 */
export async function eachIndexedOrder(
  parts: Pick<EngineParts, 'gate' | 'log' | 'isClosing'>,
  read: (after: Position | undefined) => Promise<Page<IndexedOrder>>,
  act: (order: IndexedOrder) => Promise<Exclude<Outcome, 'failed'>>,
): Promise<Tally> {
  const tally: Tally = { changed: 0, isComplete: true };
  let after: Position | undefined;
  do {
    if (parts.isClosing()) return { ...tally, isComplete: false };
    const page = await read(after);
    const outcomes = await Promise.all(
      page.items.map((order) => parts.gate.pass(() => attempt(parts, order, act))),
    );
    tally.changed += outcomes.filter((outcome) => outcome === 'changed').length;
    const isBlocked = outcomes.includes('blocked');
    if (isBlocked || outcomes.includes('failed')) tally.isComplete = false;
    // A few that fail must not keep the rest from their turn; where all do, the store is in trouble.
    const isHopeless = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'failed');
    if (isBlocked || isHopeless) return tally;
    after = page.next;
  } while (after);
  return tally;
}

async function attempt(
  { log }: Pick<EngineParts, 'log'>,
  order: IndexedOrder,
  act: (order: IndexedOrder) => Promise<Exclude<Outcome, 'failed'>>,
): Promise<Outcome> {
  try {
    return await act(order);
  } catch (error) {
    // The store says that once itself, not for each order.
    if (error instanceof DiskFullError) return 'failed';
    log.warn({ err: error, order_id: order.orderId }, 'an order could not be changed and is tried again');
    return 'failed';
  }
}
