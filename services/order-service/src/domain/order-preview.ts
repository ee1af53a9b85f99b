import { decimal, formatDecimal, formatPercentageOf, formatUsd } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import type { OrderPreview, OrderReason, OrderWarning } from '@cnop/common/entities/order/order-preview';
import type { Balance } from '@cnop/common/entities/user/balance';
import { assertNotBlocked, availableCash } from '@cnop/common/entities/user/balance-rules';
import type { Funds } from '@cnop/common/trading/end-order';
import { isMarketOrder, priceFor } from '@cnop/common/trading/order-sides';
import { ValidationError } from '@cnop/exception/errors';
import { priceWaitedFor } from './accept-order.ts';
import type { OrderSituation, Placement } from './decide-placement.ts';
import { carryOut, executesAtOnce } from './decide-placement.ts';
import { assertTradableQuote } from './fresh-quote.ts';
import { assertAvailable, availableUnits } from './holding.ts';
import { assertMarketAllows } from './market-rules.ts';
import type { OrderTerms } from './order-terms.ts';
import { ALL_AVAILABLE, assertTradable, readTerms, sellsAll } from './order-terms.ts';
import { attempt, distinct, reasonsOf } from './refusals.ts';
import { settle } from './settlement.ts';

/** From which distance on a trigger looks like a slip of the pen. */
const FAR_FROM_MARKET_PERCENT = '5';

/**
 * What would become of a request, by the rules that `decidePlacement` applies, but with every refusal and not only the
 * first. Where the price is too old, the last known one is reckoned with.
 * @param others what speaks against the order besides its asset, the market and the funds
 */
export function previewOrder(situation: OrderSituation, others: readonly OrderReason[] = []): OrderPreview {
  const { request, asset, now, funds, quote = null, maxQuoteAgeSeconds: maxAgeSeconds } = situation;
  const { terms, errors } = readTerms(request, asset, now);
  const reckoned = quote ? reckon(terms, quote, situation) : NOTHING_RECKONED;
  const reasons = distinct([
    ...others,
    ...attempt(() => assertNotBlocked(funds.balance)).reasons,
    ...attempt(() => assertTradable(request, asset)).reasons,
    ...(errors.length > 0 ? reasonsOf(new ValidationError(errors)) : []),
    ...attempt(() => assertTradableQuote(request.asset_id, situation.quote, { now, maxAgeSeconds })).reasons,
    ...attempt(() => assertUnitsCover(terms, situation)).reasons,
    ...reckoned.reasons,
  ]);
  const placement = reasons.length === 0 ? reckoned.placement : undefined;
  return {
    would_be: placement?.kind ?? 'refused',
    order_type: terms.orderType,
    asset_id: terms.assetId,
    price: quote && priceFor(terms.side, quote),
    ...outcomeOf(placement, funds),
    quantity: placement ? orderOf(placement).quantity : (quantityOf(terms, funds) ?? request.quantity),
    estimate: reckoned.estimate,
    quote,
    price_bound: terms.priceBound,
    expires_at: terms.expiresAt,
    distance_percent: reckoned.distancePercent,
    warnings: [...reckoned.warnings],
    reasons,
  };
}

/** Said of a sale even where it is refused for something else before anybody counts. */
function assertUnitsCover({ side, quantity, assetId }: OrderTerms, { funds }: OrderSituation): void {
  if (side === 'buy' || quantity === ALL_AVAILABLE) return;
  assertAvailable(funds.holding, { assetId, quantity: decimal(quantity) });
}

interface Reckoned {
  readonly placement: Placement | undefined;
  readonly reasons: readonly OrderReason[];
  readonly estimate: OrderPreview['estimate'];
  readonly distancePercent: string | null;
  readonly warnings: readonly OrderWarning[];
}

const NOTHING_RECKONED: Reckoned = {
  placement: undefined,
  reasons: [],
  estimate: null,
  distancePercent: null,
  warnings: [],
};

/** What the market says to the terms, and what they come to at its price, as far as they can be read at all. */
function reckon(terms: OrderTerms, quote: Quote, situation: OrderSituation): Reckoned {
  const market = attempt(() => assertMarketAllows(terms, quote));
  const price = priceOf(terms, quote);
  if (price === undefined) return { ...NOTHING_RECKONED, reasons: market.reasons };
  const placed = attempt(() => carryOut(terms, quote, situation));
  const distancePercent = executesAtOnce(terms, quote) ? null : distanceOf(price, terms, quote);
  return {
    placement: placed.value,
    reasons: [...market.reasons, ...placed.reasons],
    estimate: estimateOf(price, terms, situation.funds),
    distancePercent,
    warnings: warningsOf(terms, quote),
  };
}

