import type { AssetId, IsoTime, Username } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import {
  CURRENCY_SCALE,
  formatPrice,
  formatQuantity,
  formatUsd,
  MAX_SCALE,
  roundDown,
  ZERO,
} from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { effectOf, entersPosition } from './unit-effects.ts';

/** A position after some of its transactions. */
export interface PastPosition {
  readonly assetId: AssetId;
  readonly quantity: Decimal;
  /** The cost of the quantity in USD. */
  readonly invested: Decimal;
  /** USD. */
  readonly realized: Decimal;
  /** USD per unit, of the last change that sets it. */
  readonly averagePrice: Decimal;
  readonly createdAt: IsoTime;
  /** The last transaction. */
  readonly last: Pick<AssetTransaction, 'timestamp' | 'price'>;
}

/**
 * Returns a position after its next transaction. Quantity, cost and profit are sums of what transactions state, so their
 * order does not matter.
 * @param before undefined for the first transaction
 */
export function afterTransaction(
  before: PastPosition | undefined,
  transaction: AssetTransaction,
): PastPosition {
  const effect = effectOf(transaction);
  const enters = entersPosition(effect);
  const held = before?.quantity ?? ZERO;
  const cost = before?.invested ?? ZERO;
  const quantity = enters ? held.plus(effect.units) : held.minus(effect.units);
  // A sale of an earlier version does not state its profit, which its position does not count either.
  const isSilent = effect.kind === 'dispose' && transaction.realized_pnl === null;
  const left = isSilent ? keptShare(cost, quantity, held) : cost.minus(effect.cost);
  const invested = enters ? cost.plus(effect.cost) : left;
  const setsAverage = quantity.gt(ZERO) && (enters || effect.kind === 'refund_buy');
  return {
    assetId: transaction.asset_id,
    quantity,
    invested,
    realized: (before?.realized ?? ZERO).plus(transaction.realized_pnl ?? '0'),
    averagePrice: setsAverage ? roundDown(invested.div(quantity), MAX_SCALE) : (before?.averagePrice ?? ZERO),
    createdAt: before?.createdAt ?? transaction.timestamp,
    last: { timestamp: transaction.timestamp, price: transaction.price },
  };
}

/** Returns a past position in the form of the present one. Nothing says what open orders held then. */
export function holdingOf(username: Username, position: PastPosition): StoredAssetBalance {
  const { assetId, quantity, invested, realized, averagePrice, createdAt, last } = position;
  return {
    username,
    asset_id: assetId,
    quantity: formatQuantity(quantity),
    held_quantity: formatQuantity(ZERO),
    average_purchase_price: formatPrice(averagePrice),
    total_invested: formatUsd(invested),
    realized_pnl: formatUsd(realized),
    created_at: createdAt,
    updated_at: last.timestamp,
    last_transaction: last.timestamp,
  };
}

function keptShare(cost: Decimal, kept: Decimal, before: Decimal): Decimal {
  return before.gt(ZERO) ? roundDown(cost.times(kept).div(before), CURRENCY_SCALE) : ZERO;
}
