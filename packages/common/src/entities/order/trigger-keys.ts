import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../core/money.ts';
import { sortableSeq } from '../../core/sortable-seq.ts';
import type { Quote } from '../inventory/quote.ts';
import type { Order } from './order.ts';

/**
 * What triggers an open order: an ask at or below its price, a bid at or below it, a bid at or above it, or a bid that
 * fell too far from its peak.
 */
export type TriggerKind = 'ASK_LE' | 'BID_LE' | 'BID_GE' | 'TRAIL';

const SEPARATOR = '#';
/** Enough for a few machines to sweep in parallel and for no partition of DynamoDB to run hot. */
export const EXPIRY_SHARDS = 8;

export function triggerPartition(assetId: string, kind: TriggerKind): string {
  return assetId + SEPARATOR + kind;
}

/** Formats a decimal so that text sorts as the numbers do: 15 digits, the point, 18 digits. */
export function sortablePrice(price: string): string {
  const [whole = '', fraction = ''] = price.split('.');
  return `${whole.padStart(MAX_INTEGER_DIGITS, '0')}.${fraction.padEnd(MAX_SCALE, '0')}`;
}

/**
 * Whether a stop was triggered while the price was worse than its bound: it is open as a limit at that bound from then
 * on, and keeps the quote that triggered it.
 */
export function isTriggeredWithBound(
  order: Pick<Order, 'status' | 'trigger_quote' | 'price_bound'>,
): order is { status: 'queued'; trigger_quote: Quote; price_bound: string } {
  return order.status === 'queued' && order.trigger_quote !== null && order.price_bound !== null;
}

/** Returns the key of an open order in the trigger index; undefined for any other order. */
export function triggerKeyOf(order: Order): { readonly pk: string; readonly sk: string } | undefined {
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
export function expiryKeyOf(order: Order): { readonly pk: string; readonly sk: string } | undefined {
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