/** USD per unit at which the order would trade, or until which it would wait; none of terms that lack something. */
function priceOf(terms: OrderTerms, quote: Quote): string | undefined {
  const { orderType, quantity, limit, stopPrice, trailAmount, trailPercent } = terms;
  if (quantity === ALL_AVAILABLE && orderType !== 'market_sell') return undefined;
  if (!isMarketOrder(orderType) && (limit ?? stopPrice ?? trailAmount ?? trailPercent) === null)
    return undefined;
  const price = executesAtOnce(terms, quote) ? priceFor(terms.side, quote) : priceWaitedFor(terms, quote);
  // A trail that is longer than the price leads below zero, where nothing can be reckoned.
  return decimal(price).gt('0') ? price : undefined;
}

function estimateOf(price: string, terms: OrderTerms, funds: Funds): OrderPreview['estimate'] {
  const quantity = quantityOf(terms, funds);
  if (quantity === undefined) return null;
  const { side, feeBps } = terms;
  const settlement = attempt(() =>
    settle(side, { quantity: decimal(quantity), price, feeBps, maySettleToNothing: sellsAll(terms) }),
  ).value;
  if (!settlement) return null;
  const { total, fees, cash } = settlement;
  return { price, total_amount: formatUsd(total), fees: formatUsd(fees), cash: formatUsd(cash) };
}

/** Undefined for all of nothing. */
function quantityOf({ quantity }: OrderTerms, { holding }: Funds): string | undefined {
  if (quantity !== ALL_AVAILABLE) return formatDecimal(decimal(quantity));
  const available = availableUnits(holding);
  return available.gt('0') ? formatDecimal(available) : undefined;
}

function distanceOf(trigger: string, { side }: OrderTerms, quote: Quote): string {
  const price = decimal(priceFor(side, quote));
  return formatPercentageOf(decimal(trigger).minus(price), price);
}

function warningsOf(terms: OrderTerms, quote: Quote): OrderWarning[] {
  const { limit, stopPrice, side } = terms;
  const price = priceFor(side, quote);
  const named = limit ?? stopPrice;
  const warnings: OrderWarning[] = [];
  if (limit !== null && executesAtOnce(terms, quote)) {
    const message = `The price is ${price}, which meets the limit already: the order executes at once, at that price.`;
    warnings.push({ code: 'executes_at_once', message });
  }
  const far = named === null ? undefined : farFromMarket(named, price);
  if (far) warnings.push(far);
  return warnings;
}

/** Undefined for a price that is near the one of the moment. */
function farFromMarket(named: string, price: string): OrderWarning | undefined {
  const difference = decimal(named).minus(price);
  const distance = difference.abs();
  if (!distance.times('100').gt(decimal(price).times(FAR_FROM_MARKET_PERCENT))) return undefined;
  const percent = formatPercentageOf(distance, decimal(price));
  const side = difference.lt('0') ? 'below' : 'above';
  return {
    code: 'far_from_market',
    message: `${named} is ${percent} % ${side} the price, which is ${price}.`,
  };
}

type Outcome = Pick<OrderPreview, 'total_amount' | 'fees' | 'hold' | 'balance' | 'holding'>;

/** What the placement shows and changes; without one all stays as it is. */
function outcomeOf(placement: Placement | undefined, funds: Funds): Outcome {
  const changed = placement?.kind === 'executed' ? placement.executed : placement?.accepted;
  const holding = changed?.holding ?? funds.holding;
  return {
    total_amount: changed?.order.total_amount ?? null,
    fees: changed?.order.fees ?? null,
    hold: placement?.kind === 'queued' ? placement.accepted.hold : null,
    balance: { before: cashOf(funds.balance), after: cashOf(changed?.balance ?? funds.balance) },
    holding: holding ? { before: unitsOf(funds.holding), after: unitsOf(holding) } : null,
  };
}

function orderOf(placement: Placement): Order {
  return placement.kind === 'executed' ? placement.executed.order : placement.accepted.order;
}

function cashOf(balance: Balance): OrderPreview['balance']['before'] {
  const { current_balance: current, held_balance: held } = balance;
  return { current, held, available: formatUsd(availableCash(balance)) };
}

function unitsOf(holding: StoredAssetBalance | undefined): NonNullable<OrderPreview['holding']>['before'] {
  const { quantity = '0', held_quantity: held = '0' } = holding ?? {};
  return { quantity, held, available: formatDecimal(availableUnits(holding)) };
}
