import type { IsoTime, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { tooPreciseMessage } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type {
  LimitConditions,
  MarketConditions,
  OrderConditions,
  OrderCore,
  Trail,
} from '@cnop/common/entities/order/order';
import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderCreate, OrderType } from '@cnop/common/entities/order/order-document';
import { AssetNotTradableError, mayPlace } from '@cnop/common/trading/permissions';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { FieldError } from '@cnop/exception/problem-error';

/** The terms of an order of any type. Its quantity may be `max`; its fee stays, so that a hold always covers the fill. */
type CommonTerms = Pick<OrderCore, 'asset_id' | 'fee_bps' | 'description' | 'client_order_id'> &
  Pick<OrderCreate, 'quantity'>;

/** The terms of an order, before they are compared with the market. */
export type OrderTerms = OrderConditions & CommonTerms;
/** The terms of an order that may be filled when it is placed. */
export type ExecutableTerms = (MarketConditions | LimitConditions) & CommonTerms;
/** The terms of an order that may be open. */
export type OpenableTerms = Exclude<OrderConditions, MarketConditions> & CommonTerms;

/** Returns whether an order is filled at once or refused. */
export function isMarketOrder<Typed extends { readonly order_type: OrderType }>(
  order: Typed,
): order is Extract<Typed, { readonly order_type: MarketConditions['order_type'] }> {
  return order.order_type === 'market_buy' || order.order_type === 'market_sell';
}

type ConditionField =
  | 'price'
  | 'price_bound'
  | 'stop_price'
  | 'trail_amount'
  | 'trail_percent'
  | 'expires_at';

/** The fields of each order type. A field that is not listed is not allowed. */
const FIELDS: Readonly<Record<OrderType, Partial<Record<ConditionField, 'required' | 'optional'>>>> = {
  market_buy: { price_bound: 'optional' },
  market_sell: { price_bound: 'optional' },
  limit_buy: { price: 'required', expires_at: 'optional' },
  limit_sell: { price: 'required', expires_at: 'optional' },
  stop_loss: { stop_price: 'required', price_bound: 'optional', expires_at: 'optional' },
  take_profit: { stop_price: 'required', price_bound: 'optional', expires_at: 'optional' },
  // Exactly one of the two trails, which `checkTrail` checks.
  trailing_stop: {
    trail_amount: 'optional',
    trail_percent: 'optional',
    price_bound: 'optional',
    expires_at: 'optional',
  },
};
const CONDITION_FIELDS = [
  'price',
  'price_bound',
  'stop_price',
  'trail_amount',
  'trail_percent',
  'expires_at',
] as const satisfies readonly ConditionField[];
const PRICE_FIELDS = ['price', 'price_bound', 'stop_price', 'trail_amount'] as const;

/** The quantity of a market sale of everything that is available. */
export const ALL_AVAILABLE = 'max';
const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const DEFAULT_EXPIRY_DAYS = 30;
const MAX_EXPIRY_DAYS = 365;
const PERCENT_SCALE = 2;
const WHOLE_PERCENT = '100';

/**
 * Checks a request against its order type and its asset, and returns its terms.
 * @throws NotFoundError (404), AssetNotTradableError (422 BUS_003)
 * @throws ValidationError (422) that lists every invalid field
 */
export function orderTerms(request: OrderCreate, asset: Asset | undefined, now: Date): OrderTerms {
  assertTradable(request, asset);
  const { terms, errors } = readTerms(request, asset, now);
  if (!terms || errors.length > 0) throw new ValidationError(errors);
  return terms;
}

/**
 * Refuses an order that the state of its asset does not permit.
 * @throws NotFoundError (404) for an unknown asset, AssetNotTradableError (422 BUS_003)
 */
export function assertTradable(
  { asset_id: assetId, order_type }: Pick<OrderCreate, 'asset_id' | 'order_type'>,
  asset: Asset | undefined,
): asserts asset is Asset {
  if (!asset) throw new NotFoundError(`The asset ${assetId}`);
  if (asset.category === 'currency')
    throw new AssetNotTradableError(assetId, 'is a currency: convert cash instead');
  if (mayPlace(asset.status, sideOf(order_type))) return;
  throw new AssetNotTradableError(assetId, asset.status === 'close_only' ? 'can only be sold' : undefined);
}

/** Returns whether an order sells a whole position, which is allowed however little the position is worth. */
export function sellsAll({ order_type, quantity }: Pick<OrderCreate, 'order_type' | 'quantity'>): boolean {
  return order_type === 'market_sell' && quantity === ALL_AVAILABLE;
}

/** The terms of a request as far as they can be read. */
export interface ReadTerms {
  /** Undefined when a condition that the order type needs is missing; `errors` lists it. */
  readonly terms: OrderTerms | undefined;
  readonly price_bound: Price | null;
  /** Null for a market order, and for an expiry among the errors. */
  readonly expires_at: IsoTime | null;
  /** Every invalid field. */
  readonly errors: readonly FieldError[];
}

