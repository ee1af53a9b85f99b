import { isoTime, knownPrice, knownUsd } from '@cnop/common/core/brands';
import { systemIds } from '@cnop/common/core/ids';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { ASSET_ID, quoteOf, START_PRICE } from './triggers-market.ts';

const USERS = 1_000;
const ORDERS_PER_TRANSACTION = 90;
const TRANSACTIONS_AT_ONCE = 16;
const ORDERS_PER_LINE_OF_PROGRESS = 100_000;
const LIFETIME_MILLISECONDS = 30 * 24 * 60 * 60 * 1_000;

/** The kind of open orders: limits and stops with a fixed trigger price, or trailing stops. */
export type OrderKind = 'fixed' | 'trailing';

/** Writes open orders directly to a store; placing a million orders would take hours. */
export async function storeOpenOrders(
  path: string,
  {
    kind,
    from,
    to,
    print,
  }: {
    readonly kind: OrderKind;
    readonly from: number;
    readonly to: number;
    readonly print: (line: string) => void;
  },
): Promise<void> {
  const store = createLmdbTableStore({ path });
  const accepted = quoteOf(START_PRICE);
  const expiresAt = isoTime(new Date(Date.now() + LIFETIME_MILLISECONDS));
  let next = from;
  const fill = async (): Promise<void> => {
    while (next < to) {
      const start = next;
      const end = Math.min(to, start + ORDERS_PER_TRANSACTION);
      next = end;
      await writeOrders(store, makeOpenOrders(kind, { start, end, accepted, expiresAt }));
      if (progressLines(start) < progressLines(end)) print(`${end} ${kind} orders stored`);
    }
  };
  await Promise.all(Array.from({ length: TRANSACTIONS_AT_ONCE }, fill));
  await store.close();
}

function progressLines(orders: number): number {
  return Math.floor(orders / ORDERS_PER_LINE_OF_PROGRESS);
}

async function writeOrders(store: TableStore, orders: readonly Order[]): Promise<void> {
  await store.transact({}, () => ({ writes: orders.map(orderRecord.create), result: undefined }));
}

function makeOpenOrders(
  kind: OrderKind,
  {
    start,
    end,
    accepted,
    expiresAt,
  }: { readonly start: number; readonly end: number; readonly accepted: Quote; readonly expiresAt: string },
): Order[] {
  return Array.from({ length: end - start }, (_, offset) => {
    const i = start + offset;
    const condition = kind === 'trailing' ? trailingCondition(i) : fixedCondition(i);
    const document = orderDocumentSchema.parse({
      ...condition,
      order_id: systemIds.next(),
      username: `user${i % USERS}`,
      asset_id: ASSET_ID,
      status: 'queued',
      quantity: '1',
      held_amount: '1',
      accepted_quote: accepted,
      created_at: accepted.at,
      updated_at: accepted.at,
      expires_at: expiresAt,
      history: [
        { status: 'pending', at: accepted.at },
        { status: 'confirmed', at: accepted.at },
        { status: 'queued', at: accepted.at },
      ],
    });
    return orderOf(document);
  });
}

/** Returns trigger prices below 90 or above 110, so that no price between triggers an order. */
function fixedCondition(i: number): Partial<OrderDocument> {
  const below = knownPrice(`${10 + (i % 80)}.${String(i % 1_000_000).padStart(6, '0')}`);
  const above = knownPrice(`${110 + (i % 80)}.${String(i % 1_000_000).padStart(6, '0')}`);
  if (i % 4 === 0) return { order_type: 'limit_buy', price: below, total_amount: knownUsd(below) };
  if (i % 4 === 1) return { order_type: 'take_profit', stop_price: above };
  return { order_type: 'stop_loss', stop_price: below };
}

/** Returns trails of 20 or more below the peak. */
function trailingCondition(i: number): Partial<OrderDocument> {
  const more = String(i % 1_000_000).padStart(6, '0');
  return i % 2 === 0
    ? { order_type: 'trailing_stop', trail_amount: knownPrice(`${20 + (i % 30)}.${more}`) }
    : { order_type: 'trailing_stop', trail_percent: `${20 + (i % 30)}.${String(i % 100).padStart(2, '0')}` };
}
