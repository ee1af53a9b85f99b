import { countOpenOrders } from '@cnop/common/accounts/cancel-open-orders';
import type { Intent } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import type { Decision } from '@cnop/common/database/table-store';
import type { Order, OrderCreate } from '@cnop/common/entities/order/order';
import { orderSchema } from '@cnop/common/entities/order/order';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { Placement } from '../domain/decide-placement.ts';
import { decidePlacement } from '../domain/decide-placement.ts';
import type { OrderContext } from '../domain/new-order.ts';
import { assertMayTrade } from '../domain/order-errors.ts';
import { assertUnclaimed, claimOf, claimReads, claimWrites, KnownClientOrder } from './client-order-claim.ts';
import type { OrderDependencies } from './dependencies.ts';
import { findOwnOrder } from './find-own-order.ts';
import { acceptanceWrites, executionWrites, fundsOf, fundsReads } from './order-writes.ts';
import { reportTrade } from './report-trade.ts';

export interface PlaceOrder {
  readonly username: string;
  /** As the access token has it: a change of role ends the sessions that carry the old one. */
  readonly role: UserRole;
  readonly request: OrderCreate;
  /** Tells this request from another one under the same client_order_id. */
  readonly requestHash: string;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

export interface PlacedOrder {
  readonly order: Order;
  /** `known`: an order of this client_order_id was there; `replayed`: the key was answered before. */
  readonly outcome: 'placed' | 'known' | 'replayed';
}

/**
 * Accepts an order: executes it at the price of the moment, or reserves what it needs and lets it wait. Funds, ledger,
 * order, event and the answer to a retry are one commit.
 * @throws StaffCannotTradeError, ForbiddenError (403) when the role or the account may not trade
 * @throws ValidationError, AssetNotTradableError, OrderRefusedError, InsufficientBalanceError, OpenOrderLimitError (all 422)
 * @throws PriceTooOldError, PriceSuspendedError (503)
 */
export async function placeOrder(deps: OrderDependencies, command: PlaceOrder): Promise<PlacedOrder> {
  const { username, role, request, intent } = command;
  const now = deps.clock.now();
  const asset = await deps.assets.getAsset(request.asset_id);
  const context: OrderContext = {
    username,
    orderId: deps.ids.next(),
    tradeId: deps.ids.next(),
    eventId: deps.ids.next(),
    at: now.toISOString(),
  };
  const quote = deps.quoteFor(request.asset_id, asset);
  const { maxQuoteAgeSeconds, maxOpenOrders } = deps;
  const situation = { request, asset, quote, now, maxQuoteAgeSeconds, maxOpenOrders, context };
  const claim = claimOf(command, context.orderId);
  const attempt = async (): Promise<PlacedOrder> => {
    const { result: order, isReplayed } = await transactOnce(deps.store, {
      intent,
      now,
      answer: orderSchema,
      reads: { ...fundsReads(username, request.asset_id), ...claimReads(claim) },
      decide: (items) => {
        assertUnclaimed(items.claim, claim);
        assertMayTrade(role);
        // Here and not before the transaction, so that a retry is answered whatever became of the asset and its price.
        const funds = fundsOf(items);
        const placement = decidePlacement({ ...situation, funds });
        if (placement.kind === 'queued' && funds.balance.open_order_count === null)
          throw new UncountedOrders();
        const { writes, result } = writesOf(placement);
        return { writes: [...writes, ...claimWrites(claim)], result };
      },
    });
    if (!isReplayed) reportTrade(deps, order);
    return { order, outcome: isReplayed ? 'replayed' : 'placed' };
  };
  try {
    return await countingFirst(deps, username, attempt);
  } catch (error) {
    if (!(error instanceof KnownClientOrder)) throw error;
    return {
      order: await findOwnOrder(deps.orders, { username, orderId: error.orderId }),
      outcome: 'known',
    };
  }
}

/** Thrown inside a decision, never sent: the account's open orders were never counted. */
class UncountedOrders extends Error {}

/** Counts the open orders of an account when an order needs the count and there is none, then tries again. */
async function countingFirst<T>(
  { store }: Pick<OrderDependencies, 'store'>,
  username: string,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof UncountedOrders)) throw error;
    await countOpenOrders(store, username);
    return attempt();
  }
}

function writesOf(placement: Placement): Decision<Order> {
  if (placement.kind === 'executed') {
    const { executed } = placement;
    return { writes: executionWrites(executed, { isNew: true }), result: executed.order };
  }
  return { writes: acceptanceWrites(placement.accepted), result: placement.accepted.order };
}
