import { NotFoundError } from '@cnop/exception/errors';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { Filter, IndexEntry, SortKeyRange, TableStore } from '../../database/table-store.ts';
import type { IndexName } from '../../database/tables.ts';
import type { Order, OrderStatus, OrderType, OrderUpdate } from '../../entities/order/order.ts';
import { orderSchema } from '../../entities/order/order.ts';
import { expiryKeyOf, triggerKeyOf } from '../../entities/order/trigger-keys.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';
import { clientOrderRecord } from './client-order-record.ts';

const ORDER_SORT_KEY = 'ORDER';
const SEPARATOR = '#';
/** Sorts behind every id that may follow a time. */
const AFTER_EVERY_ID = '~';

export const orderRecord = defineRecord<Order, Pick<Order, 'order_id'>>({
  table: 'orders',
  schema: orderSchema,
  key: ({ order_id }) => ({ pk: order_id, sk: ORDER_SORT_KEY }),
  indexes: placesOf,
});

/** Its places in indexes: in the book and among those that expire only while it waits. */
function placesOf(order: Order): Partial<Record<IndexName, IndexEntry>> {
  const { username, created_at, order_id } = order;
  const trigger = triggerKeyOf(order);
  const expiry = expiryKeyOf(order);
  return {
    UserOrdersIndex: { pk: username, sk: [created_at, order_id].join(SEPARATOR) },
    ...(trigger && { TriggerIndex: trigger }),
    ...(expiry && { OrderExpiryIndex: expiry }),
  };
}

/** Which orders of a user a list shows. */
export interface OrderFilter {
  readonly asset_id?: string | undefined;
  /** Orders of any of these types. */
  readonly order_types?: readonly OrderType[] | undefined;
  /** Orders of any of these statuses. */
  readonly statuses?: readonly OrderStatus[] | undefined;
  /** Orders that changed after this moment. */
  readonly updated_after?: string | undefined;
  /** First moment of acceptance, inclusive. */
  readonly from?: string | undefined;
  /** Last moment of acceptance, inclusive. */
  readonly to?: string | undefined;
}

export type OrderDao = ReturnType<typeof createOrderDao>;

export function createOrderDao(store: TableStore) {
  const updateOrder = async (order_id: string, change: (order: Order) => OrderUpdate): Promise<Order> =>
    store.transact({ order: orderRecord.key({ order_id }) }, (items) => {
      const order = orderRecord.readIfPresent(items.order);
      if (!order) throw new NotFoundError('The order');
      const changed = orderSchema.parse({ ...order, ...change(order) });
      return { writes: [orderRecord.replace(changed)], result: changed };
    });

  return {
    async createOrder(order: Order): Promise<Order> {
      return store.transact({}, () => ({ writes: [orderRecord.create(order)], result: order }));
    },

    /** The order that a user gave this name; undefined when there is none. */
    async getOrderByClientId(username: string, client_order_id: string): Promise<Order | undefined> {
      const item = await store.get(clientOrderRecord.key({ username, client_order_id }));
      const known = clientOrderRecord.readIfPresent(item);
      if (!known) return undefined;
      return orderRecord.readIfPresent(await store.get(orderRecord.key(known)));
    },

    async getOrder(order_id: string): Promise<Order | undefined> {
      return orderRecord.readIfPresent(await store.get(orderRecord.key({ order_id })));
    },

    /** @throws NotFoundError (404); whatever `change` throws, with nothing written */
    updateOrder,

    /** Moves an order to a status and notes it in its history; which moves are allowed is the domain's to say. */
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

/** The lists of a user's orders. */
function createOrderLists(store: TableStore) {
  /** Newest first. A page of a filter looks at a bounded number of orders, so it may be short with more to follow. */
  const getOrdersByUser = async (
    username: string,
    page: PageRequest,
    filter: OrderFilter = {},
  ): Promise<Page<Order>> => {
    // Types that a filter leaves none of, such as the buys among stop-losses.
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

    async getOrdersByUserAndAsset(
      username: string,
      asset_id: string,
      page: PageRequest,
    ): Promise<Page<Order>> {
      return getOrdersByUser(username, page, { asset_id });
    },

    async getOrdersByUserAndStatus(
      username: string,
      status: OrderStatus,
      page: PageRequest,
    ): Promise<Page<Order>> {
      return getOrdersByUser(username, page, { statuses: [status] });
    },
  };
}

/** Whether one order is among those that a filter shows. */
export function fitsFilter(order: Order, filter: OrderFilter): boolean {
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
