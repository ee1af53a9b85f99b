import { ACCOUNTS } from './accounts.ts';
import { AIRDROPS } from './airdrops.ts';
import { CANDLES } from './candles.ts';
import { CASH } from './cash.ts';
import { EVENTS } from './events.ts';
import { HOUSE_BOOK } from './house-book.ts';
import { INDEXES } from './indexes.ts';
import { ITEMS } from './items.ts';
import { OPEN_ORDERS } from './open-orders.ts';
import { ORDERS } from './orders.ts';
import { PAYMENTS } from './payments.ts';
import { RECURRING_BUYS } from './recurring-buys.ts';
import { REFUNDS } from './refunds.ts';
import { STAKING } from './staking.ts';
import type { Corruption } from './store-parts.ts';
import { TARGET_ALLOCATIONS } from './target-allocations.ts';
import { TERMS } from './terms.ts';
import { TRADES } from './trades.ts';
import { TRANSFERS } from './transfers.ts';
import { TWO_SIDES } from './two-sides.ts';
import { WALLETS } from './wallets.ts';

/** Corruptions of a sound store, one at a time. The name completes the sentence "the audit names ...". */
export const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  ...ITEMS,
  ...ACCOUNTS,
  ...CASH,
  ...TRADES,
  ...TWO_SIDES,
  ...TRANSFERS,
  ...STAKING,
  ...REFUNDS,
  ...AIRDROPS,
  ...HOUSE_BOOK,
  ...WALLETS,
  ...PAYMENTS,
  ...RECURRING_BUYS,
  ...ORDERS,
  ...TERMS,
  ...OPEN_ORDERS,
  ...EVENTS,
  ...CANDLES,
  ...TARGET_ALLOCATIONS,
  ...INDEXES,
};
