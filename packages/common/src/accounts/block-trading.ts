import type { IsoTime } from '../core/brands.ts';
import { isoTime } from '../core/brands.ts';
import type { Position } from '../core/pagination.ts';
import { readOrderCancellations, upgradeRecord } from '../dao/user/order-cancellation-dao.ts';
import { createUserDao, userRecord } from '../dao/user/user-dao.ts';
import type { Item, TableStore } from '../database/table-store.ts';
import type { User } from '../entities/user/user.ts';
import type { CancelOrdersDeps } from './cancel-open-orders.ts';
import { cancelOpenOrders, prepareCancellations } from './cancel-open-orders.ts';

/** Accounts of one page. */
const PAGE_SIZE = 100;
const UPGRADE = { name: 'trading-blocks' } as const;

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
 * Upgrades a store of an earlier version, in which inactive accounts could trade: blocks their trading and cancels their
 * open orders. Does nothing once the upgrade is recorded as completed.
 */
export async function blockInactiveAccounts(deps: CancelOrdersDeps): Promise<void> {
  const { store, clock } = deps;
  if (await store.get(upgradeRecord.key(UPGRADE))) return;
  const users = createUserDao(store);
  let after: Position | undefined;
  do {
    const page = await users.getUsers('', { limit: PAGE_SIZE, offset: 0, after });
    for (const user of page.items) if (user.status !== 'active') await blockAccount(deps, user);
    after = page.next;
  } while (after);
  await recordUpgrade(store, isoTime(clock.now()));
}

async function blockAccount(deps: CancelOrdersDeps, { username }: User): Promise<void> {
  const cancellations = await prepareCancellations(deps, username);
  const reads = { ...cancellations.reads, user: userRecord.key({ username }) };
  await deps.store.transact(reads, (items: Readonly<Record<string, Item | undefined>>) => {
    const status = userRecord.readIfPresent(items['user'])?.status ?? 'active';
    if (status === 'active') return { writes: [], result: undefined };
    return { writes: cancellations.decide(items, status).writes, result: undefined };
  });
  await cancelOpenOrders(deps, username);
}

async function recordUpgrade(store: TableStore, done_at: IsoTime): Promise<void> {
  await store.transact({ upgrade: upgradeRecord.key(UPGRADE) }, () => ({
    writes: [upgradeRecord.replace({ ...UPGRADE, done_at })],
    result: undefined,
  }));
}
