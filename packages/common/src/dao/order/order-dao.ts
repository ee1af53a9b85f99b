import { NotFoundError, StateConflictError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { AssetId, ClientOrderId, IsoTime, OrderId, Username } from '../../core/brands.ts';
import { isoTime } from '../../core/brands.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { Filter, IndexEntry, SortKeyRange, TableStore, Write } from '../../database/table-store.ts';
import {
  AFTER_EVERY_ID,
  EXPIRY_SHARDS,
  expiryPartition,
  KEYS,
  SEPARATOR,
  sortablePrice,
  sortableSeq,
  triggerPartition,
} from '../../database/tables.ts';
import { clientOrderIdSchema, orderIdSchema, usernameSchema } from '../../entities/fields.ts';
import type { OpenOrder, Order, OrderIn } from '../../entities/order/order.ts';
import { advance, assertMayBecome } from '../../entities/order/order.ts';
import { documentOf, orderOf } from '../../entities/order/order-codec.ts';
import type {
  OrderDocument,
  OrderStatus,
  OrderType,
  OrderUpdate,
  TriggerKind,
} from '../../entities/order/order-document.ts';
import { orderDocumentSchema, orderUpdateSchema } from '../../entities/order/order-document.ts';
import { readPage } from '../read-page.ts';
import type { EntityRecord } from '../record.ts';
import { defineRecord } from '../record.ts';

/** Reads orders as documents, for lists that only carry them to the client. Write orders by `orderRecord`. */
export const orderDocumentRecord = defineRecord<OrderDocument, Pick<OrderDocument, 'order_id'>>({
  table: 'orders',
  schema: orderDocumentSchema,
  absentIsNull: true,
  key: ({ order_id }) => ({ pk: order_id, sk: KEYS.orders.order.sk }),
  indexes: ({ username, created_at, order_id }) => ({
    UserOrdersIndex: { pk: username, sk: created_at + SEPARATOR + order_id },
  }),
});

/** The record of orders. An open order also has an entry in the trigger index and in the expiry index. */
export const orderRecord: EntityRecord<Order, Pick<Order, 'order_id'>> = {
  key: orderDocumentRecord.key,
  read: (item) => orderOf(orderDocumentRecord.read(item)),
  parse: (item) => orderOf(orderDocumentRecord.parse(item)),
  readIfPresent: (item) => item && orderOf(orderDocumentRecord.read(item)),
  create: (order) => withOpenEntries(order, orderDocumentRecord.create(documentOf(order))),
  replace: (order) => withOpenEntries(order, orderDocumentRecord.replace(documentOf(order))),
};

function withOpenEntries(order: Order, write: Write): Write {
  if (order.status !== 'queued' || write.kind === 'delete') return write;
  const indexes = {
    ...write.indexes,
    TriggerIndex: triggerKeyOf(order),
    OrderExpiryIndex: expiryKeyOf(order),
  };
  return { ...write, indexes };
}

const clientOrderSchema = z.object({
  username: usernameSchema,
  client_order_id: clientOrderIdSchema,
  order_id: orderIdSchema,
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

/** Returns the key of an open order in the trigger index. */
export function triggerKeyOf(order: OpenOrder): IndexEntry {
  const key = (kind: TriggerKind, sortable: string) => ({
    pk: triggerPartition(order.asset_id, kind),
    sk: sortable + SEPARATOR + order.order_id,
  });
  // A triggered stop is open as a limit at its bound.
  if (order.trigger !== null) return key('BID_GE', sortablePrice(order.price_bound));
  switch (order.order_type) {
    case 'limit_buy':
      return key('ASK_LE', sortablePrice(order.limit));
    case 'limit_sell':
      return key('BID_GE', sortablePrice(order.limit));
    case 'stop_loss':
      return key('BID_LE', sortablePrice(order.stop_price));
    case 'take_profit':
      return key('BID_GE', sortablePrice(order.stop_price));
    case 'trailing_stop':
      return key('TRAIL', sortableSeq(order.accepted_quote.seq));
  }
}

/** Returns the key of an open order in the expiry index. */
export function expiryKeyOf({ order_id, expires_at }: OpenOrder): IndexEntry {
  return { pk: expiryPartition(shardOf(order_id)), sk: expires_at + SEPARATOR + order_id };
}

/** Shards by the last character of an order's id, which is random. */
function shardOf(orderId: OrderId): number {
  return orderId.charCodeAt(orderId.length - 1) % EXPIRY_SHARDS;
}

/** Selects the orders of a user for a list. */
export interface OrderFilter {
  readonly asset_id?: AssetId | undefined;
  /** Orders of any of these types. */
  readonly order_types?: readonly OrderType[] | undefined;
  /** Orders of any of these statuses. */
  readonly statuses?: readonly OrderStatus[] | undefined;
  /** Orders that changed after this time. */
  readonly updated_after?: IsoTime | undefined;
  /** Earliest time of acceptance, inclusive. */
  readonly from?: IsoTime | undefined;
  /** Latest time of acceptance, inclusive. */
  readonly to?: IsoTime | undefined;
}

/** A change of an order that is not open yet: it moves no money and releases no hold. */
export interface StatusChange {
  readonly status: 'confirmed' | 'cancelled' | 'failed';
  readonly at: Date;
  /** The reason in the order's history, which the user sees. */
  readonly reason: string | null;
}

export type OrderDao = ReturnType<typeof createOrderDao>;

/**
 * Creates the DAO of orders. It changes neither money nor holds: a use case does, in one `transact` with the order.
 */
export function createOrderDao(store: TableStore) {
  const change = async (order_id: OrderId, decide: (order: Order) => Order): Promise<OrderDocument> =>
    store.transact({ order: orderRecord.key({ order_id }) }, (items) => {
      const order = orderRecord.readIfPresent(items.order);
      if (!order) throw new NotFoundError('The order');
      const changed = decide(order);
      return { writes: [orderRecord.replace(changed)], result: documentOf(changed) };
    });

  return {
    /** Stores a new order, before anything is moved or held for it. Next used by `POST /admin/users/:username/orders`. */
    async createOrder(order: OrderIn<'pending'>): Promise<OrderDocument> {
      return store.transact({}, () => ({ writes: [orderRecord.create(order)], result: documentOf(order) }));
    },

    /** Returns a user's order with a `client_order_id`; undefined when there is none. */
    async getOrderByClientId(
      username: Username,
      client_order_id: ClientOrderId,
    ): Promise<OrderDocument | undefined> {
      const item = await store.get(clientOrderRecord.key({ username, client_order_id }));
      const known = clientOrderRecord.readIfPresent(item);
      if (!known) return undefined;
      return orderDocumentRecord.readIfPresent(await store.get(orderRecord.key(known)));
    },

    /** Returns an order of any user; undefined when it does not exist. */
    async getOrder(order_id: OrderId): Promise<OrderDocument | undefined> {
      return orderDocumentRecord.readIfPresent(await store.get(orderRecord.key({ order_id })));
    },

    /**
     * Changes fields of an order that are neither money nor status. Next used by `PATCH /admin/orders/:id`.
     * @throws NotFoundError (404)
     */
    async updateOrder(order_id: OrderId, update: OrderUpdate, at: Date): Promise<OrderDocument> {
      const changes = orderUpdateSchema.parse(update);
      return change(order_id, (order) => ({ ...order, ...changes, updated_at: isoTime(at) }));
    },

    /**
     * Takes an order that is not open yet to its next status, and adds that to the history. Next used by
     * `PATCH /admin/orders/:id/status`.
     * @throws NotFoundError (404)
     * @throws StateConflictError (409) when the order may not take this status, or is open: then its hold is released too
     */
    async updateOrderStatus(order_id: OrderId, next: StatusChange): Promise<OrderDocument> {
      return change(order_id, (order) => withStatus(order, next));
    },

    ...createOrderLists(store),
  };
}

function withStatus(order: Order, next: StatusChange): OrderIn<StatusChange['status']> {
  const { status, reason } = next;
  const at = isoTime(next.at);
  if (order.status !== 'pending' && order.status !== 'confirmed') {
    assertMayBecome(order, status);
    throw new StateConflictError(
      `The order is ${order.status}: it holds funds, which this would not release.`,
    );
  }
  switch (status) {
    case 'confirmed':
      return { ...order, ...advance(order, status, at, reason) };
    case 'failed':
      return { ...order, ...advance(order, status, at, reason) };
    case 'cancelled':
      return { ...order, ...advance(order, status, at, reason), cancelled_at: at };
  }
}

/** Creates the lists of a user's orders. */
function createOrderLists(store: TableStore) {
  /**
   * Lists a user's orders, newest first. A page reads a bounded number of orders, so with a filter it may be short
   * although more follow.
   */
  const getOrdersByUser = async (
    username: Username,
    page: PageRequest,
    filter: OrderFilter = {},
  ): Promise<Page<OrderDocument>> => {
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
      orderDocumentRecord.read,
    );
  };

  return {
    getOrdersByUser,

    /** Lists a user's orders of one asset, newest first. */
    async getOrdersByUserAndAsset(
      username: Username,
      asset_id: AssetId,
      page: PageRequest,
    ): Promise<Page<OrderDocument>> {
      return getOrdersByUser(username, page, { asset_id });
    },

    /** Lists a user's orders of one status, newest first. */
    async getOrdersByUserAndStatus(
      username: Username,
      status: OrderStatus,
      page: PageRequest,
    ): Promise<Page<OrderDocument>> {
      return getOrdersByUser(username, page, { statuses: [status] });
    },
  };
}

/** Returns whether a filter selects an order. */
export function matchesFilter(order: OrderDocument, filter: OrderFilter): boolean {
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
