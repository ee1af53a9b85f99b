import type { ItemKey } from '@cnop/common/database/table-store';

/** The rules that an audit checks, by name. A violation carries the name, and the report prints the text. */
export const RULES = {
  'item-kind': 'every item is of a known kind',
  'item-schema': 'every item has the shape of its kind',
  'item-key': 'the key of an item is built from its fields',
  'item-scale': 'an amount of USD has at most two fraction digits',
  'account-block': 'trading is blocked exactly while the user is not active',
  'account-parts': 'a user and a balance exist together, and every item of an account has both',
  'email-claim': 'every user has exactly one claim of the e-mail, and every claim has its user',
  'balance-bounds': '0 <= held <= current',
  'balance-held': 'the held cash is the sum of the holds of open buys and of withdrawals under way',
  'balance-open-orders': 'the count of open orders, where there is one, is the number of open orders',
  'balance-current': 'the current balance is where the ledger ends',
  'balance-totals': 'each total is the sum of its ledger entries',
  'balance-count': 'the balance counts the entries of the ledger',
  'balance-transfers': 'the transfers counted for the daily limits are those of cash and of units',
  'ledger-sequence': 'ledger entries are numbered from 1 without a gap',
  'ledger-id': 'the id of a ledger entry carries its number',
  'ledger-chain': 'a ledger entry begins where the one before ended, the first at 0',
  'ledger-amount': 'a ledger entry changes the balance by its amount, in its direction',
  'ledger-direction': 'the type of a ledger entry allows its direction',
  'ledger-status': 'every ledger entry is completed',
  'ledger-legs':
    'both sides of a ledger entry sum to zero, and the other side consists of the accounts of its type',
  'wallet-ledger':
    'a wallet is where its ledger ends, with the count and sums of its entries, and holds at most that',
  'conversion-amount': 'a conversion follows from the quotes that it keeps, rounded against the user',
  'conversion-entries': 'a conversion has one debit and one credit, whose other side follows from its quotes',
  'transfer-sides': 'both sides of a transfer exist, name each other and state the same',
  'payment-history': 'the history of a payment follows the table of steps and ends at its status',
  'payment-state':
    'a payment has a ledger entry exactly when it is completed, and is due only while it is under way',
  'payment-review': 'a reviewed withdrawal goes on only when someone other than its user has approved it',
  'payment-cash':
    'a completed payment has exactly one ledger entry, of its amount, and no other payment has one',
  'payment-due':
    'a payment under way has exactly one item that says what it waits for, and an ended one has none',
  'recurring-state':
    'a recurring buy has a next run exactly while it is active, and counts the runs that bought',
  'recurring-due': 'an active recurring buy has its due work, and no work is of a run that is not planned',
  'recurring-run': 'a run of a recurring buy that bought has its filled order, with the same units and cost',
  'event-payment': 'each step of a payment has exactly one event, with the same data',
  'holding-quantity': 'a position is the quantity bought or received less the quantity sold or sent',
  'holding-bounds': '0 <= held quantity <= quantity',
  'holding-held': 'the held quantity of a position is the sum of the holds of open sales and of its stake',
  'holding-cost': 'the cost of a position is not below 0, and 0 when the position is empty',
  'holding-profit': 'the realised profit of a position is the sum over its trades',
  'holding-basis':
    'the realised profit is the proceeds of sales less the cost of buys, plus the cost of what is left',
  'tax-method': 'the method of the tax lots of a year is chosen in that year or the one before',
  'holding-transfers': 'the transferred gain of a position is the value of its transfers less their cost',
  'order-history': 'the history of an order follows the table of transitions and ends at its status',
  'order-times': 'the times of an order do not go backwards',
  'order-state': 'the fields of an order agree with its status, and the status is queued or final',
  'order-fields': 'an order has the fields that its type needs, and none that its type does not take',
  'order-amount': 'the total of an order is quantity x price, rounded against the user',
  'order-fees':
    'the fee of a fill is the agreed share of its total, rounded up, and an order that was not filled has no fee',
  'order-held': 'an open order holds what its fill may need, and a final order holds nothing',
  'order-limit': 'no order is filled at a worse price than its limit or bound',
  'order-expiry': 'an order is filled only before its expiry, and expires only after it',
  'order-acceptance': 'an open order was accepted at a quote that did not meet its trigger',
  'order-trigger': 'an open order is filled only after a quote that meets its trigger',
  'trade-amount': 'the total of an asset transaction is quantity x price, rounded against the user',
  'trade-cash': 'a completed order that moves cash has exactly one ledger entry, of its amount and its fees',
  'trade-asset': 'a completed order has exactly one asset transaction, equal to it',
  'trade-order': 'no payment and no asset transaction exists without its completed order',
  'trade-settlement':
    'a position is settled only when its asset is delisted, at the published price, with one ledger entry',
  'refund-terms':
    'a refund is of a filled order, and its amounts are the share of its units in the trade, rounded against the user',
  'refund-sides':
    'a refunded order has one ledger entry and one asset transaction that reverse its trade, and no refund exists without it',
  'trade-legs': 'the other side of a trade follows from its price, mid price, total and fees',
  'airdrop-posting':
    'every posted recipient of an airdrop has one asset transaction, and every airdrop transaction its recipient',
  'airdrop-report':
    'every result of an airdrop is of its recipient, and a finished airdrop counts its results',
  'unit-movement':
    'units that move without cash have a direction and a cost, and neither an order nor a fee nor a profit',
  'stake-sequence': 'the steps of a stake are numbered from 1 without a gap',
  'stake-amount': 'each step of a stake leaves the units staked that follow from it',
  'stake-rate': 'a reward is at the rate of its day',
  'stake-reward':
    'each day of a stake has one reward, computed to the smallest unit with the remainder carried',
  'stake-posting': 'a reward is in the history of its stake and one asset transaction, with the same units',
  'stake-state': 'a stake is where its history ends',
  'client-order':
    'every claimed client_order_id belongs to its order, and every order that has one has the claim',
  'event-sequence': 'the events of a user are numbered up to the count of the balance, without a gap',
  'event-times': 'the times of events follow their numbers',
  'event-data': 'an event carries the data of its type',
  'event-order': 'an order has exactly one event of each status that is announced, with the same data',
  'event-balance': 'the last event of a user carries the current balance',
  'event-wallet': 'the last event about a wallet carries the current wallet',
  'event-holding': 'the last event about a position carries the current position',
  'first-answer': 'a remembered answer agrees with the stored order or ledger entry',
  'asset-scale': 'prices and quantities fit the scales of their asset, which is in the catalogue',
  'target-allocation':
    'a target allocation names assets of the catalogue, each once, and its percentages sum up to 100',
  'candle-prices': 'the prices of a candle lie between its lowest and its highest',
  'candle-time': 'a candle opens at a multiple of its interval',
  'candle-open': 'only the newest candle of an asset and interval is not final',
  'candle-parts': 'a candle is the aggregate of the shorter candles of its span',
  'index-missing': 'every item has its index entries',
  'index-stray': 'an index has no other entries',
  'house-checkpoint': 'the house book has at most the entries of each ledger, and remembers their days',
  'house-sums': 'the sums of the house book are those of the ledger entries within its checkpoints',
  conservation: 'all cash is deposits less withdrawals, the cost of trades and the fees of the house',
  'two-sides': 'the cash of all users and the accounts of the other side sum to zero',
} as const;

