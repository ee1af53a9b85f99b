import { NotFoundError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { Page, PageRequest } from '../../core/pagination.ts';
import {
  AFTER_EVERY_ID,
  EXPIRY_SHARDS,
  expiryPartition,
  KEYS,
  SEPARATOR,
  sortablePrice,
  sortableSeq,
  triggerPartition,
} from '../../database/keys.ts';
import type { Filter, IndexEntry, SortKeyRange, TableStore } from '../../database/table-store.ts';
import type { IndexName } from '../../database/tables.ts';
import { clientOrderIdSchema, idSchema, usernameSchema } from '../../entities/fields.ts';
import type { Order, OrderStatus, OrderType, OrderUpdate, TriggerKind } from '../../entities/order/order.ts';
import { isTriggeredWithBound, orderSchema } from '../../entities/order/order.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** The record of orders, with the index entries of an order in its status. */
export const orderRecord = defineRecord<Order, Pick<Order, 'order_id'>>({
  table: 'orders',
  schema: orderSchema,
  key: ({ order_id }) => ({ pk: order_id, sk: KEYS.orders.order.sk }),
  indexes: indexEntriesOf,
});

const clientOrderSchema = z.object({
  username: usernameSchema,
  client_order_id: clientOrderIdSchema,
  order_id: idSchema,
  /** Tells a repeated request from another one with the same `client_order_id`. */
  request_hash: z.string(),
});
type ClientOrder = z.infer<typeof clientOrderSchema>;

/** The claim of a `client_order_id`, kept for ever. Two orders with the same id conflict on this item. */
export const clientOrderRecord = defineRecord<ClientOrder, Pick<ClientOrder, 'username' | 'client_order_id'>>(
  {
    table: 'users',
    schema: clientOrderSchema,
    key: ({ username, client_order_id }) => ({
      pk: username,
      sk: KEYS.users.clientOrder.skPrefix + client_order_id,
    }),
  },
);

/** Returns the index entries of an order; only an open order has one in the trigger index and in the expiry index. */
function indexEntriesOf(order: Order): Partial<Record<IndexName, IndexEntry>> {
  const { username, created_at, order_id } = order;
  const trigger = triggerKeyOf(order);
  const expiry = expiryKeyOf(order);
  return {
    UserOrdersIndex: { pk: username, sk: created_at + SEPARATOR + order_id },
    ...(trigger && { TriggerIndex: trigger }),
    ...(expiry && { OrderExpiryIndex: expiry }),
  };
}

/** Returns the key of an open order in the trigger index; undefined for any other order. */
export function triggerKeyOf(order: Order): IndexEntry | undefined {
  if (order.status !== 'queued') return undefined;
  const { asset_id, order_type, order_id } = order;
  const key = (kind: TriggerKind, sortable: string) => ({
    pk: triggerPartition(asset_id, kind),
    sk: sortable + SEPARATOR + order_id,
  });
  if (isTriggeredWithBound(order)) return key('BID_GE', sortablePrice(order.price_bound));
  switch (order_type) {
    case 'limit_buy':
      return key('ASK_LE', sortablePrice(order.price ?? ''));
    case 'limit_sell':
      return key('BID_GE', sortablePrice(order.price ?? ''));
    case 'stop_loss':
      return key('BID_LE', sortablePrice(order.stop_price ?? ''));
    case 'take_profit':
      return key('BID_GE', sortablePrice(order.stop_price ?? ''));
    case 'trailing_stop':
      return key('TRAIL', sortableSeq(order.accepted_quote?.seq ?? 0));
    default:
      return undefined;
  }
}

/** Returns the key of an open order in the expiry index; undefined when it never expires or is not open. */
export function expiryKeyOf(order: Order): IndexEntry | undefined {
  if (order.status !== 'queued' || order.expires_at === null) return undefined;
  return {
    pk: expiryPartition(shardOf(order.order_id)),
    sk: order.expires_at + SEPARATOR + order.order_id,
  };
}

/** Shards by the last character of an order's id, which is random. */
function shardOf(orderId: string): number {
  return orderId.charCodeAt(orderId.length - 1) % EXPIRY_SHARDS;
}

/** Selects the orders of a user for a list. */
export interface OrderFilter {
  readonly asset_id?: string | undefined;
  /** Orders of any of these types. */
  readonly order_types?: readonly OrderType[] | undefined;
  /** Orders of any of these statuses. */
  readonly statuses?: readonly OrderStatus[] | undefined;
  /** Orders that changed after this time. */
  readonly updated_after?: string | undefined;
  /** Earliest time of acceptance, inclusive. */
  readonly from?: string | undefined;
  /** Latest time of acceptance, inclusive. */
  readonly to?: string | undefined;
}

export type OrderDao = ReturnType<typeof createOrderDao>;

/** Creates the DAO of orders. Use cases write orders in one `transact` with the money they move. */
export function createOrderDao(store: TableStore) {
  const updateOrder = async (order_id: string, change: (order: Order) => OrderUpdate): Promise<Order> =>
    store.transact({ order: orderRecord.key({ order_id }) }, (items) => {
      const order = orderRecord.readIfPresent(items.order);
      if (!order) throw new NotFoundError('The order');
      const changed = orderSchema.parse({ ...order, ...change(order) });
      return { writes: [orderRecord.replace(changed)], result: changed };
    });

  return {
    /** Stores a new order. */
    async createOrder(order: Order): Promise<Order> {
      return store.transact({}, () => ({ writes: [orderRecord.create(order)], result: order }));
    },

    /** Returns a user's order with a `client_order_id`; undefined when there is none. */
    async getOrderByClientId(username: string, client_order_id: string): Promise<Order | undefined> {
      const item = await store.get(clientOrderRecord.key({ username, client_order_id }));
      const known = clientOrderRecord.readIfPresent(item);
      if (!known) return undefined;
      return orderRecord.readIfPresent(await store.get(orderRecord.key(known)));
    },

    /** Returns an order of any user; undefined when it does not exist. */
    async getOrder(order_id: string): Promise<Order | undefined> {
      return orderRecord.readIfPresent(await store.get(orderRecord.key({ order_id })));
    },

    /**
     * Changes fields of an order.
     * @throws NotFoundError (404); an error of `change`, with nothing written
     */
    updateOrder,

    /**
     * Sets the status of an order and adds it to the history. Does not check the transition; `advance` does.
     * @throws NotFoundError (404)
     */
    async updateOrderStatus(
      order_id: string,
      status: OrderStatus,
      at: Date,
      reason: string | null,
    ): Promise<Order> {
      const updated_at = at.toISOString();
      return updateOrder(order_id, (order) => ({
        status,
        updated_at,
        history: [...order.history, { status, at: updated_at, reason }],
      }));
    },

    ...createOrderLists(store),
  };
}

/** Creates the lists of a user's orders. */
function createOrderLists(store: TableStore) {
  /**
   * Lists a user's orders, newest first. A page reads a bounded number of orders, so with a filter it may be short
   * although more follow.
   */
  const getOrdersByUser = async (
    username: string,
    page: PageRequest,
    filter: OrderFilter = {},
  ): Promise<Page<Order>> => {
    // A filter may exclude every type: no stop-loss is a buy.
    if (filter.order_types?.length === 0) return { items: [], next: undefined };
    return readPage(
      store,
      {
        table: 'orders',
        index: 'UserOrdersIndex',
        pk: username,
        sk: rangeOf(filter),
        order: 'descending',
        where: conditionsOf(filter),
      },
      page,
      orderRecord.read,
    );
  };

  return {
    getOrdersByUser,

    /** Lists a user's orders of one asset, newest first. */
    async getOrdersByUserAndAsset(
      username: string,
      asset_id: string,
      page: PageRequest,
    ): Promise<Page<Order>> {
      return getOrdersByUser(username, page, { asset_id });
    },

    /** Lists a user's orders of one status, newest first. */
    async getOrdersByUserAndStatus(
      username: string,
      status: OrderStatus,
      page: PageRequest,
    ): Promise<Page<Order>> {
      return getOrdersByUser(username, page, { statuses: [status] });
    },
  };
}

/** Returns whether a filter selects an order. */
export function matchesFilter(order: Order, filter: OrderFilter): boolean {
  const { asset_id, order_types, statuses, updated_after, from, to } = filter;
  return (
    (asset_id === undefined || order.asset_id === asset_id) &&
    (order_types === undefined || order_types.includes(order.order_type)) &&
    (statuses === undefined || statuses.includes(order.status)) &&
    (updated_after === undefined || order.updated_at > updated_after) &&
    (from === undefined || order.created_at >= from) &&
    (to === undefined || order.created_at <= to)
  );
}

function conditionsOf({ asset_id, order_types, statuses, updated_after }: OrderFilter): Filter {
  return {
    ...(asset_id && { asset_id }),
    ...(order_types && { order_type: { in: order_types } }),
    ...(statuses && { status: { in: statuses } }),
    ...(updated_after !== undefined && { updated_at: { after: updated_after } }),
  };
}

function rangeOf({ from, to }: OrderFilter): SortKeyRange {
  return { from: from ?? '', to: (to ?? '') + AFTER_EVERY_ID };
}
