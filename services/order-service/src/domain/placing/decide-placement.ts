import { decimal, formatDecimal } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OrderCreate } from '@cnop/common/entities/order/order';
import { assertNotBlocked, InsufficientBalanceError } from '@cnop/common/entities/user/balance-rules';
import type { Funds } from '@cnop/common/trading/holds';
import { availableUnits } from '@cnop/common/trading/holds';
import { isMarketOrder } from '@cnop/common/trading/order-sides';
import { advance } from '@cnop/common/trading/order-states';
import { meetsLimit } from '@cnop/common/trading/trigger-rules';
import type { ExecutedOrder } from '../filling/execute-order.ts';
import { executeOrder } from '../filling/execute-order.ts';
import type { AcceptedOrder, OrderContext } from './accept-order.ts';
import { acceptOrder, assertBelowOrderLimit, newOrder } from './accept-order.ts';
import { assertMarketAllows, assertTradableQuote } from './market-rules.ts';
import type { OrderTerms } from './order-terms.ts';
import { ALL_AVAILABLE, orderTerms, sellsAll } from './order-terms.ts';

/** Everything that the decision about a request depends on. */
export interface OrderSituation {
  readonly request: OrderCreate;
  readonly asset: Asset | undefined;
  /** The latest quote, however old. */
  readonly quote: Quote | undefined;
  readonly now: Date;
  readonly maxQuoteAgeSeconds: number;
  /** The most open orders that one user may have. */
  readonly maxOpenOrders: number;
  readonly context: OrderContext;
  readonly funds: Funds;
}

/** The result of placing an order. */
export type Placement =
  | { readonly kind: 'executed'; readonly executed: ExecutedOrder }
  | { readonly kind: 'queued'; readonly accepted: AcceptedOrder };

/**
 * Checks a request against the account, its asset and the market, then fills the order at once or queues it:
 *
 * - A market order is filled at the quote.
 * - A limit order that the quote meets is filled at the quote.
 * - Any other order is queued, and holds what its execution may need.
 *
 * @throws ForbiddenError (403) when the account may not trade
 * @throws NotFoundError (404) for an unknown asset
 * @throws ValidationError, AssetNotTradableError, OrderRefusedError, InsufficientBalanceError, OpenOrderLimitError (all 422)
 * @throws PriceTooOldError, PriceSuspendedError (503)
 * @see docs/reference/orders.md
 */
export function decidePlacement(situation: OrderSituation): Placement {
  const { request, asset, now, maxQuoteAgeSeconds: maxAgeSeconds } = situation;
  assertNotBlocked(situation.funds.balance);
  const terms = orderTerms(request, asset, now);
  const quote = assertTradableQuote(terms.assetId, situation.quote, { now, maxAgeSeconds });
  assertMarketAllows(terms, quote);
  return executeOrQueue(terms, quote, situation);
}

/** Decides the last step of `decidePlacement`, for terms that fit and a market that allows them. */
export function executeOrQueue(
  terms: OrderTerms,
  quote: Quote,
  { context, funds, maxOpenOrders }: Pick<OrderSituation, 'context' | 'funds' | 'maxOpenOrders'>,
): Placement {
  if (executesAtOnce(terms, quote)) {
    return { kind: 'executed', executed: executeAtOnce(terms, context, { funds, quote }) };
  }
  assertBelowOrderLimit(funds.balance, maxOpenOrders);
  return { kind: 'queued', accepted: acceptOrder(terms, context, { funds, quote }) };
}

/** Returns whether an order is filled when it is placed: any market order, and a limit order whose limit is met. */
export function executesAtOnce({ orderType, side, limit }: OrderTerms, quote: Quote): boolean {
  return isMarketOrder(orderType) || (limit !== null && meetsLimit(side, limit, quote));
}

function executeAtOnce(
  terms: OrderTerms,
  context: OrderContext,
  { funds, quote }: { readonly funds: Funds; readonly quote: Quote },
): ExecutedOrder {
  const quantity = quantityOf(terms, funds);
  const accepted = advance(
    newOrder(terms, context, { quantity, acceptedQuote: null }),
    'confirmed',
    context.at,
  );
  return executeOrder(accepted, context, { funds, quote, maySettleToNothing: sellsAll(terms) });
}

function quantityOf({ quantity, assetId }: OrderTerms, { holding }: Funds): string {
  if (quantity !== ALL_AVAILABLE) return formatDecimal(decimal(quantity));
  const available = availableUnits(holding);
  if (available.gt('0')) return formatDecimal(available);
  throw new InsufficientBalanceError(assetId, { available: '0', required: 'more than 0', field: 'quantity' });
}
