import type { Username } from '../core/brands.ts';
import type { Position } from '../core/pagination.ts';
import { balanceRecord } from '../dao/user/balance-dao.ts';
import { readOrderCancellations } from '../dao/user/order-cancellation-dao.ts';
import { userRecord } from '../dao/user/user-dao.ts';
import type { Item } from '../database/table-store.ts';
import type { CancelOrdersDeps } from './cancel-open-orders.ts';
import { cancelOpenOrders, prepareCancellations } from './cancel-open-orders.ts';

/** Accounts of one page. */
const PAGE_SIZE = 100;

/** Resumes interrupted cancellations: cancels the open orders that they left. */
export async function resumeOrderCancellations(deps: CancelOrdersDeps): Promise<void> {
  let after: Position | undefined;
  do {
    const page = await readOrderCancellations(deps.store, { limit: PAGE_SIZE, after });
    for (const { username } of page.items) await cancelOpenOrders(deps, username);
    after = page.next;
  } while (after);
}

/**
 * Blocks the trading of an account that is not active and cancels its open orders, for stores of an earlier version, in
 * which such accounts could trade.
 * @returns whether the account was not blocked before
 */
export async function blockInactiveAccount(deps: CancelOrdersDeps, username: Username): Promise<boolean> {
  const cancellations = await prepareCancellations(deps, username);
  const reads = { ...cancellations.reads, user: userRecord.key({ username }) };
  const isBlockedNow = await deps.store.transact(
    reads,
    (items: Readonly<Record<string, Item | undefined>>) => {
      const status = userRecord.readIfPresent(items['user'])?.status ?? 'active';
      if (status === 'active') return { writes: [], result: false };
      const wasBlocked = (balanceRecord.readIfPresent(items['balance'])?.trading_block ?? null) !== null;
      return { writes: cancellations.decide(items, status).writes, result: !wasBlocked };
    },
  );
  await cancelOpenOrders(deps, username);
  return isBlockedNow;
}
