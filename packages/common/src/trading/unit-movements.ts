import type { AssetId, IsoTime, LedgerAccount, Price, TransactionId, Username } from '../core/brands.ts';
import type { Decimal } from '../core/money.ts';
import {
  CURRENCY_SCALE,
  decimal,
  formatQuantity,
  formatUsd,
  isStorable,
  roundDown,
  roundUp,
} from '../core/money.ts';
import type { StoredAssetBalance } from '../entities/asset/asset-balance.ts';
import type { AssetTransaction, UnitMovement } from '../entities/asset/asset-transaction.ts';
import { assertUnitsAvailable } from './holds.ts';
import { addToPosition, OrderRefusedError } from './settlement.ts';

// Units that move without cash: transfers, airdrops and staking rewards. Nothing is realised by them.

/** The types of such movements. */
export type UnitMovementType = Extract<
  AssetTransaction['transaction_type'],
  'transfer' | 'airdrop' | 'staking'
>;

/** Units that enter or leave a position without cash. */
export interface MovedUnits {
  readonly type: UnitMovementType;
  readonly username: Username;
  readonly assetId: AssetId;
  readonly quantity: Decimal;
  /** The account on the other side of the units. */
  readonly counterpart: LedgerAccount;
  /** The mid price in USD per unit, at which the units are valued. */
  readonly mid: Price;
  readonly description: string | null;
  readonly id: TransactionId;
  readonly at: IsoTime;
}

/** A position after units moved, and the entry that records it. */
export interface MovedPosition {
  readonly holding: StoredAssetBalance;
  readonly assetTransaction: UnitMovement;
}

/**
 * Returns the value of units in USD at a mid price. That of a transfer is rounded up, because it counts against a limit;
 * that of a gift is rounded down, like any credit.
 * @throws OrderRefusedError (422 BUS_002) when it has more digits than can be stored
 */
export function valueOfUnits({
  type,
  quantity,
  mid,
}: Pick<MovedUnits, 'type' | 'quantity' | 'mid'>): Decimal {
  const round = type === 'transfer' ? roundUp : roundDown;
  const value = round(quantity.times(mid), CURRENCY_SCALE);
  if (!isStorable(value))
    throw new OrderRefusedError('The value is larger than the platform can hold.', 'quantity');
  return value;
}

/**
 * Adds units to a position that bring their cost along: 0 for a gift.
 * @param cost USD
 * @throws OrderRefusedError (422 BUS_002) when the position would have more digits than can be stored
 */
export function receiveUnits(
  holding: StoredAssetBalance | undefined,
  units: MovedUnits,
  cost: Decimal,
): MovedPosition {
  return moved(addToPosition(holding, { ...units, cash: cost }), units, { direction: 'in', cost });
}

/**
 * Takes available units out of a position, and their share of its cost. The units left keep their share rounded down to
 * cents, so the remainder of the rounding leaves with the others, and no cost is lost between two positions.
 * @throws InsufficientBalanceError (422 BUS_001) when fewer units are available
 */
export function sendUnits(holding: StoredAssetBalance | undefined, units: MovedUnits): MovedPosition {
  const present = assertUnitsAvailable(holding, units);
  const before = decimal(present.quantity);
  const left = before.minus(units.quantity);
  const invested = roundDown(decimal(present.total_invested).times(left).div(before), CURRENCY_SCALE);
  const rest = {
    ...present,
    quantity: formatQuantity(left),
    total_invested: formatUsd(invested),
    updated_at: units.at,
    last_transaction: units.at,
  };
  const cost = decimal(present.total_invested).minus(invested);
  return moved(rest, units, { direction: 'out', cost });
}

function moved(
  holding: StoredAssetBalance,
  units: MovedUnits,
  { direction, cost }: { readonly direction: UnitMovement['direction']; readonly cost: Decimal },
): MovedPosition {
  const value = valueOfUnits(units);
  const gain = direction === 'in' ? value.minus(cost) : cost.minus(value);
  const { id, at, type, quantity, counterpart, mid, description } = units;
  return {
    holding: type === 'transfer' ? withTransferredGain(holding, gain) : holding,
    assetTransaction: {
      transaction_id: id,
      username: units.username,
      asset_id: units.assetId,
      transaction_type: type,
      quantity: formatQuantity(quantity),
      counterpart,
      price: mid,
      mid_price: mid,
      total_amount: formatUsd(value),
      order_id: null,
      status: 'completed',
      fees: null,
      description,
      realized_pnl: null,
      timestamp: at,
      created_at: at,
      updated_at: at,
      direction,
      cost: formatUsd(cost),
    },
  };
}

/** A transfer moves value in or out of an account like a deposit, so what it was worth above its cost is no profit. */
function withTransferredGain(holding: StoredAssetBalance, gain: Decimal): StoredAssetBalance {
  const transferred = decimal(holding.transferred_gain ?? '0').plus(gain);
  if (!isStorable(transferred)) {
    throw new OrderRefusedError('The transfers would become larger than the platform can hold.', 'quantity');
  }
  return { ...holding, transferred_gain: formatUsd(transferred) };
}