/** Reads the terms of a request, and lists every invalid field. */
export function readTerms(request: OrderCreate, asset: Asset, now: Date): ReadTerms {
  const { order_type, asset_id, quantity, description = null, client_order_id = null } = request;
  const common = { asset_id, quantity, fee_bps: asset.fee_bps, description, client_order_id };
  const price_bound = (FIELDS[order_type].price_bound && request.price_bound) ?? null;
  const errors = [
    ...checkFields(request),
    ...checkQuantity(request),
    ...checkScales(request, asset),
    ...checkTrail(request),
  ];
  if (order_type === 'market_buy' || order_type === 'market_sell') {
    const terms = { order_type, price_bound, ...common };
    return { terms, price_bound, expires_at: null, errors };
  }
  const expiry = readExpiry(request.expires_at, now);
  const conditions = openConditionsOf(request, { price_bound, expires_at: expiry.expires_at });
  return {
    terms: conditions && { ...conditions, ...common },
    price_bound,
    expires_at: expiry.errors.length > 0 ? null : expiry.expires_at,
    errors: [...errors, ...expiry.errors],
  };
}

function openConditionsOf(
  request: OrderCreate,
  { price_bound, expires_at }: { readonly price_bound: Price | null; readonly expires_at: IsoTime },
): Exclude<OrderConditions, MarketConditions> | undefined {
  const { order_type, price: limit, stop_price } = request;
  switch (order_type) {
    case 'limit_buy':
    case 'limit_sell':
      return limit ? { order_type, limit, expires_at } : undefined;
    case 'stop_loss':
    case 'take_profit':
      return stop_price ? { order_type, stop_price, price_bound, expires_at } : undefined;
    case 'trailing_stop': {
      const trail = trailOf(request);
      return trail && { order_type, trail, price_bound, expires_at };
    }
    default:
      return undefined;
  }
}

function trailOf({ trail_amount: amount, trail_percent: percent }: OrderCreate): Trail | undefined {
  if (amount) return { amount };
  return percent ? { percent } : undefined;
}

function checkFields(request: OrderCreate): FieldError[] {
  const { order_type: orderType } = request;
  return CONDITION_FIELDS.flatMap((field) => {
    const rule = FIELDS[orderType][field];
    const isGiven = request[field] !== null && request[field] !== undefined;
    if (isGiven && !rule)
      return [fieldError(field, `A ${orderType} order takes no ${field}.`, 'not_allowed')];
    if (!isGiven && rule === 'required') {
      return [fieldError(field, `A ${orderType} order needs a ${field}.`, 'required')];
    }
    return [];
  });
}

function checkQuantity({ quantity, order_type }: OrderCreate): FieldError[] {
  if (quantity !== ALL_AVAILABLE || order_type === 'market_sell') return [];
  return [fieldError('quantity', 'Only a market_sell can be for all that is available.', 'not_allowed')];
}

function checkScales(request: OrderCreate, asset: Asset): FieldError[] {
  const { quantity } = request;
  return [
    ...(quantity === ALL_AVAILABLE ? [] : checkScale('quantity', quantity, asset.quantity_scale)),
    ...PRICE_FIELDS.flatMap((field) => checkScale(field, request[field], asset.price_scale)),
    ...checkScale('trail_percent', request.trail_percent, PERCENT_SCALE),
  ];
}

function checkScale(field: string, value: string | null | undefined, scale: number): FieldError[] {
  if (value === null || value === undefined || decimal(value).fits(scale)) return [];
  return [fieldError(field, tooPreciseMessage(scale), 'too_precise')];
}

function checkTrail({ order_type, trail_amount, trail_percent }: OrderCreate): FieldError[] {
  if (order_type !== 'trailing_stop') return [];
  const given = [trail_amount, trail_percent].filter((value) => value !== null && value !== undefined);
  if (given.length === 0) {
    return [fieldError('trail_amount', 'Give a trail_amount or a trail_percent.', 'required')];
  }
  if (given.length === 2) {
    return [fieldError('trail_percent', 'Give either a trail_amount or a trail_percent.', 'not_allowed')];
  }
  if (trail_percent && decimal(trail_percent).gte(WHOLE_PERCENT)) {
    return [fieldError('trail_percent', `This must be less than ${WHOLE_PERCENT}.`, 'too_big')];
  }
  return [];
}

/** Reads the expiry of an order that may be open: 30 days from now unless the client names another. */
function readExpiry(
  expires_at: IsoTime | null | undefined,
  now: Date,
): { readonly expires_at: IsoTime; readonly errors: readonly FieldError[] } {
  const daysFromNow = (days: number) => isoTime(new Date(now.getTime() + days * DAY_MILLISECONDS));
  if (!expires_at) return { expires_at: daysFromNow(DEFAULT_EXPIRY_DAYS), errors: [] };
  const refuse = (message: string, code: string) => ({
    expires_at,
    errors: [fieldError('expires_at', message, code)],
  });
  if (expires_at <= isoTime(now)) return refuse('This must be in the future.', 'too_small');
  if (expires_at > daysFromNow(MAX_EXPIRY_DAYS)) {
    return refuse(`At most ${MAX_EXPIRY_DAYS} days from now.`, 'too_big');
  }
  return { expires_at, errors: [] };
}

function fieldError(field: string, message: string, code: string): FieldError {
  return { field, pointer: `/${field}`, message, code };
}
