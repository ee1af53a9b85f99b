import { ForbiddenError, ValidationError } from '@cnop/exception/errors';
import type { ProblemError } from '@cnop/exception/problem-error';
import type { Amount, IsoTime, OrderId, Price, TransactionId } from '../core/brands.ts';
import type { Decimal } from '../core/money.ts';
import { decimal, isStorable, ZERO } from '../core/money.ts';
import type { Currency } from '../entities/currency.ts';
import { BASE_CURRENCY, currencyAssetId, formatAmount, shownAmount } from '../entities/currency.ts';
import type { Balance } from '../entities/user/balance.ts';
import type { LedgerEntry, Posting } from '../entities/user/balance-rules.ts';
import {
  availableCash,
  BalanceLimitError,
  balancedLegs,
  InsufficientBalanceError,
  postToLedger,
} from '../entities/user/balance-rules.ts';
import type { Conversion, ConvertedQuote, Wallet } from '../entities/user/wallet.ts';
import type { WalletPosting } from '../entities/user/wallet-rules.ts';
import {
  availableIn,
  emptyWallet,
  houseCurrency,
  nextEntryId,
  postToWallet,
} from '../entities/user/wallet-rules.ts';
import type { ConversionPrices, ConvertedAmounts, CurrencyPair } from './conversion-amounts.ts';
import { conversionLegs, creditFor, debitFor } from './conversion-amounts.ts';
import type { QuotedCurrency, UsdPrices } from './exchange-rates.ts';
import { rateAt, USD_PRICES } from './exchange-rates.ts';
import { AssetNotTradableError, mayPlace } from './permissions.ts';
import { OrderRefusedError } from './settlement.ts';
import { faultOfQuote, QuoteRefusedError } from './trigger-rules.ts';

/** A conversion as its user asks for it. */
export interface ConversionRequest extends CurrencyPair {
  /** Above zero, in the currency that `fixes` names. */
  readonly amount: Amount;
  /** Which of the two amounts is given; the other one follows from the rate. */
  readonly fixes: keyof CurrencyPair;
  /** The worst rate that is accepted: units of `to` for one of `from`. */
  readonly rateBound: Price | null;
}

/** Everything that the decision about a conversion depends on. */
export interface ConversionSituation {
  readonly request: ConversionRequest;
  readonly currencies: Readonly<Record<keyof CurrencyPair, QuotedCurrency>>;
  readonly now: Date;
  readonly maxAgeSeconds: number;
  readonly cash: ConvertedCash;
}

/** The cash of a user that a conversion reads: the balance in USD, and the wallets of the other currencies. */
export interface ConvertedCash {
  readonly balance: Balance;
  readonly wallets: Partial<Readonly<Record<keyof CurrencyPair, Wallet>>>;
}

/** The terms of a conversion at the present quotes. */
export interface ConversionEstimate extends ConvertedAmounts {
  readonly prices: ConversionPrices;
  readonly rate: Price;
}

/** Computes a conversion at the present quotes, however old; undefined while a currency has none. */
export function estimateConversion({
  request,
  currencies,
}: Pick<ConversionSituation, 'request' | 'currencies'>): ConversionEstimate | undefined {
  const [from, to] = [pricesOf(currencies.from), pricesOf(currencies.to)];
  if (!from || !to) return undefined;
  const prices = { from, to };
  const amount = decimal(request.amount);
  const amounts =
    request.fixes === 'from'
      ? { debited: amount, credited: creditFor(amount, request, prices) }
      : { debited: debitFor(amount, request, prices), credited: amount };
  return { ...amounts, prices, rate: rateAt(from.bid, to.ask) };
}

function pricesOf(quoted: QuotedCurrency): UsdPrices | undefined {
  return quoted.currency === BASE_CURRENCY ? USD_PRICES : quoted.quote;
}

/**
 * Returns every reason to refuse a conversion.
 * @see docs/reference/wallets.md
 */
export function conversionRefusals(situation: ConversionSituation): ProblemError[] {
  const { request, currencies, cash } = situation;
  const block = cash.balance.trading_block;
  const refusals: ProblemError[] = [];
  if (block !== null) refusals.push(new ForbiddenError(`This account is ${block} and cannot convert cash.`));
  for (const side of ['from', 'to'] as const)
    refusals.push(...currencyRefusals(side, currencies[side], situation));
  const estimate = estimateConversion(situation);
  if (!estimate) return refusals;
  const { prices, rate, debited, credited } = estimate;
  const bound = request.rateBound;
  if (bound !== null && decimal(prices.from.bid).lt(decimal(prices.to.ask).times(bound))) {
    refusals.push(new OrderRefusedError(`The rate is ${rate}, worse than ${bound}.`, 'rate_bound', { rate }));
  }
  if (!credited.gt(ZERO)) {
    refusals.push(new OrderRefusedError('This amount would bring less than the smallest unit.', 'amount'));
  }
  const available = availableOf(request.from, cash);
  if (debited.gt(available)) refusals.push(shortfall(request.from, debited, available));
  const held = request.to === BASE_CURRENCY ? cash.balance : cash.wallets.to;
  if (!isStorable(credited.plus(held?.current_balance ?? ZERO)) || !isStorable(debited)) {
    refusals.push(new BalanceLimitError());
  }
  return refusals;
}

