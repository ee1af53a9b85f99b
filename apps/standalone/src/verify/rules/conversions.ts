import { ledgerAccount } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { Leg } from '@cnop/common/entities/user/balance-transaction';
import type { Conversion } from '@cnop/common/entities/user/wallet';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import { legsText } from './two-sides.ts';
import { currencyDigits } from './wallets.ts';

const USD = 'USD';
const RATE_DIGITS = 12;

interface Prices {
  readonly bid: Decimal;
  readonly ask: Decimal;
  readonly mid: Decimal;
}

function pricesOf(quote: Conversion['from_quote']): Prices {
  const { bid = '1', ask = '1', mid = '1' } = quote ?? {};
  return { bid: decimal(bid), ask: decimal(ask), mid: decimal(mid) };
}

function smallest(currency: string): Decimal {
  return decimal(currencyDigits(currency) === 0 ? '1' : '0.01');
}

/**
 * Checks a conversion against the quotes that it keeps: the user pays at the bid of one currency and gets at the ask of the
 * other, and the rest is less than the smallest unit that either amount could have been better by.
 */
export function checkConversion({ key, entity }: StoredOf<'conversion'>): Violation[] {
  const { from, to, debited, credited, rate, from_quote, to_quote, legs } = entity;
  const wrong = (text: string): Violation[] => [violation('conversion-amount', [key], text)];
  if (from === to) return wrong('Its two currencies are the same.');
  if ((from === USD) !== (from_quote === null) || (to === USD) !== (to_quote === null)) {
    return wrong('A currency other than USD has a quote, and USD has none.');
  }
  const [sold, bought] = [pricesOf(from_quote), pricesOf(to_quote)];
  for (const { bid, ask, mid } of [sold, bought]) {
    if (bid.gt(mid) || mid.gt(ask)) return wrong('A mid price is not between bid and ask.');
  }
  const proceeds = decimal(debited).times(sold.bid);
  const cost = decimal(credited).times(bought.ask);
  if (proceeds.lt(cost)) return wrong(`${debited} ${from} does not pay for ${credited} ${to}.`);
  const creditsLess = decimal(credited).plus(smallest(to)).times(bought.ask).lte(proceeds);
  const debitsMore = decimal(debited).minus(smallest(from)).times(sold.bid).gte(cost);
  if (creditsLess && debitsMore) return wrong(`${debited} ${from} brings more than ${credited} ${to}.`);
  if (!sold.bid.div(bought.ask).round(RATE_DIGITS, 'down').eq(rate)) {
    return wrong(`The rate is ${rate}, which does not follow from the quotes.`);
  }
  const due = from === USD || to === USD ? '' : legsText(legsDue(entity));
  const stated = legsText(legs);
  if (stated === due) return [];
  return wrong(`The other side is ${stated || 'missing'}, but ${due || 'none'} follows from the quotes.`);
}

/** Returns what the accounts of the house receive in USD. */
function legsDue({ from, to, debited, credited, from_quote, to_quote }: Conversion): Leg[] {
  const [sold, bought] = [pricesOf(from_quote), pricesOf(to_quote)];
  const [out, back] = [decimal(debited), decimal(credited)];
  const spread = out.times(sold.mid.minus(sold.bid)).plus(back.times(bought.ask.minus(bought.mid)));
  const rest = out.times(sold.bid).minus(back.times(bought.ask));
  return [
    { account: from === USD ? undefined : `house:currency:${from}`, amount: ZERO.minus(out.times(sold.mid)) },
    { account: to === USD ? undefined : `house:currency:${to}`, amount: back.times(bought.mid) },
    { account: 'house:spread', amount: spread },
    { account: 'house:rounding', amount: rest },
  ].flatMap(({ account, amount }) =>
    account === undefined ? [] : [{ account: ledgerAccount(account), amount: formatDecimal(amount) }],
  );
}

/** A ledger entry of a conversion, of the balance in USD or of a wallet. */
export type ConvertedEntry = StoredOf<'ledger entry'> | StoredOf<'wallet entry'>;

/** Returns what an entry of a conversion states: its side, currency, amount, id and other side. */
export function convertedText({ entity }: ConvertedEntry): string {
  const currency = 'currency' in entity ? entity.currency : USD;
  const { direction, amount, transaction_id, legs } = entity;
  return entryText([direction, currency, amount, transaction_id], legs);
}

/** Returns what both entries of a conversion must state. */
export function convertedTextsDue(conversion: Conversion): string[] {
  const { from, to, debited, credited, debit_transaction_id, credit_transaction_id } = conversion;
  return [
    entryText(['debit', from, debited, debit_transaction_id], sideLegs(conversion, from, debited)),
    entryText(['credit', to, credited, credit_transaction_id], sideLegs(conversion, to, `-${credited}`)),
  ];
}

function entryText([direction, currency, amount, id]: readonly string[], legs: readonly Leg[]): string {
  return [direction, currency, formatDecimal(decimal(amount ?? '0')), id, legsText(legs)].join(' ');
}

function sideLegs(conversion: Conversion, currency: string, received: string): Leg[] {
  if (currency === USD) return legsDue(conversion);
  return [{ account: ledgerAccount(`house:currency:${currency}`), amount: received }];
}

/** Checks that a conversion has its two entries, and that no entry has none. */
export function checkConvertedEntries(
  conversion: StoredOf<'conversion'> | undefined,
  entries: readonly ConvertedEntry[],
): Violation[] {
  const keys = [...(conversion ? [conversion.key] : []), ...entries.map(({ key }) => key)];
  const due = conversion ? convertedTextsDue(conversion.entity) : [];
  const stated = entries.map(convertedText);
  if (stated.toSorted().join('\n') === due.toSorted().join('\n')) return [];
  const text = `The entries state ${stated.join('; ') || 'nothing'}, but ${due.join('; ') || 'no conversion'} is due.`;
  return [violation('conversion-entries', keys, text)];
}
