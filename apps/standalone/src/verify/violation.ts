import type { ItemKey } from '@cnop/common/database/table-store';

/** Everything that is proved of a store, by the name that a violation carries. */
export const RULES = {
  'item-kind': 'every item is of a known kind',
  'item-schema': 'every item has the shape of its kind',
  'item-key': 'the key of an item is built from its fields',
  'item-scale': 'an amount of USD has at most two fraction digits',
  'account-parts': 'a user and a balance exist together, and nothing belongs to nobody',
  'email-claim': 'every user has claimed the e-mail, and every claim has its user',
  'balance-bounds': '0 <= held <= current',
  'balance-held': 'held is the sum of what open orders hold',
  'balance-current': 'the current balance is where the ledger ends',
  'balance-totals': 'each total is the sum of its ledger entries',
  'balance-count': 'the ledger has as many entries as the balance says',
  'ledger-sequence': 'ledger entries are numbered from 1 without a gap',
  'ledger-id': 'the id of a ledger entry carries its number',
  'ledger-chain': 'a ledger entry begins where the one before ended, the first at 0',
  'ledger-amount': 'a ledger entry changes the balance by its amount, in its direction',
  'ledger-direction': 'the type of a ledger entry allows its direction',
  'ledger-status': 'what stands in the ledger is completed',
  'holding-quantity': 'a holding is what was bought less what was sold',
  'holding-cost': 'a holding cost no less than 0, and an empty one nothing',
  'order-history': 'the history of an order follows the table of transitions and ends at its status',
  'order-times': 'the times of an order do not go backwards',
  'order-state': 'the fields of an order agree with its status, and a market order is never left open',
  'order-amount': 'a market order moves quantity x price, rounded against the user',
  'trade-amount': 'an asset transaction moves quantity x price, rounded against the user',
  'trade-cash': 'a completed order has exactly one ledger entry, of its amount',
  'trade-asset': 'a completed order has exactly one asset transaction, equal to it',
  'trade-order': 'no payment and no asset transaction exists without its completed order',
  'first-answer': 'a remembered answer speaks of what is stored',
  'asset-scale': 'prices and quantities fit the scales of their asset, which is in the catalogue',
  'index-missing': 'every item is listed in its indexes, at its place',
  'index-stray': 'an index lists nothing else',
  conservation: 'all cash is what came in, less what went out',
} as const;
export type Rule = keyof typeof RULES;

export interface Violation {
  readonly rule: Rule;
  /** The items concerned, as `table/partition key/sort key`. */
  readonly keys: readonly string[];
  readonly message: string;
}

export function violation(rule: Rule, keys: readonly ItemKey[], message: string): Violation {
  return { rule, keys: keys.map(nameOf), message };
}

/** A key as people read it. */
export function nameOf({ table, pk, sk }: ItemKey): string {
  return `${table}/${pk}/${sk}`;
}
