import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, roundDown } from '@cnop/common/core/money';

/** The fields of a catalogue asset that the demo reads. */
export interface ListedAsset {
  readonly asset_id: string;
  readonly name: string;
  readonly current_price: string;
  readonly quantity_scale: number;
  readonly availability_status: string;
  readonly category: string;
}

export interface Purchase {
  readonly asset: ListedAsset;
  readonly quantity: string;
}

/** USD for each purchase, in the order of the catalogue. */
const BUDGETS_USD = ['4000', '2500', '1500'];
/** Digits that are easy to read, even if the asset allows more. */
const MAX_QUANTITY_DIGITS = 4;
const HALF = '2';

/** Chooses up to three available assets, each for a part of the deposit. Stablecoins come last. */
export function choosePurchases(catalogue: readonly ListedAsset[]): Purchase[] {
  const open = catalogue.filter(({ availability_status }) => availability_status === 'available');
  const isDollar = ({ category }: ListedAsset): boolean => category === 'stablecoin';
  const affordable: Purchase[] = [];
  for (const asset of [...open.filter((one) => !isDollar(one)), ...open.filter(isDollar)]) {
    const budget = BUDGETS_USD[affordable.length];
    if (budget === undefined) break;
    const quantity = readable(decimal(budget).div(asset.current_price), asset.quantity_scale);
    if (quantity.gt('0')) affordable.push({ asset, quantity: formatDecimal(quantity) });
  }
  return affordable;
}

/** Returns about half of the purchased quantity; all of it if it cannot be divided. */
export function chooseSale({ asset, quantity }: Purchase): string {
  const half = readable(decimal(quantity).div(HALF), asset.quantity_scale);
  return half.gt('0') ? formatDecimal(half) : quantity;
}

/** Rounds down to few digits; for a very expensive asset to as many as it allows. */
function readable(quantity: Decimal, scale: number): Decimal {
  const coarse = roundDown(quantity, Math.min(scale, MAX_QUANTITY_DIGITS));
  return coarse.gt('0') ? coarse : roundDown(quantity, scale);
}
