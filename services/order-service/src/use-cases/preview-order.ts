import { isoTime, newId } from '@cnop/common/core/brands';
import type { Item } from '@cnop/common/database/table-store';
import type { OrderPreview, OrderReason } from '@cnop/common/entities/order/order-preview';
import { assertMayTrade } from '@cnop/common/trading/permissions';
import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import { attempt, previewPlacement } from '../domain/reading/order-preview.ts';
import type { OrderDependencies } from './dependencies.ts';
import type { Claim, OrderCommand } from './place-order.ts';
import {
  assertUnclaimed,
  claimOf,
  claimReads,
  fundsOf,
  fundsReads,
  KnownClientOrder,
} from './place-order.ts';

/** Stands for the ids that a placed order would have. */
const NO_ID = newId('preview');

/**
 * Predicts what an order would do if it were placed now. Writes nothing.
 * @throws NotFoundError (404) for an unknown asset
 * @see docs/reference/orders.md
 */
export async function previewOrder(
  deps: Pick<
    OrderDependencies,
    'store' | 'clock' | 'assets' | 'quoteFor' | 'maxQuoteAgeSeconds' | 'maxOpenOrders' | 'maxOrderValueOf'
  >,
  command: OrderCommand,
): Promise<OrderPreview> {
  const { username, role, request } = command;
  const now = deps.clock.now();
  const context = { username, orderId: NO_ID, tradeId: NO_ID, eventId: NO_ID, at: isoTime(now) };
  const asset = await deps.assets.getAsset(request.asset_id);
  if (!asset) throw new NotFoundError(`The asset ${request.asset_id}`);
  const quote = deps.quoteFor(request.asset_id, asset);
  const { maxQuoteAgeSeconds, maxOpenOrders } = deps;
  const maxOrderValue = await deps.maxOrderValueOf?.(username);
  const roleReasons = attempt(() => assertMayTrade(role)).reasons;
  const claim = claimOf(command, NO_ID);
  // A transaction without writes: balance, position and claim are read at one moment.
  return deps.store.transact({ ...fundsReads(username, request.asset_id), ...claimReads(claim) }, (items) => {
    const funds = fundsOf(items);
    const limits = { maxQuoteAgeSeconds, maxOpenOrders, maxOrderValue };
    const situation = { request, asset, quote, now, ...limits, context, funds };
    return {
      writes: [],
      result: previewPlacement(situation, [...roleReasons, ...reasonsOfClaim(items.claim, claim)]),
    };
  });
}

/** A client_order_id that was used before: the order is refused, or the existing order returned and nothing done. */
function reasonsOfClaim(item: Item | undefined, claim: Claim | undefined): readonly OrderReason[] {
  return attempt(() => {
    try {
      assertUnclaimed(item, claim);
    } catch (error) {
      if (!(error instanceof KnownClientOrder)) throw error;
      throw new AlreadyExistsError(
        'This order was placed already: it would be shown again.',
        'client_order_id',
      );
    }
  }).reasons;
}
