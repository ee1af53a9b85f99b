import type { AssetId, EventId, IsoTime, OrderId, Username } from '../core/brands.ts';
import { isoTime } from '../core/brands.ts';
import type { Clock } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { Position } from '../core/pagination.ts';
import { assetBalanceRecord } from '../dao/asset/position-dao.ts';
import { orderDocumentRecord, orderRecord } from '../dao/order/order-dao.ts';
import { balanceRecord } from '../dao/user/balance-dao.ts';
import { liveEventRecord } from '../dao/user/live-event-dao.ts';
import { orderCancellationRecord } from '../dao/user/order-cancellation-dao.ts';
import { StoreBusyError } from '../database/store-errors.ts';
import type { Item, ItemKey, TableStore, Write } from '../database/table-store.ts';
import { MAX_QUERY_LIMIT } from '../database/table-store.ts';
import type { StoredAssetBalance } from '../entities/asset/asset-balance.ts';
import { sideOf } from '../entities/order/order.ts';
import type { OrderDocument } from '../entities/order/order-document.ts';
import type { Balance, TradingBlock } from '../entities/user/balance.ts';
import { accountClosedReason, endOrder } from '../trading/end-order.ts';

/** A commit takes 100 items: three for each order (order, position, event), and those of the account. */
const MAX_ORDERS_PER_COMMIT = 30;
/** Attempts at counting the open orders of an account that keeps trading. */
const MAX_COUNTS = 5;

/** The dependencies of cancelling orders. */
export interface CancelOrdersDeps {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
}

type Items = Readonly<Record<string, Item | undefined>>;

/** The cancellation of as many open orders of an account as one commit takes. */
export interface OrderCancellations {
  /** The number of open orders found for the commit. */
  readonly found: number;
  /** The reads of the commit that `decide` needs. */
  readonly reads: Readonly<Record<string, ItemKey>>;
  /** Decides on the items of `reads`: blocks trading and cancels the orders that are still open. */
  decide(items: Items, block: TradingBlock): { readonly writes: Write[]; readonly isDone: boolean };
}

/** Reads open orders of an account and prepares a commit that blocks its trading and cancels them. */
export async function prepareCancellations(
  deps: CancelOrdersDeps,
  username: Username,
): Promise<OrderCancellations> {
  const at = isoTime(deps.clock.now());
  const balance = balanceRecord.readIfPresent(await deps.store.get(balanceRecord.key({ username })));
  const wanted = Math.min(MAX_ORDERS_PER_COMMIT, balance?.open_order_count ?? MAX_ORDERS_PER_COMMIT);
  const { orders, isAll } = await readOpenOrders(deps.store, username, wanted);
  const eventIds = new Map(orders.map(({ order_id }) => [order_id, deps.ids.next()]));
  return {
    found: orders.length,
    reads: readsOf(username, orders),
    decide(items, block) {
      const balance = balanceRecord.readIfPresent(items['balance']);
      if (!balance) return { writes: [], isDone: true };
      const blocked: Balance = { ...balance, trading_block: block };
      const reason = accountClosedReason(block);
      const cancelled = cancelTogether(items, blocked, { eventIds, reason, at });
      const left = openOrdersLeft(cancelled.balance, isAll);
      const isDone = left === 0;
      return {
        writes: [
          balanceRecord.replace({ ...cancelled.balance, open_order_count: left }),
          ...cancelled.writes,
          ...(isDone ? deletePending(items['pending']) : recordPending(items['pending'], username, at)),
        ],
        isDone,
      };
    },
  };
}

/**
 * Cancels the open orders of a blocked account, in as many commits as needed. Resumes where an earlier attempt ended, and
 * stops when the account may trade again.
 */
export async function cancelOpenOrders(deps: CancelOrdersDeps, username: Username): Promise<void> {
  let isDone = false;
  while (!isDone) {
    const cancellations = await prepareCancellations(deps, username);
    isDone = await deps.store.transact(cancellations.reads, (items: Items) => {
      const block = balanceRecord.readIfPresent(items['balance'])?.trading_block ?? null;
      if (block === null) return { writes: deletePending(items['pending']), result: true };
      const { writes, isDone: result } = cancellations.decide(items, block);
      return { writes, result };
    });
    // A lagging index may hide orders; the sweep of the trigger engine cancels them later.
    if (cancellations.found === 0) return;
  }
}