/** The name of a rule. */
export type Rule = keyof typeof RULES;

/** A rule that does not hold, and where. */
export interface Violation {
  readonly rule: Rule;
  /** The items concerned. */
  readonly keys: readonly ItemKey[];
  readonly message: string;
}

/** Creates a violation of a rule by the items of these keys. */
export function violation(rule: Rule, keys: readonly ItemKey[], message: string): Violation {
  return { rule, keys, message };
}

/** Formats a key as `table/partition key/sort key`. */
export function nameOf({ table, pk, sk }: ItemKey): string {
  return `${table}/${pk}/${sk}`;
}

/** Bounds the memory of an audit of a store that is broken everywhere. */
export const MAX_KEPT_VIOLATIONS = 1_000;

/** Takes the violations of an audit. */
export interface Findings {
  add(violations: readonly Violation[]): void;
}

/** The violations of an audit: all are counted, the first thousand are kept. */
export interface KeptFindings extends Findings {
  /** Returns the first thousand violations. */
  kept(): readonly Violation[];
  /** Returns the number of all violations. */
  total(): number;
}

/** Creates an empty list of findings. */
export function createFindings(): KeptFindings {
  const kept: Violation[] = [];
  let total = 0;
  return {
    add(violations) {
      total += violations.length;
      kept.push(...violations.slice(0, MAX_KEPT_VIOLATIONS - kept.length));
    },
    kept: () => kept,
    total: () => total,
  };
}
