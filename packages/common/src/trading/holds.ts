import type { AssetId, IsoTime } from '../core/brands.ts';
import type { Decimal } from '../core/money.ts';
import { decimal, formatQuantity, formatUsd, ZERO } from '../core/money.ts';
import type { StoredAssetBalance } from '../entities/asset/asset-balance.ts';
import type { Hold, OpenOrder } from '../entities/order/order.ts';
import type { Balance } from '../entities/user/balance.ts';
import { availableCash, countOpenOrder, InsufficientBalanceError } from '../entities/user/balance-rules.ts';
import type { Settlement } from './settlement.ts';

/** The balance and the position that a decision about an order reads. */
export interface Funds {
  readonly balance: Balance;
  readonly holding: StoredAssetBalance | undefined;
}

/** Returns the hold of a buy: the cash of the trade at its limit, fees included. */
export function cashHold({ cash }: Settlement) {
  return { cash: formatUsd(cash) } satisfies Hold;
}

/** Returns the hold of a sale: the units themselves. Its fee is taken from its proceeds. */
export function unitsHold(quantity: Decimal) {
  return { units: formatQuantity(quantity) } satisfies Hold;
}

/** Returns a hold as it is shown: an amount of `USD`, or of the asset with this id. */
export function shownHold(hold: Hold, assetId: AssetId): { readonly amount: string; readonly unit: string } {
  return 'cash' in hold ? { amount: hold.cash, unit: 'USD' } : { amount: hold.units, unit: assetId };
}

/**
 * Holds cash for an order or a withdrawal. The current balance does not change.
 * @param field the member of the request that asks for too much
 * @throws InsufficientBalanceError (422 BUS_001) when less than that is available
 */
export function holdCash(balance: Balance, amount: Decimal, at: IsoTime, field = 'quantity'): Balance {
  const available = availableCash(balance);
  if (amount.gt(available)) {
    throw new InsufficientBalanceError('cash', {
      available: formatUsd(available),
      required: formatUsd(amount),
      field,
    });
  }
  return withHeldCash(balance, decimal(balance.held_balance).plus(amount), at);
}

/** Releases cash that is held. The current balance does not change. */
export function releaseCash(balance: Balance, amount: Decimal | string, at: IsoTime): Balance {
  return withHeldCash(balance, decimal(balance.held_balance).minus(amount), at);
}

function withHeldCash(balance: Balance, held: Decimal, at: IsoTime): Balance {
  return { ...balance, held_balance: formatUsd(held), updated_at: at };
}

/** Returns the units that may be sold or held: the quantity less the units held by open orders. */
export function availableUnits(
  holding: Pick<StoredAssetBalance, 'quantity' | 'held_quantity'> | undefined,
): Decimal {
  return holding ? decimal(holding.quantity).minus(holding.held_quantity) : ZERO;
}

/** A number of units of an asset. */
export interface Units {
  readonly assetId: AssetId;
  readonly quantity: Decimal;
}

/**
 * Holds units of a position for an order. Its quantity does not change.
 * @throws InsufficientBalanceError (422 BUS_001) when less than that is available
 */
export function holdUnits(
  holding: StoredAssetBalance | undefined,
  units: Units & { readonly at: IsoTime },
): StoredAssetBalance {
  const present = assertUnitsAvailable(holding, units);
  return withHeldUnits(present, decimal(present.held_quantity).plus(units.quantity), units.at);
}

/**
 * Returns the position when that many units of it are available.
 * @throws InsufficientBalanceError (422 BUS_001)
 */
export function assertUnitsAvailable(
  holding: StoredAssetBalance | undefined,
  { assetId, quantity }: Units,
): StoredAssetBalance {
  const available = availableUnits(holding);
  if (holding && quantity.lte(available)) return holding;
  throw new InsufficientBalanceError(assetId, {
    available: formatQuantity(available),
    required: formatQuantity(quantity),
    field: 'quantity',
  });
}

/** Changes the held units of a position, which its stake accounts for. */
export function heldUnits(holding: StoredAssetBalance, change: Decimal, at: IsoTime): StoredAssetBalance {
  return withHeldUnits(holding, decimal(holding.held_quantity).plus(change), at);
}

function withHeldUnits(holding: StoredAssetBalance, held: Decimal, at: IsoTime): StoredAssetBalance {
  return { ...holding, held_quantity: formatQuantity(held), updated_at: at };
}

/** The funds of an order after the release of its hold. */
export interface ReleasedFunds extends Funds {
  /** The position, when units of it were released; nothing to write otherwise. */
  readonly changedHolding: StoredAssetBalance | undefined;
}

/** Releases the hold of an open order, and no longer counts the order as open. */
export function releaseHold(
  { hold }: Pick<OpenOrder, 'hold'>,
  { balance: before, holding }: Funds,
  at: IsoTime,
): ReleasedFunds {
  const balance = countOpenOrder(before, -1);
  if ('cash' in hold) {
    return { balance: releaseCash(balance, hold.cash, at), holding, changedHolding: undefined };
  }
  // An order that sells was accepted from a position, and positions are never deleted.
  const released = holding && withHeldUnits(holding, decimal(holding.held_quantity).minus(hold.units), at);
  return { balance, holding: released, changedHolding: released };
}
