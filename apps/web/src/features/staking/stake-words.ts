import { MAX_SCALE } from '@cnop/common/core/money';
import type { StakeChange, StakedAsset, StakeKind, StakePreview } from '../../api/account/staking.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { readDecimal } from '../../format/decimal-input.ts';
import { formatQuantity } from '../../format/numbers.ts';

/** Returns a rate as users read it. */
export function rateText(percent: string | null | undefined): string {
  return percent === null || percent === undefined ? 'closed' : `${formatQuantity(percent)}% a year`;
}

/** Returns the rate of today, and the one of tomorrow when it is another one. */
export function ratesText({ rate, next_rate }: Pick<StakedAsset, 'rate' | 'next_rate'>): string {
  const today = rateText(rate?.rate_percent);
  if (next_rate === null) return today;
  const next = `${rateText(next_rate.rate_percent)} from ${dayText(next_rate.from_day)}`;
  return rate === null ? next : `${today}, ${next}`;
}

/** Returns a day of staking, which begins and ends at midnight UTC. */
export function dayText(day: string): string {
  return `${day} (UTC)`;
}

/** Returns for how long units that are taken out cool down. */
export function coolDownText(days: number): string {
  if (days === 0) return 'none';
  return days === 1 ? '1 day' : `${days} days`;
}

export type StakeErrors = Partial<Record<'quantity' | 'form', string>>;

interface StakeReading {
  /** The request to preview and send; `undefined` while the quantity is wrong or missing. */
  readonly request: StakeChange | undefined;
  readonly error: string | undefined;
  readonly isMissing: boolean;
}

/**
 * Reads the form by the rules of the server.
 * @param scale the digits of a quantity of the asset; `undefined` until the catalogue is loaded
 */
export function readStake(
  { quantity, ...change }: StakeChange,
  { scale = MAX_SCALE }: { readonly scale: number | undefined },
): StakeReading {
  const reading = readDecimal(quantity, scale);
  return {
    request: reading.kind === 'value' ? { ...change, quantity: reading.text } : undefined,
    error: reading.kind === 'bad' ? reading.message : undefined,
    isMissing: reading.kind === 'empty',
  };
}

/** Returns the reasons of a preview at the field that they are about. */
export function errorsOfReasons(reasons: StakePreview['reasons'], kind: StakeKind): StakeErrors {
  const errors: StakeErrors = {};
  for (const { code, message } of reasons) {
    // Without amounts, which are shown beside the field, where they can be hidden.
    if (code === 'BUS_001') {
      errors.quantity =
        kind === 'stake' ? 'Exceeds your available units.' : 'Exceeds the units that you have staked.';
    } else {
      errors.form = message;
    }
  }
  return errors;
}

/** Returns the errors of a refused request by field. */
export function errorsOfProblem(problem: ApiProblem, kind: StakeKind): StakeErrors {
  const quantity = problem.messageOf('quantity');
  if (quantity !== undefined) return { quantity };
  return errorsOfReasons([{ code: problem.code ?? '', message: problem.message }], kind);
}
