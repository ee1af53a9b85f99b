import type { IsoTime, OrderId, TransactionId } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { isUnitMovement } from '@cnop/common/entities/asset/asset-transaction';

/** The effect of an asset transaction on a position. */
export interface UnitEffect {
  readonly id: TransactionId;
  readonly at: IsoTime;
  /** The order that bought or sold the units; null without one. */
  readonly orderId: OrderId | null;
  /**
   * Units come in at a cost (`acquire`), leave for proceeds (`dispose`), or leave together with their cost (`remove`). A
   * refund gives the units of a buy back, or returns those of a sale.
   */
  readonly kind: 'acquire' | 'dispose' | 'remove' | 'refund_buy' | 'refund_sale';
  /** Above zero. */
  readonly units: Decimal;
  /** USD that is paid or received, fees included; zero for units that move without cash. */
  readonly cash: Decimal;
  /** USD: the cost that the units bring into the position, or take out of it. */
  readonly cost: Decimal;
}

/**
 * Returns the effect of an asset transaction. Fees add to the cost of a buy and reduce the proceeds of a sale. Units that
 * move without cash bring the cost that their transaction states, else its total.
 * @see docs/reference/tax.md
 */
export function effectOf(transaction: AssetTransaction): UnitEffect {
  const { transaction_type: type, total_amount } = transaction;
  const fees = decimal(transaction.fees ?? '0');
  const realized = decimal(transaction.realized_pnl ?? '0');
  const [added, reduced] = [decimal(total_amount).plus(fees), decimal(total_amount).minus(fees)];
  const effect = {
    id: transaction.transaction_id,
    at: transaction.timestamp,
    orderId: transaction.order_id,
    units: decimal(transaction.quantity),
  };
  switch (type) {
    case 'buy':
      return { ...effect, kind: 'acquire', cash: added, cost: added };
    case 'sell':
    case 'settlement':
      return { ...effect, kind: 'dispose', cash: reduced, cost: reduced.minus(realized) };
    case 'buy_refund':
      return { ...effect, kind: 'refund_buy', cash: added, cost: added.minus(realized) };
    case 'sell_refund':
      return { ...effect, kind: 'refund_sale', cash: reduced, cost: reduced.plus(realized) };
    default:
      return {
        ...effect,
        kind: transaction.direction === 'out' ? 'remove' : 'acquire',
        cash: ZERO,
        cost: isUnitMovement(transaction) ? decimal(transaction.cost) : added,
      };
  }
}

/** Returns whether an effect adds units to the position. */
export function entersPosition({ kind }: Pick<UnitEffect, 'kind'>): boolean {
  return kind === 'acquire' || kind === 'refund_sale';
}
