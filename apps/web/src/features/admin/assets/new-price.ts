import { decimal } from '@cnop/common/core/money';
import { readDecimal } from '../../../format/decimal-input.ts';
import { percentChange } from '../../../format/numbers.ts';

export type NewPrice =
  | { readonly kind: 'bad'; readonly message: string }
  | {
      readonly kind: 'good';
      readonly price: string;
      /** Change from the current price, in percent. */
      readonly changePercent: string | undefined;
      /** Whether the price is far from the current one: it may be a typing error, and it may trigger open orders. */
      readonly isFar: boolean;
    };

/** The change from which on a warning is shown. */
const FAR_PERCENT = '10';

/**
 * Reads a typed price.
 * @param priceScale most fraction digits
 */
export function readNewPrice(
  typed: string,
  { priceScale, priceNow }: { readonly priceScale: number; readonly priceNow: string },
): NewPrice {
  const reading = readDecimal(typed, priceScale);
  if (reading.kind === 'empty') return { kind: 'bad', message: 'Required.' };
  if (reading.kind === 'bad') return reading;
  const price = reading.text;
  const changePercent = percentChange(price, decimal(priceNow));
  const isFar = changePercent !== undefined && decimal(changePercent).abs().gt(FAR_PERCENT);
  return { kind: 'good', price, changePercent, isFar };
}
