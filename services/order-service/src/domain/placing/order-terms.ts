import { decimal } from '@cnop/common/core/money';
import { tooPreciseMessage } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { OrderCreate, OrderType } from '@cnop/common/entities/order/order';
import { mayPlace } from '@cnop/common/trading/asset-states';
import { AssetNotTradableError } from '@cnop/common/trading/order-errors';
import type { Side } from '@cnop/common/trading/order-sides';
import { isMarketOrder, sideOf } from '@cnop/common/trading/order-sides';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { FieldError } from '@cnop/exception/problem-error';

/** The terms of an order, before they are compared with the market. */
export interface OrderTerms {
  readonly orderType: OrderType;
  readonly side: Side;
  readonly assetId: string;
  /** Units, or `max` for all that is available. */
  readonly quantity: string;
  /** The limit of a limit order. */
  readonly limit: string | null;
  readonly priceBound: string | null;
  readonly stopPrice: string | null;
  readonly trailAmount: string | null;
  readonly trailPercent: string | null;
  /** Null for market orders, which are never open. */
  readonly expiresAt: string | null;
  readonly clientOrderId: string | null;
  readonly description: string | null;
  /** The fee of the asset at acceptance. It stays with the order, so that a hold always covers the fill. */
  readonly feeBps: number;
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
  if (errors.length > 0) throw new ValidationError(errors);
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
  if (mayPlace(asset.status, sideOf(order_type))) return;
  throw new AssetNotTradableError(assetId, asset.status === 'close_only' ? 'can only be sold' : undefined);
}

/** Returns whether an order sells a whole position, which is allowed however little the position is worth. */
export function sellsAll({ orderType, quantity }: Pick<OrderTerms, 'orderType' | 'quantity'>): boolean {
  return orderType === 'market_sell' && quantity === ALL_AVAILABLE;
}

/** Reads the terms of a request, and lists every invalid field. */
export function readTerms(
  request: OrderCreate,
  asset: Asset | undefined,
  now: Date,
): { readonly terms: OrderTerms; readonly errors: readonly FieldError[] } {
  const { order_type: orderType } = request;
  const expiry = checkExpiry(orderType, request.expires_at, now);
  const conditionOf = (field: Exclude<ConditionField, 'expires_at'>): string | null =>
    (FIELDS[orderType][field] && request[field]) ?? null;
  return {
    terms: {
      orderType,
      side: sideOf(orderType),
      assetId: request.asset_id,
      quantity: request.quantity,
      limit: conditionOf('price'),
      priceBound: conditionOf('price_bound'),
      stopPrice: conditionOf('stop_price'),
      trailAmount: conditionOf('trail_amount'),
      trailPercent: conditionOf('trail_percent'),
      expiresAt: expiry.expiresAt,
      clientOrderId: request.client_order_id ?? null,
      description: request.description ?? null,
      feeBps: asset?.fee_bps ?? 0,
    },
    errors: [
      ...checkFields(request),
      ...checkQuantity(request),
      ...(asset ? checkScales(request, asset) : []),
      ...checkTrail(request),
      ...expiry.errors,
    ],
  };
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

interface Expiry {
  /** Null for market orders, which are never open. */
  readonly expiresAt: string | null;
  readonly errors: readonly FieldError[];
}

/** Returns the expiry of an open order: 30 days from now unless the client names another. */
function checkExpiry(orderType: OrderType, requested: string | null | undefined, now: Date): Expiry {
  if (isMarketOrder(orderType)) return { expiresAt: null, errors: [] };
  const daysFromNow = (days: number) => new Date(now.getTime() + days * DAY_MILLISECONDS).toISOString();
  if (requested === null || requested === undefined) {
    return { expiresAt: daysFromNow(DEFAULT_EXPIRY_DAYS), errors: [] };
  }
  const refuse = (message: string, code: string): Expiry => ({
    expiresAt: null,
    errors: [fieldError('expires_at', message, code)],
  });
  if (requested <= now.toISOString()) return refuse('This must be in the future.', 'too_small');
  if (requested > daysFromNow(MAX_EXPIRY_DAYS)) {
    return refuse(`At most ${MAX_EXPIRY_DAYS} days from now.`, 'too_big');
  }
  return { expiresAt: requested, errors: [] };
}

function fieldError(field: string, message: string, code: string): FieldError {
  return { field, pointer: `/${field}`, message, code };
}
