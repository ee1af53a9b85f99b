import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../core/money.ts';
import { sortableSeq } from '../../core/sortable-seq.ts';
import type { Quote } from '../inventory/quote.ts';
import type { Order } from './order.ts';

/**
 * Where conditional orders of one asset wait, by what makes them fire: an ask at or below their price, a bid at or below
 * it, a bid at or above it, or a bid that fell too far from its peak.
 */
export type Book = 'ASK_LE' | 'BID_LE' | 'BID_GE' | 'TRAIL';

const SEPARATOR = '#';
/** Enough for a few machines to sweep in parallel and for no partition of DynamoDB to run hot. */
export const EXPIRY_SHARDS = 8;

export function bookPartition(assetId: string, book: Book): string {
  return assetId + SEPARATOR + book;
}

/** A decimal as text whose order is that of the numbers: 15 digits, the point, 18 digits. */
export function sortablePrice(price: string): string {
  const [whole = '', fraction = ''] = price.split('.');
  return `${whole.padStart(MAX_INTEGER_DIGITS, '0')}.${fraction.padEnd(MAX_SCALE, '0')}`;
}

/**
 * Whether a stop was triggered while the price was worse than its bound: it is open as a limit at that bound from then
 * on, and keeps the quote that triggered it.
 */
export function isBoundWaiting(
  order: Pick<Order, 'status' | 'trigger_quote' | 'price_bound'>,
): order is { status: 'queued'; trigger_quote: Quote; price_bound: string } {
  return order.status === 'queued' && order.trigger_quote !== null && order.price_bound !== null;
}

/** The place of a waiting order in the book; none when it does not wait. */
export function triggerPlaceOf(order: Order): { readonly pk: string; readonly sk: string } | undefined {
  if (order.status !== 'queued') return undefined;
  const { asset_id, order_type, order_id } = order;
  const place = (book: Book, sortable: string) => ({
    pk: bookPartition(asset_id, book),
    sk: sortable + SEPARATOR + order_id,
  });
  if (isBoundWaiting(order)) return place('BID_GE', sortablePrice(order.price_bound));
  switch (order_type) {
    case 'limit_buy':
      return place('ASK_LE', sortablePrice(order.price ?? ''));
    case 'limit_sell':
      return place('BID_GE', sortablePrice(order.price ?? ''));
    case 'stop_loss':
      return place('BID_LE', sortablePrice(order.stop_price ?? ''));
    case 'take_profit':
      return place('BID_GE', sortablePrice(order.stop_price ?? ''));
    case 'trailing_stop':
      return place('TRAIL', sortableSeq(order.accepted_quote?.seq ?? 0));
    default:
      return undefined;
  }
}

/** The place of a waiting order among those that expire; none when it does not wait. */
export function expiryPlaceOf(order: Order): { readonly pk: string; readonly sk: string } | undefined {
  if (order.status !== 'queued' || order.expires_at === null) return undefined;
  return {
    pk: expiryPartition(shardOf(order.order_id)),
    sk: order.expires_at + SEPARATOR + order.order_id,
  };
}

export function expiryPartition(shard: number): string {
  return `EXPIRY${SEPARATOR}${shard}`;
}

/** The last characters of an id are random. */
function shardOf(orderId: string): number {
  return orderId.charCodeAt(orderId.length - 1) % EXPIRY_SHARDS;
}
