import { decimal } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** What is kept of an asset: its fraction digits, and how its positions were settled. */
export type AssetScales = Pick<
  Asset,
  'price_scale' | 'quantity_scale' | 'status' | 'settlement_price' | 'settled_at'
>;

/** An amount of an asset, be it ordered, traded or held. */
export interface AssetAmount {
  readonly asset_id: string;
  readonly quantity: string;
}

export function checkAssetPrice(key: ItemKey, { current_price, price_scale }: Asset): Violation[] {
  if (decimal(current_price).fits(price_scale)) return [];
  return [
    violation(
      'asset-scale',
      [key],
      `The price ${current_price} has more than ${price_scale} fraction digits.`,
    ),
  ];
}

/** The scale of quantities never changes, so whatever was stored ever must fit it. */
export function checkQuantity(
  key: ItemKey,
  amount: AssetAmount,
  scales: AssetScales | undefined,
): Violation[] {
  const { asset_id, quantity } = amount;
  if (!scales) return notListed(key, asset_id);
  if (decimal(quantity).fits(scales.quantity_scale)) return [];
  const text = `The quantity ${quantity} has more than ${scales.quantity_scale} fraction digits.`;
  return [violation('asset-scale', [key], text)];
}

/** What is kept of an asset besides amounts: it must be an asset of the catalogue. */
export function checkListed(
  key: ItemKey,
  assetId: string,
  catalogue: ReadonlyMap<string, AssetScales>,
): Violation[] {
  return catalogue.has(assetId) ? [] : notListed(key, assetId);
}

function notListed(key: ItemKey, assetId: string): Violation[] {
  return [violation('asset-scale', [key], `${assetId} is not in the catalogue.`)];
}
