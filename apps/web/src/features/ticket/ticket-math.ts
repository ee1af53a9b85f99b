import type { AssetId, Price } from '@cnop/common/core/brands';
import { knownPrice } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, decimal, formatDecimal, formatUsd, roundDown } from '@cnop/common/core/money';
import { priceFor } from '@cnop/common/entities/order/order';
import { settlementOf, unitsForCash } from '@cnop/common/trading/settlement';
import { trailingStopPrice } from '@cnop/common/trading/trigger-rules';
import type { OrderRequest } from '../../api/orders/place-order.ts';
import type { DecimalInput } from '../../format/decimal-input.ts';
import { readDecimal } from '../../format/decimal-input.ts';
import type { TicketField, TicketState } from './ticket-state.ts';
import { fieldsOf, orderTypeOf } from './ticket-state.ts';

const PERCENT_SCALE = 2;
const WHOLE_PERCENT = '100';

/** The facts of the asset that a ticket needs. */
export interface TicketFacts {
  readonly assetId: AssetId;
  readonly quantityScale: number;
  readonly priceScale: number;
  readonly feeBps: number;
  /** Current prices in USD per unit. */
  readonly bid: Price;
  readonly ask: Price;
}

/** The estimate of an order at its price. The preview of the server takes precedence. */
export interface Estimate {
  /** USD per unit. */
  readonly price: string;
  readonly quantity: string;
  /** USD without fees. */
  readonly total: string;
  readonly fees: string;
  /** The change of the cash balance, without its sign. */
  readonly cash: string;
}

export interface TicketReading {
  /** Errors of typed fields. */
  readonly errors: Partial<Record<TicketField, string>>;
  /** Empty required fields; errors only on submit. */
  readonly missing: readonly TicketField[];
  /** The complete order, without expiry and client order id. */
  readonly request: OrderRequest | undefined;
  readonly estimate: Estimate | undefined;
}

/** Reads a ticket: its errors, its missing fields, the request and an estimate. */
export function readTicket(state: TicketState, facts: TicketFacts): TicketReading {
  const inputs = readInputs(state, facts);
  const errors: Partial<Record<TicketField, string>> = {};
  const missing: TicketField[] = [];
  for (const [field, input] of Object.entries(inputs) as [TicketField, DecimalInput][]) {
    if (input.kind === 'bad') errors[field] = input.message;
    if (input.kind === 'empty' && field !== 'bound') missing.push(field);
  }
  const price = priceOf(state, inputs, facts);
  const quantity = price && quantityOf(state, inputs.amount, { price, facts });
  if (!quantity) return { errors, missing, request: undefined, estimate: undefined };
  if (quantity.eq('0')) {
    return {
      errors: { ...errors, amount: 'Less than the smallest quantity.' },
      missing,
      request: undefined,
      estimate: undefined,
    };
  }
  const isComplete = missing.length === 0 && Object.keys(errors).length === 0;
  return {
    errors,
    missing,
    estimate: estimateOf(state, { quantity, price, feeBps: facts.feeBps }),
    request: isComplete ? requestOf(state, inputs, { quantity, assetId: facts.assetId }) : undefined,
  };
}

type Inputs = { readonly amount: DecimalInput } & Partial<
  Record<'limit' | 'stop' | 'trail' | 'bound', DecimalInput>
>;

/** Reads the fields of the order type only. */
function readInputs(state: TicketState, { quantityScale, priceScale }: TicketFacts): Inputs {
  const fields = fieldsOf(state.kind);
  const trailScale = state.trailBy === 'percent' ? PERCENT_SCALE : priceScale;
  return {
    ...(fields.includes('limit') && { limit: readDecimal(state.limit, priceScale) }),
    ...(fields.includes('stop') && { stop: readDecimal(state.stop, priceScale) }),
    ...(fields.includes('trail') && { trail: readTrail(state, trailScale) }),
    ...(fields.includes('bound') && { bound: readDecimal(state.bound, priceScale) }),
    amount: readDecimal(state.amount, state.entry === 'quantity' ? quantityScale : CURRENCY_SCALE),
  };
}

function readTrail({ trail, trailBy }: TicketState, scale: number): DecimalInput {
  const input = readDecimal(trail, scale);
  if (trailBy === 'percent' && input.kind === 'value' && decimal(input.text).gte(WHOLE_PERCENT)) {
    return { kind: 'bad', message: 'Must be less than 100 %.' };
  }
  return input;
}

/** Returns the price of the order as far as it is known; `undefined` while a field is missing. */
function priceOf({ side, trailBy }: TicketState, inputs: Inputs, facts: TicketFacts): Decimal | undefined {
  const market = priceFor(side, facts);
  const { limit, stop, trail } = inputs;
  if (limit) return limit.kind === 'value' ? decimal(limit.text) : undefined;
  if (stop) return stop.kind === 'value' ? decimal(stop.text) : undefined;
  if (!trail) return decimal(market);
  if (trail.kind !== 'value') return undefined;
  const stopPrice = trailingStopPrice(
    trailBy === 'amount' ? { amount: knownPrice(trail.text) } : { percent: trail.text },
    market,
  );
  return stopPrice.gt('0') ? stopPrice : undefined;
}

function quantityOf(
  { entry, side }: TicketState,
  amount: DecimalInput,
  { price, facts }: { readonly price: Decimal; readonly facts: TicketFacts },
): Decimal | undefined {
  if (amount.kind !== 'value') return undefined;
  if (entry === 'quantity') return decimal(amount.text);
  return side === 'buy'
    ? unitsForCash(decimal(amount.text), price, facts)
    : roundDown(decimal(amount.text).div(price), facts.quantityScale);
}

function estimateOf(
  { side }: TicketState,
  {
    quantity,
    price,
    feeBps,
  }: { readonly quantity: Decimal; readonly price: Decimal; readonly feeBps: number },
): Estimate {
  const { total, fees, cash } = settlementOf(side, { quantity, price, feeBps });
  return {
    price: formatDecimal(price),
    quantity: formatDecimal(quantity),
    total: formatUsd(total),
    fees: formatUsd(fees),
    cash: formatUsd(cash),
  };
}

function requestOf(
  state: TicketState,
  { limit, stop, trail, bound }: Inputs,
  { quantity, assetId }: { readonly quantity: Decimal; readonly assetId: AssetId },
): OrderRequest {
  return {
    asset_id: assetId,
    order_type: orderTypeOf(state),
    quantity: formatDecimal(quantity),
    ...(limit?.kind === 'value' && { price: limit.text }),
    ...(stop?.kind === 'value' && { stop_price: stop.text }),
    ...(bound?.kind === 'value' && { price_bound: bound.text }),
    ...(trail?.kind === 'value' && { [`trail_${state.trailBy}`]: trail.text }),
  };
}
