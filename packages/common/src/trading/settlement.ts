import { ProblemError } from '@cnop/exception/problem-error';
import type { AssetId, IsoTime, Username } from '../core/brands.ts';
import type { Decimal } from '../core/money.ts';
import {
  CURRENCY_SCALE,
  decimal,
  formatPrice,
  formatQuantity,
  formatUsd,
  isStorable,
  MAX_SCALE,
  roundDown,
  roundUp,
  ZERO,
} from '../core/money.ts';
import type { StoredAssetBalance } from '../entities/asset/asset-balance.ts';
import type { Side } from '../entities/order/order.ts';
import type { LegAmount } from '../entities/user/balance-rules.ts';
import { houseAsset, LEDGER_ACCOUNTS } from '../entities/user/balance-rules.ts';

const BASIS_POINT = '0.0001';
const ONE_CENT = '0.01';

/** 422 BUS_002: the order breaks a rule of trading. */
export class OrderRefusedError extends ProblemError {
  /**
   * @param field the member of the request that breaks the rule
   * @param extensions figures that explain the refusal, such as the current price
   */
  constructor(detail: string, field?: string, extensions: Readonly<Record<string, string>> = {}) {
    super('BUS_002', {
      detail,
      extensions,
      ...(field && { errors: [{ field, pointer: `/${field}`, message: detail, code: 'breaks_rule' }] }),
    });
  }
}

/** The USD that a trade moves. */
export interface Settlement {
  /** Quantity times price, rounded against the user. */
  readonly total: Decimal;
  /** Rounded up. */
  readonly fees: Decimal;
  /** Leaves the account (total plus fees) or reaches it (total less fees). */
  readonly cash: Decimal;
}

export interface SettlementTerms {
  readonly quantity: Decimal;
  /** USD per unit. */
  readonly price: Decimal | string;
  readonly feeBps: number;
}

/**
 * Computes what a trade moves. A debit is rounded up to cents, a credit down and a fee up, so that splitting an order
 * gains nothing.
 */
export function settlementOf(side: Side, { quantity, price, feeBps }: SettlementTerms): Settlement {
  const exact = quantity.times(price);
  const total = side === 'buy' ? roundUp(exact, CURRENCY_SCALE) : roundDown(exact, CURRENCY_SCALE);
  const fees = feeOf(total, feeBps);
  return { total, fees, cash: side === 'buy' ? total.plus(fees) : total.minus(fees) };
}

/**
 * Computes what a trade moves, and refuses a trade that may not be booked.
 * @param terms.maySettleToNothing whether a sale may bring less than a cent: only where it closes a whole position
 * @throws OrderRefusedError (422 BUS_002) when a sale would bring less than a cent, or more than can be stored
 */
export function settle(
  side: Side,
  terms: SettlementTerms & { readonly maySettleToNothing?: boolean },
): Settlement {
  const settlement = settlementOf(side, terms);
  if (!settlement.cash.gt('0') && !terms.maySettleToNothing) {
    throw new OrderRefusedError('This sale would bring less than one cent.', 'quantity');
  }
  if (!isStorable(settlement.total) || !isStorable(settlement.cash)) {
    throw new OrderRefusedError('The total is larger than the platform can hold.', 'quantity');
  }
  return settlement;
}

/**
 * Returns the house's side of the cash of a trade. Its asset account gets or gives the value at the mid price; spread,
 * rounding and fee are what the user pays on top of it, so none of them is negative.
 * @param terms.mid USD per unit
 */
export function houseLegs(
  side: Side,
  { total, fees }: Pick<Settlement, 'total' | 'fees'>,
  {
    assetId,
    quantity,
    price,
    mid,
  }: Pick<SettlementTerms, 'quantity' | 'price'> & {
    readonly assetId: AssetId;
    readonly mid: Decimal | string;
  },
): LegAmount[] {
  const value = quantity.times(mid);
  const exact = quantity.times(price);
  const isBuy = side === 'buy';
  return [
    { account: houseAsset(assetId), amount: isBuy ? value : value.neg() },
    { account: LEDGER_ACCOUNTS.spread, amount: isBuy ? exact.minus(value) : value.minus(exact) },
    { account: LEDGER_ACCOUNTS.rounding, amount: isBuy ? total.minus(exact) : exact.minus(total) },
    { account: LEDGER_ACCOUNTS.fee, amount: fees },
  ];
}

