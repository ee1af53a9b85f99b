import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, formatDecimal, formatUsd } from '@cnop/common/core/money';

/** A sum as people read it. What is summed up may be broken: then every digit is shown. */
export function showUsd(value: Decimal): string {
  return value.fits(CURRENCY_SCALE) ? formatUsd(value) : formatDecimal(value);
}
