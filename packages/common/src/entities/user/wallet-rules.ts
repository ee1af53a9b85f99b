import type { IsoTime, LedgerAccount, TransactionId, Username } from '../../core/brands.ts';
import { ledgerAccount } from '../../core/brands.ts';
import { ledgerEntryId } from '../../core/ids.ts';
import type { Decimal } from '../../core/money.ts';
import { decimal, isStorable, ZERO } from '../../core/money.ts';
import type { WalletCurrency } from '../currency.ts';
import { formatAmount, shownAmount } from '../currency.ts';
import type { LedgerEntry } from './balance-rules.ts';
import { BalanceLimitError, balancedLegs, InsufficientBalanceError } from './balance-rules.ts';
import type { Wallet, WalletTransaction } from './wallet.ts';

/** Returns the account of the house's conversions in a currency: its cash, and the USD that it got for it. */
export function houseCurrency(currency: WalletCurrency): LedgerAccount {
  return ledgerAccount(`house:currency:${currency}`);
}

/** Returns the wallet of a user who has not used the currency yet. It is stored with its first entry. */
export function emptyWallet(username: Username, currency: WalletCurrency, at: IsoTime): Wallet {
  const nothing = formatAmount(ZERO, currency);
  return {
    username,
    currency,
    current_balance: nothing,
    held_balance: nothing,
    total_deposits: nothing,
    total_withdrawals: nothing,
    transaction_count: 0,
    created_at: at,
    updated_at: at,
    last_transaction: null,
  };
}

/** Returns the cash of a wallet that is not held. */
export function availableIn({ current_balance, held_balance }: Wallet): Decimal {
  return decimal(current_balance).minus(held_balance);
}

/** A wallet after an entry, and the entry. */
export interface WalletPosting {
  readonly wallet: Wallet;
  readonly transaction: WalletTransaction;
}

/** Returns the id of the next entry of a ledger, which is the first one of a wallet that does not exist. */
export function nextEntryId(
  account: Pick<Wallet, 'transaction_count'> | undefined,
  id: TransactionId,
): TransactionId {
  return ledgerEntryId((account?.transaction_count ?? 0) + 1, id);
}

/**
 * Posts a completed entry to the ledger of a wallet, as `postToLedger` does for USD. No other code changes the current
 * balance of a wallet.
 * @param entry its amount is in the currency of the wallet, already rounded against the user
 * @throws InsufficientBalanceError (422) when a debit exceeds the available cash
 * @throws BalanceLimitError (422) when a credit exceeds the largest balance
 * @throws RangeError when the amount is not above zero or has more digits than the currency, or the sides do not balance
 */
export function postToWallet(wallet: Wallet, entry: LedgerEntry): WalletPosting {
  const { currency, username } = wallet;
  const { amount, direction, counterpart, type, at } = entry;
  if (!amount.gt(ZERO)) throw new RangeError('a ledger entry needs an amount above zero');
  if (direction === 'debit') assertAvailable(wallet, amount);
  const moved = direction === 'debit' ? amount.neg() : amount;
  const current = decimal(wallet.current_balance).plus(moved);
  if (!isStorable(current)) throw new BalanceLimitError();
  const legs =
    typeof counterpart === 'string' ? [{ account: counterpart, amount: moved.neg() }] : counterpart;
  const new_balance = formatAmount(current, currency);
  return {
    wallet: {
      ...wallet,
      ...totalsAfter(wallet, entry),
      current_balance: new_balance,
      transaction_count: wallet.transaction_count + 1,
      updated_at: at,
      last_transaction: at,
    },
    transaction: {
      transaction_id: nextEntryId(wallet, entry.id),
      username,
      currency,
      sequence: wallet.transaction_count + 1,
      amount: formatAmount(amount, currency),
      direction,
      legs: balancedLegs(moved, legs),
      previous_balance: wallet.current_balance,
      new_balance,
      transaction_type: type,
      status: 'completed',
      description: entry.description,
      reference_id: entry.referenceId,
      created_at: at,
      updated_at: at,
      completed_at: at,
    },
  };
}

function totalsAfter(wallet: Wallet, { type, amount }: LedgerEntry): Partial<Wallet> {
  const plus = (total: string) => formatAmount(decimal(total).plus(amount), wallet.currency);
  if (type === 'deposit') return { total_deposits: plus(wallet.total_deposits) };
  return type === 'withdraw' ? { total_withdrawals: plus(wallet.total_withdrawals) } : {};
}

/**
 * Checks that a wallet has an amount that is not held.
 * @throws InsufficientBalanceError (422)
 */
function assertAvailable(wallet: Wallet, amount: Decimal): void {
  const available = availableIn(wallet);
  if (amount.lte(available)) return;
  const { currency } = wallet;
  throw new InsufficientBalanceError('cash', {
    available: shownAmount(available, currency),
    required: shownAmount(amount, currency),
    field: 'amount',
  });
}
