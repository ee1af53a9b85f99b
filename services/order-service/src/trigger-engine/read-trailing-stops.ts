import type { Position } from '@cnop/common/core/pagination';
import type { TriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import type { Order } from '@cnop/common/entities/order/order';
import type { AcceptedStop } from '../domain/missed-prices.ts';
import { PAGE_SIZE } from './each-indexed-order.ts';

export interface TrailingRange {
  readonly assetId: string;
  /** The lowest `seq` of the quote of acceptance. */
  readonly fromSeq: number;
  readonly isKnown: (orderId: string) => boolean;
  /** Told of every order that the index has, known or not. */
  readonly onSeen?: (orderId: string) => void;
}

/** The waiting trailing stops of an asset that are not known, page by page. */
export async function* readTrailingStops(
  triggerIndex: TriggerIndexDao,
  { assetId, fromSeq, isKnown, onSeen }: TrailingRange,
): AsyncGenerator<AcceptedStop> {
  let after: Position | undefined;
  do {
    const page = await triggerIndex.getOrders({ assetId, kind: 'TRAIL', fromSeq, limit: PAGE_SIZE, after });
    const ids = page.items.map(({ orderId }) => orderId);
    if (onSeen) ids.forEach(onSeen);
    const unknown = ids.filter((id) => !isKnown(id));
    // The index has their names alone; what they trail by is in the orders.
    if (unknown.length > 0) yield* (await triggerIndex.getOpen(unknown)).flatMap(acceptedStopOf);
    after = page.next;
  } while (after);
}

function acceptedStopOf(order: Order): AcceptedStop[] {
  const { order_id: orderId, username, accepted_quote } = order;
  if (!accepted_quote) return [];
  const { seq, bid, at } = accepted_quote;
  const { trail_amount: trailAmount, trail_percent: trailPercent } = order;
  return [{ orderId, username, trailAmount, trailPercent, accepted: { seq, bid, at } }];
}
