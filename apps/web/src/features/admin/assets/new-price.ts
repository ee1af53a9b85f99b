import { decimal } from '@cnop/common/core/money';
import { readDecimal } from '../../../format/decimal-input.ts';
import { percentChange } from '../../../format/numbers.ts';

export type NewPrice =
  | { readonly kind: 'bad'; readonly message: string }
  | {
      readonly kind: 'good';
      readonly price: string;
      /** From the price of now, in percent. */
      readonly changePercent: string | undefined;
      /** Far from the price of now: it may be a slip, and it may set off orders that wait. */
      readonly isFar: boolean;
    };

/** Beyond this, a change is pointed out. */
const FAR_PERCENT = '10';

/** Reads a price that was typed. @param priceScale most fraction digits */
export function readNewPrice(
  typed: string,
  { priceScale, priceNow }: { readonly priceScale: number; readonly priceNow: string },
): NewPrice {
  const reading = readDecimal(typed, priceScale);
  if (reading.kind === 'empty') return { kind: 'bad', message: 'This is needed.' };
  if (reading.kind === 'bad') return reading;
  const price = reading.text;
  const changePercent = percentChange(price, decimal(priceNow));
  const isFar = changePercent !== undefined && decimal(changePercent).abs().gt(FAR_PERCENT);
  return { kind: 'good', price, changePercent, isFar };
}
