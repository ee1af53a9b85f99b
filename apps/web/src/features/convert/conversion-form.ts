import { decimal, formatDecimal, roundDown } from '@cnop/common/core/money';
import type { Currency } from '@cnop/common/entities/currency';
import { digitsOf } from '@cnop/common/entities/currency';
import type { ConversionPreview, ConversionRequest, FixedSide } from '../../api/account/wallets.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { readDecimal } from '../../format/decimal-input.ts';
import { plainText } from '../../format/numbers.ts';

/** How much worse than the shown rate a conversion may execute, in percent; `any` has no limit. */
export type Tolerance = 'any' | '0.1' | '0.5' | '1';

/** The fields as typed. */
export interface ConversionForm {
  readonly from: Currency;
  readonly to: Currency;
  /** The typed amount. */
  readonly amount: string;
  /** The field in which it was typed. */
  readonly fixes: FixedSide;
  readonly tolerance: Tolerance;
}

export type ConversionField = 'amount';
export type ConversionErrors = Partial<Record<ConversionField | 'form', string>>;

export interface ConversionReading {
  /** The request to preview; `undefined` while the amount is wrong or missing. */
  readonly request: ConversionRequest | undefined;
  readonly error: string | undefined;
  readonly isMissing: boolean;
}

/** Reads the form by the rules of the server. */
export function readConversion({ from, to, amount, fixes }: ConversionForm): ConversionReading {
  const digits = digitsOf(fixes === 'from' ? from : to);
  const reading = readDecimal(amount, digits);
  return {
    request: reading.kind === 'value' ? { from, to, amount: reading.text, fixes } : undefined,
    error: reading.kind === 'bad' ? reading.message : undefined,
    isMissing: reading.kind === 'empty',
  };
}

const MAX_RATE_DIGITS = 12;

/** Returns the worst rate that is accepted; `undefined` without a limit. */
export function rateBound(rate: string, tolerance: Tolerance): string | undefined {
  if (tolerance === 'any') return undefined;
  const share = decimal('100').minus(tolerance).div('100');
  return formatDecimal(roundDown(decimal(rate).times(share), MAX_RATE_DIGITS));
}

export interface SpreadCost {
  /** What the spread costs, in the currency that is received. */
  readonly amount: string;
  /** The same in percent of what the mid rate would bring. */
  readonly percent: string;
}

const PERCENT_DIGITS = 2;

/** Returns what the spread costs: the difference to the mid rate. */
export function spreadCost(
  preview: ConversionPreview,
  { to }: Pick<ConversionForm, 'to'>,
): SpreadCost | undefined {
  const { debited, credited } = preview;
  const mid = midRate(preview);
  if (debited === null || credited === null || mid === undefined) return undefined;
  const atMid = decimal(debited).times(mid);
  if (!atMid.gt('0')) return undefined;
  const cost = atMid.minus(credited);
  return {
    amount: plainText(cost.round(digitsOf(to))),
    percent: plainText(cost.times('100').div(atMid).round(PERCENT_DIGITS)),
  };
}

/** Returns the rate between bid and ask; `undefined` without a quote. */
export function midRate({ from_quote, to_quote, rate }: ConversionPreview): string | undefined {
  if (rate === null) return undefined;
  const mid = decimal(from_quote?.mid ?? '1').div(to_quote?.mid ?? '1');
  return formatDecimal(roundDown(mid, MAX_RATE_DIGITS));
}

/** Returns the time of the older of the two quotes. */
export function rateTime({ from_quote, to_quote }: ConversionPreview) {
  const times = [from_quote?.at, to_quote?.at].filter((at) => at !== undefined);
  return times.toSorted()[0];
}

type Reason = ConversionPreview['reasons'][number];

/** Returns the reasons of a preview at the field that they are about. */
export function errorsOfReasons(reasons: readonly Reason[]): ConversionErrors {
  const errors: ConversionErrors = {};
  for (const reason of reasons) {
    const { field, text } = wordsFor(reason);
    errors[field] = errors[field] === undefined ? text : `${errors[field]} ${text}`;
  }
  return errors;
}

/** Returns the errors of a refused request by field. */
export function errorsOfProblem(problem: ApiProblem): ConversionErrors {
  const { code = '', message, fields } = problem;
  const [first] = fields;
  return errorsOfReasons([{ code, field: first?.field ?? null, message: first?.message ?? message }]);
}

function wordsFor({ code, field, message }: Reason): {
  readonly field: ConversionField | 'form';
  readonly text: string;
} {
  switch (code) {
    case 'BUS_001':
      // Without amounts, which are shown beside the field, where they can be hidden.
      return { field: 'amount', text: 'Exceeds your available balance.' };
    case 'SVC_001':
      return { field: 'form', text: 'There is no current rate. Wait a moment: it is read again.' };
    default:
      return field === 'rate_bound'
        ? { field: 'form', text: 'The rate became worse than you accept. Look at the new rate.' }
        : { field: field === 'amount' ? 'amount' : 'form', text: message };
  }
}
