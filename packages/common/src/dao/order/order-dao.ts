import { NotFoundError } from '@cnop/exception/errors';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { IndexEntry, SortKeyRange, TableStore } from '../../database/table-store.ts';
import type { IndexName } from '../../database/tables.ts';
import type { Order, OrderStatus, OrderType, OrderUpdate } from '../../entities/order/order.ts';
import { orderSchema } from '../../entities/order/order.ts';
import { expiryPlaceOf, triggerPlaceOf } from '../../entities/order/trigger-place.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

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
  const trigger = triggerPlaceOf(order);
  const expiry = expiryPlaceOf(order);
  return {
    UserOrdersIndex: { pk: username, sk: [created_at, order_id].join(SEPARATOR) },
    ...(trigger && { TriggerIndex: trigger }),
    ...(expiry && { OrderExpiryIndex: expiry }),
  };
}

/** Which orders of a user a list shows. */
export interface OrderFilter {
  readonly asset_id?: string | undefined;
  readonly order_type?: OrderType | undefined;
  readonly status?: OrderStatus | undefined;
  /** First moment of acceptance, inclusive. */
  readonly from?: string | undefined;
  /** Last moment of acceptance, inclusive. */
  readonly to?: string | undefined;
}

export type OrderDao = ReturnType<typeof createOrderDao>;

export function createOrderDao(store: TableStore) {
  /** Newest first. */
  const getOrdersByUser = async (
    username: string,
    page: PageRequest,
    filter: OrderFilter = {},
  ): Promise<Page<Order>> => {
    const { asset_id, order_type, status } = filter;
    return readPage(
      store,
      {
        table: 'orders',
        index: 'UserOrdersIndex',
        pk: username,
        sk: rangeOf(filter),
        order: 'descending',
        where: {
          ...(asset_id && { asset_id }),
          ...(order_type && { order_type }),
          ...(status && { status }),
        },
      },
      page,
      orderRecord.read,
    );
  };

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
      return getOrdersByUser(username, page, { status });
    },
  };
}

function rangeOf({ from, to }: OrderFilter): SortKeyRange {
  return { from: from ?? '', to: (to ?? '') + AFTER_EVERY_ID };
}
