import type { ClientOrderId, OrderId, Username } from '@cnop/common/core/brands';
import { MAX_CSV_ROWS } from '@cnop/common/core/csv';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { collectPages } from '@cnop/common/core/pagination';
import type { OrderDao, OrderFilter } from '@cnop/common/dao/order/order-dao';
import { matchesFilter } from '@cnop/common/dao/order/order-dao';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { Side } from '@cnop/common/entities/order/order';
import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument, OrderType } from '@cnop/common/entities/order/order-document';
import { orderTypeSchema } from '@cnop/common/entities/order/order-document';
import type { SeenRead, SeenReads } from '@cnop/common/events/seen-reads';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import { ordersCsv } from '../domain/reading/csv-tables.ts';
import type { OrderDependencies } from './dependencies.ts';

/** The most pages of one export. Each page reads a bounded number of orders. */
const MAX_PAGES_READ = 100;

/** The filters of a list of a user's orders. An order is listed when it matches all of them. */
export interface OrderSelection extends Omit<OrderFilter, 'order_types'> {
  readonly username: Username;
  readonly order_type?: OrderType | undefined;
  readonly side?: Side | undefined;
  /** Matches at most one order. */
  readonly client_order_id?: ClientOrderId | undefined;
}

/** The key of an order, and the user who must own it. */
export interface OwnOrder {
  readonly username: Username;
  readonly orderId: OrderId;
}

/**
 * Returns an order of a user.
 * @throws NotFoundError (404) when the order does not exist or belongs to another user
 */
export async function findOwnOrder(
  { orders }: { readonly orders: Pick<OrderDao, 'getOrder'> },
  { username, orderId }: OwnOrder,
): Promise<OrderDocument> {
  const order = await orders.getOrder(orderId);
  if (order?.username !== username) throw new NotFoundError('The order');
  return order;
}

/** The dependencies of `readOwnOrder`. */
export interface ReadOwnOrderDeps extends Pick<OrderDependencies, 'orders'> {
  /** Orders for clients that say what they have seen, and final ones. */
  readonly seenOrders: SeenReads<OrderDocument>;
}

/**
 * Returns an order of a user, for a client and never for a decision: from memory, when it is final or includes the event
 * that the client has seen.
 * @throws NotFoundError (404) when the order does not exist or belongs to another user
 */
export async function readOwnOrder(
  { orders, seenOrders }: ReadOwnOrderDeps,
  { username, orderId, seen }: OwnOrder & Pick<SeenRead, 'seen'>,
): Promise<OrderDocument> {
  return seenOrders.read({ username, id: orderId, seen }, async () =>
    findOwnOrder({ orders }, { username, orderId }),
  );
}

type ListOrdersDeps = Pick<OrderDependencies, 'knownAssets'> & {
  readonly orders: Pick<OrderDao, 'getOrdersByUser' | 'getOrderByClientId'>;
};

/**
 * Lists a user's orders, newest first.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function listOrders(
  deps: ListOrdersDeps,
  selection: OrderSelection,
  request: PageRequest,
): Promise<Page<OrderDocument>> {
  await assertKnownAsset(deps, selection);
  return readOrders(deps, selection, request);
}

/** @throws NotFoundError (404) for a user who does not exist */
export async function assertKnownUser(
  { users }: Pick<OrderDependencies, 'users'>,
  username: Username,
): Promise<void> {
  if (!(await users.getUserByUsername(username))) throw new NotFoundError('The user');
}

/**
 * Exports a selection of orders as CSV, newest first.
 * @throws NotFoundError (404) for an unknown asset
 * @throws ValidationError (422) when there are more rows than an export may have
 */
export async function exportOrders(deps: ListOrdersDeps, selection: OrderSelection): Promise<string> {
  await assertKnownAsset(deps, selection);
  const orders = await collectPages((request) => readOrders(deps, selection, request), {
    pageSize: MAX_QUERY_LIMIT,
    maxItems: MAX_CSV_ROWS,
    maxPages: MAX_PAGES_READ,
  });
  if (orders) return ordersCsv(orders);
  const message = `There are more than ${MAX_CSV_ROWS} orders to look at. Ask for a narrower period.`;
  throw ValidationError.ofParameter('start_date', message, 'period_too_wide');
}

async function assertKnownAsset(
  { knownAssets }: ListOrdersDeps,
  { asset_id }: OrderSelection,
): Promise<void> {
  if (asset_id !== undefined) await knownAssets.assertKnown([asset_id]);
}

async function readOrders(
  { orders }: ListOrdersDeps,
  { username, order_type, side, client_order_id, ...rest }: OrderSelection,
  request: PageRequest,
): Promise<Page<OrderDocument>> {
  const filter: OrderFilter = { ...rest, order_types: typesOf(order_type, side) };
  if (client_order_id === undefined) return orders.getOrdersByUser(username, request, filter);
  const order = await orders.getOrderByClientId(username, client_order_id);
  const isShown =
    order !== undefined && request.offset === 0 && !request.after && matchesFilter(order, filter);
  return { items: isShown ? [order] : [], next: undefined };
}

/** Returns the order types that match a type and a side; undefined when neither is given. */
function typesOf(type: OrderType | undefined, side: Side | undefined): readonly OrderType[] | undefined {
  if (type === undefined && side === undefined) return undefined;
  return orderTypeSchema.options.filter(
    (each) => (type === undefined || each === type) && (side === undefined || sideOf(each) === side),
  );
}
