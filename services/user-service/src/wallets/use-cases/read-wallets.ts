import type { Username } from '@cnop/common/core/brands';
import { decimal, formatUsd, ZERO } from '@cnop/common/core/money';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import type { WalletIdentity } from '@cnop/common/dao/user/wallet-dao';
import type { Currency, WalletCurrency } from '@cnop/common/entities/currency';
import {
  BASE_CURRENCY,
  currencyAssetId,
  currencySchema,
  digitsOf,
  formatAmount,
} from '@cnop/common/entities/currency';
import { priceSchema, timestampSchema } from '@cnop/common/entities/fields';
import type { Balance } from '@cnop/common/entities/user/balance';
import { availableCash } from '@cnop/common/entities/user/balance-rules';
import type { Wallet, WalletTransaction } from '@cnop/common/entities/user/wallet';
import { availableIn } from '@cnop/common/entities/user/wallet-rules';
import { NotFoundError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { LedgerSelection } from '../../use-cases/cash/read-cash.ts';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

/** The cash of a user in one currency. Amounts are in that currency. */
const walletViewSchema = z.object({
  currency: currencySchema,
  digits: z.int().describe('Fraction digits of amounts, by ISO 4217.'),
  current_balance: z.string(),
  held_balance: z.string(),
  available_balance: z.string(),
  total_deposits: z.string(),
  total_withdrawals: z.string(),
  transaction_count: z.int(),
  mid_rate: priceSchema.nullable().describe('USD for one unit, without a spread; null without a quote.'),
  rate_at: timestampSchema.nullable(),
  usd_value: z.string().nullable().describe('The current balance at `mid_rate`, rounded down to cents.'),
  created_at: timestampSchema,
  updated_at: timestampSchema,
});
type WalletView = z.infer<typeof walletViewSchema>;

/** All wallets of a user. */
export const walletListSchema = z.object({
  data: z.array(walletViewSchema),
  total_usd_value: z.string().describe('The sum of all `usd_value` that are known.'),
});

/**
 * Returns the cash of a user in all currencies that were used, USD first, each with its value in USD.
 * @throws NotFoundError (404) without an account
 */
export async function readWallets(
  {
    balances,
    wallets,
    assets,
    quoteFor,
  }: Pick<UserDependencies, 'balances' | 'wallets' | 'assets' | 'quoteFor'>,
  username: Username,
): Promise<z.infer<typeof walletListSchema>> {
  const [balance, stored] = await Promise.all([balances.getBalance(username), wallets.getWallets(username)]);
  if (!balance) throw new NotFoundError('The account');
  const catalogue = await assets.getAssetsByIds(stored.map(({ currency }) => currencyAssetId(currency)));
  const views = stored.map((wallet) => {
    const id = currencyAssetId(wallet.currency);
    return walletView(wallet, quoteFor(id, catalogue.get(id)));
  });
  const data = [baseView(balance), ...views];
  const total = data.reduce((sum, { usd_value }) => sum.plus(usd_value ?? ZERO), ZERO);
  return { data, total_usd_value: formatUsd(total) };
}

function baseView(balance: Balance): WalletView {
  const { current_balance, held_balance, total_deposits, total_withdrawals } = balance;
  const { transaction_count, created_at, updated_at } = balance;
  return {
    currency: BASE_CURRENCY,
    digits: digitsOf(BASE_CURRENCY),
    current_balance,
    held_balance,
    available_balance: formatUsd(availableCash(balance)),
    total_deposits,
    total_withdrawals,
    transaction_count,
    mid_rate: priceSchema.parse('1'),
    rate_at: null,
    usd_value: current_balance,
    created_at,
    updated_at,
  };
}

function walletView(
  wallet: Wallet,
  quote: Pick<NonNullable<ReturnType<UserDependencies['quoteFor']>>, 'mid' | 'at'> | undefined,
): WalletView {
  const { username: _username, last_transaction: _last, ...fields } = wallet;
  return {
    ...fields,
    digits: digitsOf(wallet.currency),
    available_balance: formatAmount(availableIn(wallet), wallet.currency),
    mid_rate: quote?.mid ?? null,
    rate_at: quote?.at ?? null,
    usd_value: quote ? formatUsd(decimal(wallet.current_balance).times(quote.mid).round(2, 'down')) : null,
  };
}

/** Returns the cash of a user in a currency; of a wallet that does not exist, nothing. */
export function balanceIn(
  currency: Currency,
  balance: Balance,
  wallet: Wallet | undefined,
): { readonly current: string; readonly held: string; readonly available: string } {
  if (currency === BASE_CURRENCY) {
    const { current_balance: current, held_balance: held } = balance;
    return { current, held, available: formatUsd(availableCash(balance)) };
  }
  const nothing = formatAmount(ZERO, currency);
  return {
    current: wallet?.current_balance ?? nothing,
    held: wallet?.held_balance ?? nothing,
    available: wallet ? formatAmount(availableIn(wallet), currency) : nothing,
  };
}

/**
 * Reads one entry of a wallet.
 * @throws NotFoundError (404) for an entry that the wallet does not have
 */
export async function readWalletTransaction(
  { wallets }: Pick<UserDependencies, 'wallets'>,
  identity: Pick<WalletTransaction, 'username' | 'currency' | 'transaction_id'>,
): Promise<WalletTransaction> {
  const entry = await wallets.getTransaction(identity);
  if (!entry) throw new NotFoundError('The transaction');
  return entry;
}

/** Entries of one wallet, by type and period. */
export interface WalletSelection extends LedgerSelection {
  readonly currency: WalletCurrency;
}

/** A page of a wallet's ledger, and the number of all entries where they are not filtered. */
interface WalletPage {
  readonly page: Page<WalletTransaction>;
  readonly totalCount: number | undefined;
}

/** Returns a page of the ledger of a wallet, newest first; empty before its first use. */
export async function listWalletTransactions(
  { wallets }: Pick<UserDependencies, 'wallets'>,
  { username, currency, type, from, to }: WalletSelection,
  request: PageRequest,
): Promise<WalletPage> {
  const identity: WalletIdentity = { username, currency };
  if (from !== undefined || to !== undefined) {
    const range = await wallets.findLedgerRange(identity, { from, to });
    return { page: await wallets.getTransactions(identity, request, { type, range }), totalCount: undefined };
  }
  const page = await wallets.getTransactions(identity, request, { type });
  const wallet = type === undefined ? await wallets.getWallet(identity) : undefined;
  return { page, totalCount: type === undefined ? (wallet?.transaction_count ?? 0) : undefined };
}
