import type { ItemKey } from '@cnop/common/database/table-store';

/** Everything that is proved of a store, by the name that a violation carries. */
export const RULES = {
  'item-kind': 'every item is of a known kind',
  'item-schema': 'every item has the shape of its kind',
  'item-key': 'the key of an item is built from its fields',
  'item-scale': 'an amount of USD has at most two fraction digits',
  'account-block': 'an account may trade exactly while its user is active',
  'account-parts': 'a user and a balance exist together, and nothing belongs to nobody',
  'email-claim': 'every user has claimed the e-mail, and every claim has its user',
  'balance-bounds': '0 <= held <= current',
  'balance-held': 'held is the sum of what open buys hold',
  'balance-open-orders': 'the count of open orders is how many there are, where they were counted',
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
  'holding-bounds': 'no more of a holding is held than there is',
  'holding-held': 'the held part of a holding is the sum of what open sales hold',
  'holding-cost': 'a holding cost no less than 0, and an empty one nothing',
  'holding-profit': 'what a holding has realised is the sum of what its trades realised',
  'holding-basis':
    'a holding has realised what sales brought, less what buys cost, and what is still invested',
  'order-history': 'the history of an order follows the table of transitions and ends at its status',
  'order-times': 'the times of an order do not go backwards',
  'order-state': 'the fields of an order agree with its status, and it rests only where it waits or ends',
  'order-fields': 'an order has what its type needs, and nothing that its type does not take',
  'order-amount': 'an order moves quantity x price, rounded against the user',
  'order-fees':
    'a trade costs the agreed share of its total, rounded up, and what was not executed costs nothing',
  'order-held': 'an order that waits holds what its execution may need, and any other holds nothing',
  'order-limit': 'no order is executed at a worse price than its limit or bound',
  'order-expiry': 'an order is executed only before its time is over, and expires only after',
  'order-acceptance': 'an order waits only for what the quote of its acceptance did not meet',
  'order-trigger': 'an order that waited is executed only for a quote that meets its condition',
  'trade-amount': 'an asset transaction moves quantity x price, rounded against the user',
  'trade-cash': 'a completed order that moves cash has exactly one ledger entry, of its amount and its fees',
  'trade-asset': 'a completed order has exactly one asset transaction, equal to it',
  'trade-order': 'no payment and no asset transaction exists without its completed order',
  'trade-settlement':
    'a position is settled once its asset is delisted, at the published price, with one ledger entry',
  'client-order': 'every client_order_id leads to its order, and every order that has one is led to',
  'event-sequence': 'the events of a user are numbered up to the count of the balance, without a gap',
  'event-times': 'events happen in the order of their numbers',
  'event-data': 'an event tells what its type is about',
  'event-order': 'an order has exactly one event of each change that its owner sees, equal to it',
  'event-balance': 'the last event of a user tells the balance as it is',
  'event-holding': 'the last event about a holding tells the holding as it is',
  'first-answer': 'a remembered answer speaks of what is stored',
  'asset-scale': 'prices and quantities fit the scales of their asset, which is in the catalogue',
  'candle-prices': 'the prices of a candle lie between its lowest and its highest',
  'candle-time': 'a candle opens at a multiple of its interval',
  'candle-open': 'only the newest candle of an asset and interval is open',
  'candle-parts': 'a candle is what the shorter ones of its span make together',
  'index-missing': 'every item is listed in its indexes, at its place',
  'index-stray': 'an index lists nothing else',
  conservation: 'all cash is what came in, less what went out and what the house was paid in fees',
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
