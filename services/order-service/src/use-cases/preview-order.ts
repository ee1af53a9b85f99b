import type { Item } from '@cnop/common/database/table-store';
import type { OrderCreate } from '@cnop/common/entities/order/order';
import type { OrderPreview, OrderReason } from '@cnop/common/entities/order/order-preview';
import type { UserRole } from '@cnop/common/entities/user/user';
import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import { assertMayTrade } from '../domain/order-errors.ts';
import { previewOrder as preview } from '../domain/order-preview.ts';
import { attempt } from '../domain/refusals.ts';
import type { Claim } from './client-order-claim.ts';
import { assertUnclaimed, claimOf, claimReads, KnownClientOrder } from './client-order-claim.ts';
import type { OrderDependencies } from './dependencies.ts';
import { fundsOf, fundsReads } from './order-writes.ts';

export interface PreviewOrder {
  readonly username: string;
  /** As the access token has it: a change of role ends the sessions that carry the old one. */
  readonly role: UserRole;
  readonly request: OrderCreate;
  /** Tells this request from another one under the same client_order_id. */
  readonly requestHash: string;
}

/** Stands where a placed order would have ids of its own. */
const NO_ID = 'preview';

/**
 * Says what an order would do if it were placed now, and writes nothing.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function previewOrder(
  deps: Pick<
    OrderDependencies,
    'store' | 'clock' | 'assets' | 'quoteFor' | 'maxQuoteAgeSeconds' | 'maxOpenOrders'
  >,
  command: PreviewOrder,
): Promise<OrderPreview> {
  const { username, role, request } = command;
  const now = deps.clock.now();
  const context = { username, orderId: NO_ID, tradeId: NO_ID, eventId: NO_ID, at: now.toISOString() };
  const asset = await deps.assets.getAsset(request.asset_id);
  if (!asset) throw new NotFoundError(`The asset ${request.asset_id}`);
  const quote = deps.quoteFor(request.asset_id, asset);
  const { maxQuoteAgeSeconds, maxOpenOrders } = deps;
  const roleReasons = attempt(() => assertMayTrade(role)).reasons;
  const claim = claimOf(command, NO_ID);
  // A transaction without writes: cash, holding and name are read at one moment.
  return deps.store.transact({ ...fundsReads(username, request.asset_id), ...claimReads(claim) }, (items) => {
    const funds = fundsOf(items);
    const situation = { request, asset, quote, now, maxQuoteAgeSeconds, maxOpenOrders, context, funds };
    return {
      writes: [],
      result: preview(situation, [...roleReasons, ...reasonsOfClaim(items.claim, claim)]),
    };
  });
}

/** A name that was used before: the order would be refused, or the one of that name shown and nothing done. */
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
