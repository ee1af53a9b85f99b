import type { Decimal } from '@cnop/common/core/money';
import { formatDecimal, formatUsd } from '@cnop/common/core/money';
import type { Settlement } from './settlement.ts';

/** What an order reserves while it waits: the most that its execution may need. */
export interface Hold {
  readonly amount: string;
  /** `USD`, or the id of the asset. */
  readonly unit: string;
}

/** For a buy: the cash of the trade at its limit, fees included. */
export function cashHold({ cash }: Settlement): Hold {
  return { amount: formatUsd(cash), unit: 'USD' };
}

/** For a sale: the units themselves; its fee comes out of what it brings. */
export function unitsHold(assetId: string, quantity: Decimal): Hold {
  return { amount: formatDecimal(quantity), unit: assetId };
}
