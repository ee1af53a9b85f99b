import { decimal } from '@cnop/common/core/money';
import type { Leg, TransactionStatus, TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { LedgerEntry } from '../api/account/cash.ts';
import { plainText } from '../format/numbers.ts';

export const TRANSACTION_NAMES: Readonly<Record<TransactionType, string>> = {
  deposit: 'Deposit',
  withdraw: 'Withdrawal',
  order_payment: 'Trade',
  order_refund: 'Refund',
  system_adjustment: 'Adjustment',
  transfer: 'Transfer',
  settlement: 'Settlement',
  conversion: 'Conversion',
};

const USER_ACCOUNT = 'user:';
const HOUSE_ASSET = 'house:asset:';
const HOUSE_CURRENCY = 'house:currency:';

/** Returns the other user of a transfer; `undefined` for every other entry. */
export function otherUser({ legs }: Pick<LedgerEntry, 'legs'>): string | undefined {
  const account = legs.find((leg) => leg.account.startsWith(USER_ACCOUNT))?.account;
  return account?.slice(USER_ACCOUNT.length);
}

/** Names of the accounts of the other side, as parts of a movement. */
const ACCOUNT_NAMES: Readonly<Record<string, string>> = {
  'house:fee': 'Fee',
  'house:spread': 'Spread',
  'house:rounding': 'Rounding to cents',
  'house:adjustment': 'Correction by staff',
  'house:suspense': 'Trade, not divided',
  'external:deposit': 'From outside CNOP',
  'external:withdrawal': 'To outside CNOP',
  'external:settlement': 'Settlement of a delisted asset',
};

/** Returns the name of an account of the other side: where cash came from or went. */
function accountName(account: Leg['account']): string {
  if (account.startsWith(USER_ACCOUNT)) return account.slice(USER_ACCOUNT.length);
  if (account.startsWith(HOUSE_ASSET)) return `${account.slice(HOUSE_ASSET.length)} at the mid price`;
  if (account.startsWith(HOUSE_CURRENCY)) return `${account.slice(HOUSE_CURRENCY.length)} at the mid rate`;
  return ACCOUNT_NAMES[account] ?? account.replaceAll(/[:_]/g, ' ');
}

/** A part of a movement: the change of the user's cash and where it came from or went. */
export interface Part {
  readonly name: string;
  /** USD with all digits; negative for what the user paid. */
  readonly amount: string;
}

/** Returns the parts of an entry, which add up to its signed amount. Empty parts are left out. */
export function partsOf({ legs }: Pick<LedgerEntry, 'legs'>): readonly Part[] {
  return legs
    .map(({ account, amount }) => ({ name: accountName(account), amount: plainText(decimal(amount).neg()) }))
    .filter(({ amount }) => amount !== '0');
}

/**
 * Returns the name of an entry: a trade that debits cash is a buy, one that credits it a sell. A transfer names the other
 * user.
 */
export function entryName(entry: Pick<LedgerEntry, 'transaction_type' | 'direction' | 'legs'>): string {
  const { transaction_type, direction } = entry;
  const other = transaction_type === 'transfer' ? otherUser(entry) : undefined;
  if (other !== undefined) return direction === 'debit' ? `Transfer to ${other}` : `Transfer from ${other}`;
  if (transaction_type !== 'order_payment') return TRANSACTION_NAMES[transaction_type];
  return direction === 'debit' ? 'Buy' : 'Sell';
}

export const TRANSACTION_STATUS_NAMES: Readonly<Record<TransactionStatus, string>> = {
  pending: 'Pending',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  processing: 'Processing',
};

/** Returns the signed change of the balance. */
export function signedAmount({ amount, direction }: Pick<LedgerEntry, 'amount' | 'direction'>): string {
  return direction === 'debit' ? `-${amount}` : amount;
}
