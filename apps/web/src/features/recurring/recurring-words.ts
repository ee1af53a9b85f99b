import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { CURRENCY_SCALE } from '@cnop/common/core/money';
import type {
  RecurringBuy,
  RecurringInterval,
  RecurringRun,
} from '@cnop/common/entities/order/recurring-buy';
import type { NewRecurringBuy } from '../../api/account/recurring-buys.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { readDecimal } from '../../format/decimal-input.ts';
import type { BadgeTone } from '../../ui/badge.tsx';

export const INTERVAL_NAMES: Readonly<Record<RecurringInterval, string>> = {
  day: 'Every day',
  week: 'Every week',
  two_weeks: 'Every two weeks',
  month: 'Every month',
};

export const IF_REFUSED_NAMES: Readonly<Record<RecurringBuy['if_refused'], string>> = {
  skip: 'Skip it',
  retry: 'Try again for three hours',
};

export const RUN_NAMES: Readonly<Record<RecurringRun['outcome'], string>> = {
  bought: 'Bought',
  refused: 'Refused',
  missed: 'Missed',
};

export const RUN_TONES: Readonly<Record<RecurringRun['outcome'], BadgeTone>> = {
  bought: 'gain',
  refused: 'warn',
  missed: 'neutral',
};

/** The fields of the form as typed. */
export interface RecurringForm extends Pick<NewRecurringBuy, 'asset_id' | 'every' | 'if_refused'> {
  readonly amount: string;
  /** As the browser has it: local time without a zone; empty for now. */
  readonly start: string;
}

export type RecurringErrors = Partial<Record<'amount' | 'start' | 'form', string>>;

export type RecurringReading =
  | { readonly kind: 'bad'; readonly errors: RecurringErrors }
  | { readonly kind: 'good'; readonly request: NewRecurringBuy };

/** Reads the form by the rules of the server. */
export function readRecurringForm(form: RecurringForm, now: Date): RecurringReading {
  const { asset_id, every, if_refused } = form;
  const amount = readDecimal(form.amount, CURRENCY_SCALE);
  const start = readStart(form.start, now);
  const errors: RecurringErrors = {
    ...(amount.kind === 'empty' && { amount: 'Required.' }),
    ...(amount.kind === 'bad' && { amount: amount.message }),
    ...(start.error !== undefined && { start: start.error }),
  };
  if (amount.kind !== 'value' || start.error !== undefined) return { kind: 'bad', errors };
  const starts = start.at === undefined ? {} : { starts_at: start.at };
  return { kind: 'good', request: { asset_id, every, if_refused, amount: amount.text, ...starts } };
}

function readStart(text: string, now: Date): { readonly at?: IsoTime; readonly error?: string } {
  if (text === '') return {};
  const start = new Date(text);
  if (Number.isNaN(start.getTime())) return { error: 'Choose a day and a time.' };
  if (start < now) return { error: 'Choose a time in the future.' };
  return { at: isoTime(start) };
}

/** Returns the errors of a refusal by field. */
export function errorsOfRefusal(problem: ApiProblem): RecurringErrors {
  const [amount, start] = [problem.messageOf('amount'), problem.messageOf('starts_at')];
  if (amount === undefined && start === undefined) return { form: problem.message };
  return { ...(amount !== undefined && { amount }), ...(start !== undefined && { start }) };
}
