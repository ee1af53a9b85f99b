import { formatCsv } from '@cnop/common/core/csv';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';

/** The columns of a table of orders; null is an empty cell. */
const ORDER_COLUMNS: Readonly<Record<string, (order: OrderDocument) => string | null>> = {
  order_id: ({ order_id }) => order_id,
  client_order_id: ({ client_order_id }) => client_order_id,
  created_at: ({ created_at }) => created_at,
  updated_at: ({ updated_at }) => updated_at,
  asset_id: ({ asset_id }) => asset_id,
  order_type: ({ order_type }) => order_type,
  side: ({ order_type }) => sideOf(order_type),
  status: ({ status }) => status,
  quantity: ({ quantity }) => quantity,
  price: ({ price }) => price,
  price_bound: ({ price_bound }) => price_bound,
  stop_price: ({ stop_price }) => stop_price,
  trail_amount: ({ trail_amount }) => trail_amount,
  trail_percent: ({ trail_percent }) => trail_percent,
  executed_price: ({ executed_price }) => executed_price,
  total_amount: ({ total_amount }) => total_amount,
  fees: ({ fees }) => fees,
  executed_at: ({ executed_at }) => executed_at,
  cancelled_at: ({ cancelled_at }) => cancelled_at,
  expires_at: ({ expires_at }) => expires_at,
  description: ({ description }) => description,
};

/** The columns of a table of trades; null is an empty cell. */
const TRADE_COLUMNS: Readonly<Record<string, (trade: AssetTransaction) => string | null>> = {
  transaction_id: ({ transaction_id }) => transaction_id,
  timestamp: ({ timestamp }) => timestamp,
  asset_id: ({ asset_id }) => asset_id,
  transaction_type: ({ transaction_type }) => transaction_type,
  quantity: ({ quantity }) => quantity,
  price: ({ price }) => price,
  total_amount: ({ total_amount }) => total_amount,
  fees: ({ fees }) => fees,
  realized_pnl: ({ realized_pnl }) => realized_pnl,
  order_id: ({ order_id }) => order_id,
  status: ({ status }) => status,
  counterpart: ({ counterpart }) => counterpart,
  direction: ({ direction }) => direction ?? null,
  cost: ({ cost }) => cost ?? null,
};

/** Formats orders as CSV, in the given order. */
export function ordersCsv(orders: readonly OrderDocument[]): string {
  return tableOf(ORDER_COLUMNS, orders);
}

/** Formats trades as CSV, in the given order. */
export function tradesCsv(trades: readonly AssetTransaction[]): string {
  return tableOf(TRADE_COLUMNS, trades);
}

function tableOf<T>(
  columns: Readonly<Record<string, (row: T) => string | null>>,
  rows: readonly T[],
): string {
  const readers = Object.values(columns);
  return formatCsv(
    Object.keys(columns),
    rows.map((row) => readers.map((read) => read(row) ?? '')),
  );
}
