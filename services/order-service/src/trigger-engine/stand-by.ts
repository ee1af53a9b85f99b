import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from '@cnop/common/core/pagination';
import type { IndexedOrder } from '@cnop/common/dao/order/trigger-index-dao';
import type { EngineParts } from './engine-parts.ts';

/** The time in which an engine that works fills at least one of the orders that it has found. */
const PROGRESS_MILLISECONDS = 400;

/**
 * Reads a page of open orders that are left for this engine. An engine that lags reads again while their number falls: then
 * another one works on them.
 */
export async function readLeftOrders(
  { pace, isClosing }: Pick<EngineParts, 'pace' | 'isClosing'>,
  read: () => Promise<Page<IndexedOrder>>,
): Promise<Page<IndexedOrder>> {
  let page = await read();
  while (pace.isLagging() && page.items.length > 0 && !isClosing()) {
    await wait(PROGRESS_MILLISECONDS);
    const found = new Set(page.items.map(({ orderId }) => orderId));
    page = await read();
    const stillThere = page.items.filter(({ orderId }) => found.has(orderId)).length;
    if (stillThere === found.size) break;
  }
  return page;
}
