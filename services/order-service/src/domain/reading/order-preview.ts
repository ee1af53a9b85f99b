import type { Price, Quantity } from '@cnop/common/core/brands';
import { decimal, formatPercentageOf, formatQuantity, formatUsd, ZERO } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { priceFor, sideOf } from '@cnop/common/entities/order/order';
import { documentOf } from '@cnop/common/entities/order/order-codec';
import type { OrderCreate } from '@cnop/common/entities/order/order-document';
import type { OrderPreview, OrderReason, OrderWarning } from '@cnop/common/entities/order/order-preview';
import type { Balance } from '@cnop/common/entities/user/balance';
import { assertNotBlocked, availableCash } from '@cnop/common/entities/user/balance-rules';
import { assertOrderValue } from '@cnop/common/entities/user/tier-limits';
import type { Funds } from '@cnop/common/trading/holds';
import { assertUnitsAvailable, availableUnits, shownHold } from '@cnop/common/trading/holds';
import { settle } from '@cnop/common/trading/settlement';
import { assertTradableQuote } from '@cnop/common/trading/trigger-rules';
import { ValidationError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import type { ExecutedOrder } from '../filling/execute-order.ts';
import type { AcceptedOrder, OrderSituation, Placement } from '../placing/decide-placement.ts';
import { executeOrQueue, executesAtOnce, triggerPriceOf } from '../placing/decide-placement.ts';
import { assertMarketAllows } from '../placing/market-rules.ts';
import type { OrderTerms } from '../placing/order-terms.ts';
import { ALL_AVAILABLE, assertTradable, isMarketOrder, readTerms, sellsAll } from '../placing/order-terms.ts';

/** A limit or stop farther from the price than this is likely a typing error. */
const FAR_FROM_MARKET_PERCENT = '5';

/**
 * Predicts the placement of a request by the rules of `decidePlacement`, but collects every refusal instead of stopping
 * at the first. When the quote is too old, the estimate still uses it.
 * @param others refusals found elsewhere, besides those of asset, market and funds
 * @see docs/reference/orders.md
 */
export function previewPlacement(
  situation: OrderSituation & { readonly asset: Asset },
  others: readonly OrderReason[] = [],
): OrderPreview {
  const { request, asset, now, funds, quote = null, maxQuoteAgeSeconds: maxAgeSeconds } = situation;
  const { terms, errors, price_bound, expires_at } = readTerms(request, asset, now);
  const estimated = quote && terms ? estimatePlacement(terms, quote, situation) : NO_ESTIMATE;
  const reasons = distinct([
    ...others,
    ...attempt(() => assertNotBlocked(funds.balance)).reasons,
    ...attempt(() => assertTradable(request, asset)).reasons,
    ...(errors.length > 0 ? reasonsOf(new ValidationError(errors)) : []),
    ...attempt(() => assertTradableQuote(request.asset_id, situation.quote, { now, maxAgeSeconds })).reasons,
    ...attempt(() => assertUnitsCover(request, situation)).reasons,
    ...estimated.reasons,
  ]);
  const placement = reasons.length === 0 ? estimated.placement : undefined;
  return {
    would_be: placement?.kind ?? 'refused',
    order_type: request.order_type,
    asset_id: request.asset_id,
    price: quote && priceFor(sideOf(request.order_type), quote),
    ...outcomeOf(placement, funds),
    quantity: placement
      ? changedBy(placement).order.quantity
      : (quantityOf(request, funds) ?? request.quantity),
    estimate: estimated.estimate,
    quote,
    price_bound,
    expires_at,
    distance_percent: estimated.distancePercent,
    warnings: [...estimated.warnings],
    reasons,
  };
}

/** Reports missing units even when the sale is refused for another reason before units are checked. */
function assertUnitsCover({ order_type, quantity, asset_id }: OrderCreate, { funds }: OrderSituation): void {
  if (sideOf(order_type) === 'buy' || quantity === ALL_AVAILABLE) return;
  assertUnitsAvailable(funds.holding, { assetId: asset_id, quantity: decimal(quantity) });
}

interface PlacementEstimate {
  readonly placement: Placement | undefined;
  readonly reasons: readonly OrderReason[];
  readonly estimate: OrderPreview['estimate'];
  readonly distancePercent: string | null;
  readonly warnings: readonly OrderWarning[];
}

const NO_ESTIMATE: PlacementEstimate = {
  placement: undefined,
  reasons: [],
  estimate: null,
  distancePercent: null,
  warnings: [],
};

/** Estimates the placement of the terms; without an estimate when no price or quantity is known. */
function estimatePlacement(terms: OrderTerms, quote: Quote, situation: OrderSituation): PlacementEstimate {
  const market = attempt(() => assertMarketAllows(terms, quote));
  const price = priceOf(terms, quote);
  if (price === undefined) return { ...NO_ESTIMATE, reasons: market.reasons };
  const placed = attempt(() => executeOrQueue(terms, quote, situation));
  const estimate = estimateOf(price, terms, situation.funds);
  const limit = attempt(() =>
    assertOrderValue(decimal(estimate?.total_amount ?? '0'), situation.maxOrderValue),
  );
  const distancePercent = executesAtOnce(terms, quote) ? null : distanceOf(price, terms, quote);
  return {
    placement: placed.value,
    reasons: [...market.reasons, ...limit.reasons, ...placed.reasons],
    estimate,
    distancePercent,
    warnings: warningsOf(terms, quote),
  };
}

/** Returns the price of the fill or of the trigger, in USD per unit; undefined when the terms lead to none. */
function priceOf(terms: OrderTerms, quote: Quote): Price | undefined {
  if (terms.quantity === ALL_AVAILABLE && !sellsAll(terms)) return undefined;
  const isFilled = isMarketOrder(terms) || executesAtOnce(terms, quote);
  const price = isFilled ? priceFor(sideOf(terms.order_type), quote) : triggerPriceOf(terms, quote);
  // A trail as long as the price leads to zero or below, where nothing can be estimated.
  return decimal(price).gt('0') ? price : undefined;
}

function estimateOf(price: Price, terms: OrderTerms, funds: Funds): OrderPreview['estimate'] {
  const quantity = quantityOf(terms, funds);
  if (quantity === undefined) return null;
  const settlement = attempt(() =>
    settle(sideOf(terms.order_type), {
      quantity: decimal(quantity),
      price,
      feeBps: terms.fee_bps,
      maySettleToNothing: sellsAll(terms),
    }),
  ).value;
  if (!settlement) return null;
  const { total, fees, cash } = settlement;
  return { price, total_amount: formatUsd(total), fees: formatUsd(fees), cash: formatUsd(cash) };
}

/** Returns the units of the order; undefined for all of an empty position. */
function quantityOf({ quantity }: Pick<OrderCreate, 'quantity'>, { holding }: Funds): Quantity | undefined {
  if (quantity !== ALL_AVAILABLE) return formatQuantity(decimal(quantity));
  const available = availableUnits(holding);
  return available.gt('0') ? formatQuantity(available) : undefined;
}

function distanceOf(trigger: Price, { order_type }: OrderTerms, quote: Quote): string {
  const price = decimal(priceFor(sideOf(order_type), quote));
  return formatPercentageOf(decimal(trigger).minus(price), price);
}

function warningsOf(terms: OrderTerms, quote: Quote): OrderWarning[] {
  const price = priceFor(sideOf(terms.order_type), quote);
  const warnings: OrderWarning[] = [];
  if ('limit' in terms && executesAtOnce(terms, quote)) {
    const message = `The price is ${price}, which meets the limit already: the order executes at once, at that price.`;
    warnings.push({ code: 'executes_at_once', message });
  }
  const named = 'limit' in terms ? terms.limit : 'stop_price' in terms ? terms.stop_price : undefined;
  const far = named === undefined ? undefined : farFromMarket(named, price);
  if (far) warnings.push(far);
  return warnings;
}

/** Returns a warning; undefined for a price near the current one. */
function farFromMarket(named: Price, price: Price): OrderWarning | undefined {
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

/** Describes what the placement changes. Without one, balances stay as they are. */
function outcomeOf(placement: Placement | undefined, funds: Funds): Outcome {
  const changed = placement && changedBy(placement);
  const document = changed && documentOf(changed.order);
  const holding = changed?.holding ?? funds.holding;
  return {
    total_amount: document?.total_amount ?? null,
    fees: document?.fees ?? null,
    hold: changed?.order.status === 'queued' ? shownHold(changed.order.hold, changed.order.asset_id) : null,
    balance: { before: cashOf(funds.balance), after: cashOf(changed?.balance ?? funds.balance) },
    holding: holding ? { before: unitsOf(funds.holding), after: unitsOf(holding) } : null,
  };
}

function changedBy(placement: Placement): ExecutedOrder | AcceptedOrder {
  return placement.kind === 'executed' ? placement.executed : placement.accepted;
}

function cashOf(balance: Balance): OrderPreview['balance']['before'] {
  const { current_balance: current, held_balance: held } = balance;
  return { current, held, available: formatUsd(availableCash(balance)) };
}

const NO_UNITS = formatQuantity(ZERO);

function unitsOf(holding: StoredAssetBalance | undefined): NonNullable<OrderPreview['holding']>['before'] {
  const { quantity = NO_UNITS, held_quantity: held = NO_UNITS } = holding ?? {};
  return { quantity, held, available: formatQuantity(availableUnits(holding)) };
}

/** The result of a rule that throws when it refuses. */
export type Attempt<T> =
  | { readonly value: T; readonly reasons: readonly [] }
  | { readonly value: undefined; readonly reasons: readonly OrderReason[] };

/** Applies a rule and returns its refusal instead of throwing it. Rethrows any other error: that is a bug. */
export function attempt<T>(rule: () => T): Attempt<T> {
  try {
    return { value: rule(), reasons: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { value: undefined, reasons: reasonsOf(error) };
  }
}

/** Converts a problem to reasons, one for each field that it names. */
function reasonsOf(problem: ProblemError): OrderReason[] {
  const { code, message, errors } = problem;
  if (errors.length === 0) return [{ code, field: null, message, ...shortfallOf(problem) }];
  return errors.map((error) => ({
    code: error.code === 'required' ? 'VAL_003' : code,
    field: error.field,
    message: error.message,
    ...shortfallOf(problem),
  }));
}

function shortfallOf({ extensions }: ProblemError): Pick<OrderReason, 'available' | 'required'> {
  const { available, required } = extensions;
  return typeof available === 'string' && typeof required === 'string' ? { available, required } : {};
}

/** Drops repeated reasons: two rules may refuse the same thing. */
function distinct(reasons: readonly OrderReason[]): OrderReason[] {
  const known = new Map(
    reasons.map((reason) => [`${reason.code} ${reason.field} ${reason.message}`, reason]),
  );
  return [...known.values()];
}
