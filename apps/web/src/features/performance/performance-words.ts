import { decimal } from '@cnop/common/core/money';
import type { PerformanceRange, ReturnFigure } from '../../api/account/performance.ts';
import { formatPercent, plainText } from '../../format/numbers.ts';

export const RANGE_NAMES: Readonly<Record<PerformanceRange, string>> = {
  '1d': 'Past day',
  '1w': 'Past week',
  '1m': 'Past month',
  '3m': 'Past 3 months',
  ytd: 'Since 1 January',
  '1y': 'Past year',
  all: 'All time',
};

const HUNDRED = 100;

/** Returns a rate of the API in percent: 0.05 is 5. */
export function percentOf(rate: number | null | undefined): number | undefined {
  return rate === null || rate === undefined ? undefined : rate * HUNDRED;
}

const REASONS: Readonly<Record<string, string>> = {
  no_capital: 'No money in this period',
  too_short: 'Too short to tell',
  too_few_days: 'Needs 5 whole days',
  total_loss: 'Everything was lost',
  no_solution: 'No rate explains it',
  several_solutions: 'Several rates explain it',
  not_determined: 'Cannot be computed',
  no_variation: 'Nothing moved',
  no_prices: 'No price at the start',
};

/** Returns why a figure has no value, in a few words. */
export function reasonOf({ unavailable }: ReturnFigure): string {
  return REASONS[unavailable ?? ''] ?? 'Not available';
}

const NOTES: Readonly<Record<string, string>> = {
  younger_than_period: 'Your account is younger than this period, so the figures begin with the account.',
  history_limit: 'This account has more history than can be read back, so the figures begin later.',
  no_capital: 'There was no money in this period, so there is nothing to measure.',
  interrupted: 'The account was empty for a time. That time has no return.',
  total_loss: 'All money in the account was lost. The return stays at -100% from then on.',
};

/** Returns what is special about a period, as a sentence. */
export function noteOf(note: string): string | undefined {
  return NOTES[note];
}

/** What each figure says, in plain words. */
export const EXPLANATIONS: readonly { readonly term: string; readonly words: string }[] = [
  {
    term: 'Time-weighted return',
    words:
      'What one dollar that stayed for the whole period became. Deposits and withdrawals do not change it, so you can compare it with an asset.',
  },
  {
    term: 'Money-weighted return',
    words:
      'The steady yearly rate that turns what you paid in into what you have. It counts when you paid in: money that came before a fall weighs more.',
  },
  {
    term: 'Largest fall',
    words: 'The deepest loss from a high, and whether the high was reached again.',
  },
  {
    term: 'Volatility',
    words:
      'How much the daily returns vary, for a year. Twice the volatility means swings of about twice the size.',
  },
  {
    term: 'Difference to the benchmark',
    words: 'Your time-weighted return minus the return of the asset that you compare with.',
  },
  {
    term: 'Correlation',
    words: 'From -1 to 1: at 1 both move together, at 0 they have nothing to do with each other.',
  },
  {
    term: 'Tracking error',
    words: 'How much the daily differences to the benchmark vary, for a year.',
  },
];

const SECONDS_PER_MINUTE = '60';

/** Returns a value of a finding as text; amounts are shown by `Money`. */
export function valueWords(unit: 'share' | 'seconds', value: string): string {
  if (unit === 'share') return formatPercent(plainText(decimal(value).times('100')));
  return `${plainText(decimal(value).div(SECONDS_PER_MINUTE).round(0, 'down'))} minutes`;
}