/** Returns the other side of the cash that settles a position in a delisted asset. */
export function settlementLegs({
  quantity,
  price,
  cash,
}: Pick<SettlementTerms, 'quantity' | 'price'> & Pick<Settlement, 'cash'>): LegAmount[] {
  const exact = quantity.times(price);
  return [
    { account: LEDGER_ACCOUNTS.settlement, amount: exact.neg() },
    { account: LEDGER_ACCOUNTS.rounding, amount: exact.minus(cash) },
  ];
}

/** Units that enter or leave a position. */
export interface PositionChange {
  readonly username: Username;
  readonly assetId: AssetId;
  readonly quantity: Decimal;
  /** The USD that the units cost, fees included, or that a sale brought, less fees. */
  readonly cash: Decimal;
  readonly at: IsoTime;
}

const NOTHING_HELD = formatQuantity(ZERO);
const NOTHING_REALIZED = formatUsd(ZERO);

/**
 * Returns the position after units entered it: cost adds up, and the average price follows.
 * @throws OrderRefusedError (422 BUS_002) when quantity or cost would have more digits than can be stored
 */
export function addToPosition(
  holding: StoredAssetBalance | undefined,
  change: PositionChange,
): StoredAssetBalance {
  const quantity = change.quantity.plus(holding?.quantity ?? ZERO);
  const invested = change.cash.plus(holding?.total_invested ?? ZERO);
  if (!isStorable(quantity) || !isStorable(invested)) {
    throw new OrderRefusedError('The holding would become larger than the platform can hold.', 'quantity');
  }
  const units = formatQuantity(quantity);
  const price = formatPrice(averagePrice(invested, quantity));
  const cost = formatUsd(invested);
  if (!holding) {
    return {
      username: change.username,
      asset_id: change.assetId,
      quantity: units,
      held_quantity: NOTHING_HELD,
      average_purchase_price: price,
      total_invested: cost,
      realized_pnl: NOTHING_REALIZED,
      created_at: change.at,
      updated_at: change.at,
      last_transaction: change.at,
    };
  }
  return {
    ...holding,
    quantity: units,
    average_purchase_price: price,
    total_invested: cost,
    updated_at: change.at,
    last_transaction: change.at,
  };
}

/** Only shown: no money moves by it. 0 for units that cost nothing. */
function averagePrice(invested: Decimal, quantity: Decimal): Decimal {
  return roundDown(invested.div(quantity), MAX_SCALE);
}

/** Returns the fee on a trade of a total, in USD, rounded up to cents. */
function feeOf(total: Decimal, basisPoints: number): Decimal {
  return basisPoints === 0 ? ZERO : roundUp(total.times(shareOf(basisPoints)), CURRENCY_SCALE);
}

/** Returns the most units that an amount of cash pays for, fee included. */
export function unitsForCash(
  cash: Decimal,
  price: Decimal,
  { feeBps, quantityScale }: { readonly feeBps: number; readonly quantityScale: number },
): Decimal {
  const withFee = decimal('1').plus(shareOf(feeBps));
  let total = roundDown(cash.div(withFee), CURRENCY_SCALE);
  // The fee is rounded up, so the total may have to give way by a cent.
  while (total.plus(feeOf(total, feeBps)).gt(cash)) total = total.minus(ONE_CENT);
  // The total is whole cents, so rounding the cost of these units up does not exceed it.
  return roundDown(total.div(price), quantityScale);
}

/** Converts basis points to a factor: 25 becomes 0.0025. */
function shareOf(basisPoints: number): Decimal {
  return decimal(BASIS_POINT).times(String(basisPoints));
}
