import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Wallet } from '@cnop/common/entities/user/wallet';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import type { Ledger } from './cash.ts';

/** Fraction digits by ISO 4217. */
const DIGITS = 2;
const OTHER_DIGITS: Readonly<Record<string, number>> = { JPY: 0 };

/** Returns the fraction digits of amounts in a currency. */
export function currencyDigits(currency: string): number {
  return OTHER_DIGITS[currency] ?? DIGITS;
}

/** A wallet and the ledger of its currency, as they were found in the partition of an account. */
export interface WalletParts {
  readonly wallet: StoredOf<'wallet'> | undefined;
  readonly ledger: Ledger;
  /** The key of the last entry. */
  readonly lastKey: ItemKey | undefined;
}

/** Compares a wallet with the end and the sums of its ledger. */
export function checkWallet({ wallet, ledger, lastKey }: WalletParts): Violation[] {
  if (!wallet) {
    return lastKey ? [violation('wallet-ledger', [lastKey], 'There is no wallet for this entry.')] : [];
  }
  const { key, entity } = wallet;
  const texts: string[] = [];
  if (entity.transaction_count !== ledger.sequence) {
    texts.push(
      `It counts ${entity.transaction_count} entries, but the last one is number ${ledger.sequence}.`,
    );
  }
  if (!decimal(entity.current_balance).eq(ledger.balance)) {
    texts.push(`It is ${entity.current_balance}, but the ledger ends at ${ledger.balance}.`);
  }
  texts.push(...totalsText('total_deposits', entity, ledger.sums['deposit:credit']));
  texts.push(...totalsText('total_withdrawals', entity, ledger.sums['withdraw:debit']));
  if (decimal(entity.held_balance).gt(entity.current_balance)) {
    texts.push(`${entity.held_balance} is held of ${entity.current_balance}.`);
  }
  return texts.map((text) => violation('wallet-ledger', [key], text));
}

function totalsText(
  total: 'total_deposits' | 'total_withdrawals',
  wallet: Wallet,
  sum: Decimal | undefined,
): string[] {
  const due = sum ?? ZERO;
  if (due.eq(wallet[total])) return [];
  return [`${total} is ${wallet[total]}, but the entries sum up to ${formatDecimal(due)}.`];
}

/** Checks that amounts have at most the digits of their currency. */
export function checkCurrencyDigits({
  key,
  entity,
}: StoredOf<'wallet'> | StoredOf<'wallet entry'> | StoredOf<'conversion'>): Violation[] {
  const amounts: readonly (readonly [string, string])[] =
    'debited' in entity
      ? [
          [entity.from, entity.debited],
          [entity.to, entity.credited],
        ]
      : 'amount' in entity
        ? [entity.amount, entity.new_balance].map((amount) => [entity.currency, amount] as const)
        : [entity.current_balance, entity.held_balance].map((amount) => [entity.currency, amount] as const);
  return amounts
    .filter(([currency, amount]) => !decimal(amount).fits(currencyDigits(currency)))
    .map(([currency, amount]) => violation('item-scale', [key], `${amount} is no amount of ${currency}.`));
}

/** The cash of all wallets of one currency, and what the accounts of the other side received in it. */
export interface CurrencyBooks {
  readonly cash: Decimal;
  readonly otherSide: Decimal;
}

/** Adds amounts to the books of a currency. */
export function addToCurrency(
  books: Map<string, CurrencyBooks>,
  currency: string,
  { cash = ZERO, otherSide = ZERO }: Partial<CurrencyBooks>,
): void {
  const before = books.get(currency);
  books.set(currency, {
    cash: cash.plus(before?.cash ?? ZERO),
    otherSide: otherSide.plus(before?.otherSide ?? ZERO),
  });
}

/** Checks that the wallets of each currency and the accounts of the other side sum to zero. */
export function checkCurrencyBooks(books: ReadonlyMap<string, CurrencyBooks>): Violation[] {
  return [...books].flatMap(([currency, { cash, otherSide }]) => {
    if (cash.plus(otherSide).eq(ZERO)) return [];
    const text = `Wallets have ${formatDecimal(cash)} ${currency}, and the other side ${formatDecimal(otherSide)}.`;
    return [violation('two-sides', [], text)];
  });
}
