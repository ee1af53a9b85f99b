import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OrderCreate } from '@cnop/common/entities/order/order';
import { assertNotBlocked } from '@cnop/common/entities/user/balance-rules';
import type { Funds } from '@cnop/common/trading/end-order';
import { isMarketOrder } from '@cnop/common/trading/order-sides';
import type { AcceptedOrder } from './accept-order.ts';
import { acceptOrder, assertRoomForOrder } from './accept-order.ts';
import { executeAtOnce } from './execute-at-once.ts';
import type { ExecutedOrder } from './executed-order.ts';
import { assertTradableQuote } from './fresh-quote.ts';
import { assertMarketAllows } from './market-rules.ts';
import type { OrderContext } from './new-order.ts';
import type { OrderTerms } from './order-terms.ts';
import { orderTerms } from './order-terms.ts';
import { meetsLimit } from './trigger-rules.ts';

/** All that decides what becomes of a request. */
export interface OrderSituation {
  readonly request: OrderCreate;
  readonly asset: Asset | undefined;
  /** The latest one, however old. */
  readonly quote: Quote | undefined;
  readonly now: Date;
  readonly maxQuoteAgeSeconds: number;
  /** How many open orders one user may have. */
  readonly maxOpenOrders: number;
  readonly context: OrderContext;
  readonly funds: Funds;
}

/** What became of an order that was placed. */
export type Placement =
  | { readonly kind: 'executed'; readonly executed: ExecutedOrder }
  | { readonly kind: 'queued'; readonly accepted: AcceptedOrder };

/**
 * Holds a request against its asset, the market and the funds, and executes the order or lets it wait.
 * @throws ForbiddenError (403) when the account may not trade
 * @throws ValidationError, AssetNotTradableError, OrderRefusedError, InsufficientBalanceError, OpenOrderLimitError (all 422)
 * @throws PriceTooOldError, PriceSuspendedError (503)
 */
export function decidePlacement(situation: OrderSituation): Placement {
  const { request, asset, now, maxQuoteAgeSeconds: maxAgeSeconds } = situation;
  assertNotBlocked(situation.funds.balance);
  const terms = orderTerms(request, asset, now);
  const quote = assertTradableQuote(terms.assetId, situation.quote, { now, maxAgeSeconds });
  assertMarketAllows(terms, quote);
  return carryOut(terms, quote, situation);
}

/** The last step of `decidePlacement`, for terms that fit and a market that allows them. */
export function carryOut(
  terms: OrderTerms,
  quote: Quote,
  { context, funds, maxOpenOrders }: Pick<OrderSituation, 'context' | 'funds' | 'maxOpenOrders'>,
): Placement {
  if (executesAtOnce(terms, quote)) {
    return { kind: 'executed', executed: executeAtOnce(terms, context, { funds, quote }) };
  }
  assertRoomForOrder(funds.balance, maxOpenOrders);
  return { kind: 'queued', accepted: acceptOrder(terms, context, { funds, quote }) };
}

/** Market orders always do, limit orders when the market is there already. */
export function executesAtOnce({ orderType, side, limit }: OrderTerms, quote: Quote): boolean {
  return isMarketOrder(orderType) || (limit !== null && meetsLimit(side, limit, quote));
}