function currencyRefusals(
  side: keyof CurrencyPair,
  quoted: QuotedCurrency,
  { now, maxAgeSeconds }: ConversionSituation,
): ProblemError[] {
  if (quoted.currency === BASE_CURRENCY) return [];
  const id = currencyAssetId(quoted.currency);
  if (!mayPlace(quoted.status, side === 'from' ? 'sell' : 'buy')) {
    return [new AssetNotTradableError(id, 'is not available for conversion')];
  }
  const fault = faultOfQuote(quoted.quote, now, maxAgeSeconds);
  return fault === undefined ? [] : [new QuoteRefusedError(id, fault)];
}

function availableOf(from: Currency, { balance, wallets }: ConvertedCash): Decimal {
  if (from === BASE_CURRENCY) return availableCash(balance);
  return wallets.from ? availableIn(wallets.from) : ZERO;
}

function shortfall(currency: Currency, required: Decimal, available: Decimal): InsufficientBalanceError {
  return new InsufficientBalanceError('cash', {
    available: shownAmount(available, currency),
    required: shownAmount(required, currency),
    field: 'amount',
  });
}

/** The id, time and cause of a conversion. Made before the decision, which may run more than once. */
export interface ConversionContext {
  readonly id: Conversion['conversion_id'];
  /** The unique part of the ids of both entries. */
  readonly entryId: TransactionId;
  readonly at: IsoTime;
  readonly orderId: OrderId | null;
}

/** The cash after a conversion, its entries and its record. */
export interface PostedConversion {
  readonly balance: Balance;
  /** The entry in USD, if one of the currencies is USD. */
  readonly posted: Posting | undefined;
  readonly wallets: readonly WalletPosting[];
  readonly conversion: Conversion;
}

/**
 * Converts cash: posts the debit, the credit and the record of the conversion.
 * @throws ValidationError (422) for two equal currencies
 * @throws ProblemError the first one of `conversionRefusals`
 */
export function postConversion(situation: ConversionSituation, context: ConversionContext): PostedConversion {
  const { request, cash, currencies } = situation;
  assertDifferent(request);
  const [refusal] = conversionRefusals(situation);
  if (refusal) throw refusal;
  const estimate = estimateConversion(situation);
  if (!estimate) throw new RangeError('a conversion without quotes was not refused');
  const { debited, credited, prices, rate } = estimate;
  const { from, to } = request;
  const legs = conversionLegs(request, estimate, prices);
  const entry = {
    type: 'conversion',
    description: `${shownAmount(debited, from)} to ${shownAmount(credited, to)}`,
    referenceId: context.id,
    at: context.at,
    id: context.entryId,
  } as const;
  const debit: Side = { ...entry, currency: from, amount: debited, direction: 'debit' };
  const credit: Side = { ...entry, currency: to, amount: credited, direction: 'credit' };
  const usd = [debit, credit].find(({ currency }) => currency === BASE_CURRENCY);
  const posted = usd && postToLedger(cash.balance, { ...usd, counterpart: legs });
  const wallets = [
    ...postSide(debit, cash.wallets.from, cash.balance),
    ...postSide(credit, cash.wallets.to, cash.balance),
  ];
  const idIn = (currency: Currency, wallet: Wallet | undefined): TransactionId =>
    nextEntryId(currency === BASE_CURRENCY ? cash.balance : wallet, context.entryId);
  return {
    balance: posted?.balance ?? cash.balance,
    posted,
    wallets,
    conversion: {
      conversion_id: context.id,
      username: cash.balance.username,
      from,
      to,
      debited: formatAmount(debited, from),
      credited: formatAmount(credited, to),
      rate,
      from_quote: keptQuote(currencies.from),
      to_quote: keptQuote(currencies.to),
      legs: posted ? [] : balancedLegs(ZERO, legs),
      debit_transaction_id: idIn(from, cash.wallets.from),
      credit_transaction_id: idIn(to, cash.wallets.to),
      order_id: context.orderId,
      created_at: context.at,
    },
  };
}

/** One entry of a conversion, before its other side. */
type Side = Omit<LedgerEntry, 'counterpart'> & { readonly currency: Currency };

/** Posts a side of a conversion to its wallet. USD has none. */
function postSide(
  { currency, ...entry }: Side,
  wallet: Wallet | undefined,
  { username }: Balance,
): WalletPosting[] {
  if (currency === BASE_CURRENCY) return [];
  const before = wallet ?? emptyWallet(username, currency, entry.at);
  return [postToWallet(before, { ...entry, counterpart: houseCurrency(currency) })];
}

/**
 * Checks that a conversion has two currencies.
 * @throws ValidationError (422)
 */
export function assertDifferent({ from, to }: CurrencyPair): void {
  if (from === to) throw ValidationError.ofField('to', 'Choose another currency.', 'same_currency');
}

function keptQuote(quoted: QuotedCurrency): ConvertedQuote | null {
  if (quoted.currency === BASE_CURRENCY || !quoted.quote) return null;
  const { bid, ask, mid, at, seq } = quoted.quote;
  return { bid, ask, mid, at, seq };
}
