import { decimal, fractionDigits } from '@cnop/common/core/money';
import { assetPriceUpdateSchema } from '@cnop/common/entities/inventory/asset-input';
import { percentChange } from '../../../format/numbers.ts';
import { complaintsOf } from '../complaints.ts';

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

/** Reads a price that was typed, by the rules of the server. @param priceScale most fraction digits */
export function readNewPrice(
  typed: string,
  { priceScale, priceNow }: { readonly priceScale: number; readonly priceNow: string },
): NewPrice {
  const parsed = assetPriceUpdateSchema.safeParse({ price: typed.trim().replace(',', '.') });
  if (!parsed.success) {
    return { kind: 'bad', message: complaintsOf(parsed.error, { price: typed }).price ?? '' };
  }
  const { price } = parsed.data;
  if (fractionDigits(decimal(price)) > priceScale) {
    const message =
      priceScale === 0 ? 'Whole dollars only.' : `At most ${priceScale} digits after the point.`;
    return { kind: 'bad', message };
  }
  const changePercent = percentChange(price, decimal(priceNow));
  const isFar = changePercent !== undefined && decimal(changePercent).abs().gt(FAR_PERCENT);
  return { kind: 'good', price, changePercent, isFar };
}
