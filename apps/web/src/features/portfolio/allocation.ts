import { decimal, formatPercentageOf, formatUsd, ZERO } from '@cnop/common/core/money';

/** The most assets shown as slices of their own. */
export const MAX_SLICES = 6;

export interface Part {
  /** An asset id. */
  readonly id: string;
  /** USD. */
  readonly value: string;
}

export interface Slice {
  readonly kind: 'asset' | 'rest' | 'cash';
  readonly label: string;
  readonly value: string;
  /** Percentage of the total with two digits, rounded down. */
  readonly share: string;
}

/** Divides an account into slices: the largest assets, the remaining assets, cash. */
export function allocationOf(assets: readonly Part[], cash: string): Slice[] {
  const sorted = assets
    .filter(({ value }) => decimal(value).gt('0'))
    .toSorted((one, other) => decimal(other.value).cmp(one.value) || one.id.localeCompare(other.id, 'en'));
  const whole = sorted.reduce((sum, { value }) => sum.plus(value), decimal(cash));
  if (whole.eq('0')) return [];
  const slice = (kind: Slice['kind'], label: string, value: string): Slice => ({
    kind,
    label,
    value,
    share: formatPercentageOf(decimal(value), whole),
  });

  const shown = sorted.length > MAX_SLICES ? MAX_SLICES - 1 : sorted.length;
  const rest = sorted.slice(shown);
  const restValue = formatUsd(rest.reduce((sum, { value }) => sum.plus(value), ZERO));
  return [
    ...sorted.slice(0, shown).map(({ id, value }) => slice('asset', id, value)),
    ...(rest.length > 0 ? [slice('rest', `${rest.length} more`, restValue)] : []),
    ...(decimal(cash).gt('0') ? [slice('cash', 'Cash', cash)] : []),
  ];
}
