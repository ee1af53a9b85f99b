import { MAX_CSV_ROWS } from '@cnop/common/core/csv';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { collectPages } from '@cnop/common/core/pagination';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { OrderDao, OrderFilter } from '@cnop/common/dao/order/order-dao';
import { matchesFilter } from '@cnop/common/dao/order/order-dao';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { Order, OrderType } from '@cnop/common/entities/order/order';
import { orderTypeSchema } from '@cnop/common/entities/order/order';
import type { Side } from '@cnop/common/trading/order-sides';
import { sideOf } from '@cnop/common/trading/order-sides';
import { ValidationError } from '@cnop/exception/errors';
import { ordersCsv } from '../domain/csv-tables.ts';

/** Pages of one export, each of which looks at a bounded number of orders. */
const MAX_PAGES_READ = 100;

/** Which of a user's orders a list shows; all that are given must fit. */
export interface OrderSelection extends Omit<OrderFilter, 'order_types'> {
  readonly username: string;
  readonly order_type?: OrderType | undefined;
  readonly side?: Side | undefined;
  /** At most one order has it. */
  readonly client_order_id?: string | undefined;
}

interface ListOrdersDeps {
  readonly orders: Pick<OrderDao, 'getOrdersByUser' | 'getOrderByClientId'>;
  readonly assets: Pick<AssetDao, 'assertKnown'>;
}

/**
 * Lists a user's orders, newest first.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function listOrders(
  deps: ListOrdersDeps,
  selection: OrderSelection,
  request: PageRequest,
): Promise<Page<Order>> {
  await assertKnownAsset(deps, selection);
  return readOrders(deps, selection, request);
}

/**
 * Returns a selection of orders as a table, newest first.
 * @throws NotFoundError (404) for an unknown asset; ValidationError (422) when there are more than an export may have
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

async function assertKnownAsset({ assets }: ListOrdersDeps, { asset_id }: OrderSelection): Promise<void> {
  if (asset_id !== undefined) await assets.assertKnown([asset_id]);
}

async function readOrders(
  { orders }: ListOrdersDeps,
  { username, order_type, side, client_order_id, ...rest }: OrderSelection,
  request: PageRequest,
): Promise<Page<Order>> {
  const filter: OrderFilter = { ...rest, order_types: typesOf(order_type, side) };
  if (client_order_id === undefined) return orders.getOrdersByUser(username, request, filter);
  const order = await orders.getOrderByClientId(username, client_order_id);
  const isShown =
    order !== undefined && request.offset === 0 && !request.after && matchesFilter(order, filter);
  return { items: isShown ? [order] : [], next: undefined };
}

/** The order types that fit a type and a side; undefined when neither is given. */
function typesOf(type: OrderType | undefined, side: Side | undefined): readonly OrderType[] | undefined {
  if (type === undefined && side === undefined) return undefined;
  return orderTypeSchema.options.filter(
    (each) => (type === undefined || each === type) && (side === undefined || sideOf(each) === side),
  );
}
