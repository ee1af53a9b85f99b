import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { StakingRate } from '@cnop/common/entities/staking/stake';
import type { Holds } from './account-walk.ts';
import { createHolds } from './account-walk.ts';
import type { AssetScales } from './rules/items.ts';
import { addEntryToBooks, addTradeToBooks, isRefundType, sumOf } from './rules/two-sides.ts';
import type { CurrencyBooks } from './rules/wallets.ts';
import { addToCurrency } from './rules/wallets.ts';
import type { Kind, Stored, StoredOf } from './stored-kinds.ts';

/** The state of the first reading. It does not grow with transactions, events or final orders. */
export interface Gathered {
  readonly kinds: Map<Kind, number>;
  readonly catalogue: Map<string, AssetScales>;
  readonly priceSheets: StoredOf<'price sheet'>[];
  readonly stakingRates: StakingRate[];
  readonly holds: Holds;
  cash: Decimal;
  bought: Decimal;
  sold: Decimal;
  fees: Decimal;
  readonly accounts: Map<string, Decimal>;
  readonly currencies: Map<string, CurrencyBooks>;
}

/** Returns the state before the first item. */
export function nothingGathered(): Gathered {
  return {
    kinds: new Map(),
    catalogue: new Map(),
    priceSheets: [],
    stakingRates: [],
    holds: createHolds(),
    cash: ZERO,
    bought: ZERO,
    sold: ZERO,
    fees: ZERO,
    accounts: new Map(),
    currencies: new Map(),
  };
}

/** Adds an item to the counts and sums. */
export function gather(gathered: Gathered, stored: Stored): void {
  gathered.kinds.set(stored.kind, (gathered.kinds.get(stored.kind) ?? 0) + 1);
  switch (stored.kind) {
    case 'asset':
      gathered.catalogue.set(stored.entity.asset_id, stored.entity);
      break;
    case 'staking rate':
      gathered.stakingRates.push(stored.entity);
      break;
    case 'price sheet':
      gathered.priceSheets.push(stored);
      break;
    case 'balance':
      gathered.cash = gathered.cash.plus(stored.entity.current_balance);
      break;
    case 'asset transaction': {
      const { transaction_type, total_amount, fees } = stored.entity;
      if (transaction_type === 'buy') gathered.bought = gathered.bought.plus(total_amount);
      if (transaction_type === 'buy_refund') gathered.bought = gathered.bought.minus(total_amount);
      if (transaction_type === 'sell_refund') gathered.sold = gathered.sold.minus(total_amount);
      if (transaction_type === 'sell' || transaction_type === 'settlement')
        gathered.sold = gathered.sold.plus(total_amount);
      addTradeToBooks(gathered.accounts, stored.entity);
      if (fees !== null)
        gathered.fees = isRefundType(stored.entity) ? gathered.fees.minus(fees) : gathered.fees.plus(fees);
      break;
    }
    case 'ledger entry':
      addEntryToBooks(gathered.accounts, stored.entity);
      break;
    case 'conversion':
      // Of conversions between two other currencies, no entry in USD has the house's side.
      addEntryToBooks(gathered.accounts, stored.entity);
      break;
    case 'wallet':
      addToCurrency(gathered.currencies, stored.entity.currency, {
        cash: decimal(stored.entity.current_balance),
      });
      break;
    case 'wallet entry':
      addToCurrency(gathered.currencies, stored.entity.currency, { otherSide: sumOf(stored.entity.legs) });
      break;
    case 'order':
      gathered.holds.add(stored.entity);
      break;
    default:
  }
}