/**
 * Counts the open orders of an account of an earlier version, which did not count them. Every commit that opens or ends
 * an order writes the balance, so the count is stored only if the balance has not changed meanwhile.
 * @throws StoreBusyError (503) when the balance keeps changing
 */
export async function countOpenOrders(store: TableStore, username: Username): Promise<void> {
  const key = balanceRecord.key({ username });
  for (let attempt = 0; attempt < MAX_COUNTS; attempt += 1) {
    const before = await store.get(key);
    if (!before || balanceRecord.read(before).open_order_count !== null) return;
    const { orders } = await readOpenOrders(store, username, Number.POSITIVE_INFINITY);
    const isCounted = await store.transact({ balance: key }, ({ balance: item }) => {
      if (item?.version !== before.version) return { writes: [], result: false };
      const counted: Balance = { ...balanceRecord.read(item), open_order_count: orders.length };
      return { writes: [balanceRecord.replace(counted)], result: true };
    });
    if (isCounted) return;
  }
  throw new StoreBusyError();
}

const ORDER = 'order ';
const HOLDING = 'holding ';

function readsOf(username: Username, orders: readonly OrderDocument[]): Record<string, ItemKey> {
  const reads: Record<string, ItemKey> = {
    balance: balanceRecord.key({ username }),
    pending: orderCancellationRecord.key({ username }),
  };
  for (const order of orders) {
    reads[ORDER + order.order_id] = orderRecord.key(order);
    if (sideOf(order.order_type) === 'sell') {
      reads[HOLDING + order.asset_id] = assetBalanceRecord.key({ username, asset_id: order.asset_id });
    }
  }
  return reads;
}

/** Reads open orders, newest first, since few are old. Stops at the wanted number of them. */
async function readOpenOrders(
  store: TableStore,
  username: Username,
  wanted: number,
): Promise<{ readonly orders: OrderDocument[]; readonly isAll: boolean }> {
  const orders: OrderDocument[] = [];
  let after: Position | undefined;
  let isAll = wanted === 0;
  while (!isAll && orders.length < wanted) {
    const page = await store.query({
      table: 'orders',
      index: 'UserOrdersIndex',
      pk: username,
      order: 'descending',
      limit: Math.min(MAX_QUERY_LIMIT, wanted - orders.length),
      where: { status: 'queued' },
      after,
    });
    orders.push(...page.items.map(orderDocumentRecord.read));
    after = page.next;
    isAll = after === undefined;
  }
  return { orders, isAll };
}

function cancelTogether(
  items: Items,
  blocked: Balance,
  {
    eventIds,
    reason,
    at,
  }: { readonly eventIds: ReadonlyMap<OrderId, EventId>; readonly reason: string; readonly at: IsoTime },
): { readonly balance: Balance; readonly writes: Write[] } {
  const holdings = new Map<AssetId, StoredAssetBalance>();
  const writes: Write[] = [];
  let balance = blocked;
  for (const [orderId, eventId] of eventIds) {
    const order = orderRecord.readIfPresent(items[ORDER + orderId]);
    if (order?.status !== 'queued') continue;
    const stored = assetBalanceRecord.readIfPresent(items[HOLDING + order.asset_id]);
    const holding = holdings.get(order.asset_id) ?? stored;
    const ended = endOrder(order, { balance, holding }, { status: 'cancelled', reason, eventId, at });
    balance = ended.balance;
    if (ended.holding) holdings.set(order.asset_id, ended.holding);
    writes.push(orderRecord.replace(ended.order), liveEventRecord.create(ended.event));
  }
  return { balance, writes: [...writes, ...[...holdings.values()].map(assetBalanceRecord.replace)] };
}

/** Returns the count after the commit. For an uncounted account it is known to be 0 once all orders were found. */
function openOrdersLeft({ open_order_count: count }: Balance, isAll: boolean): number | null {
  return count === null && isAll ? 0 : count;
}

/** Records that open orders are left, so that the sweep of the trigger engine resumes the cancellation. */
function recordPending(stored: Item | undefined, username: Username, since: IsoTime): Write[] {
  return stored ? [] : [orderCancellationRecord.replace({ username, since })];
}

function deletePending(stored: Item | undefined): Write[] {
  return stored ? [{ kind: 'delete', key: stored.key }] : [];
}
