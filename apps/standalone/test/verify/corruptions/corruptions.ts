import { ACCOUNTS } from './accounts.ts';
import { CASH } from './cash.ts';
import { INDEXES } from './indexes.ts';
import { ITEMS } from './items.ts';
import { ORDERS } from './orders.ts';
import type { Corruption } from './store-parts.ts';
import { TRADES } from './trades.ts';

/** What is damaged, one thing at a time; the name ends the sentence "the audit names ...". */
export const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  ...ITEMS,
  ...ACCOUNTS,
  ...CASH,
  ...TRADES,
  ...ORDERS,
  ...INDEXES,
};
