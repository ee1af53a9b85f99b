import type { AssetId } from '@cnop/common/core/brands';
import { CURRENCY_SCALE, decimal } from '@cnop/common/core/money';
import type { Item, ItemKey } from '@cnop/common/database/table-store';
import { isSameKey } from '@cnop/common/database/validate-transaction';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { FORMER_CANCEL_ONLY } from '@cnop/common/entities/inventory/asset';
import type { Kind, Reading, Stored, StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { nameOf, violation } from '../violation.ts';

/** The fields of each kind in USD. Prices and averages are USD per unit and have their own scale. */
const USD_FIELDS: Partial<Readonly<Record<Kind, readonly string[]>>> = {
  balance: [
    'current_balance',
    'held_balance',
    'total_deposits',
    'total_withdrawals',
    'total_orders',
    'total_refunds',
  ],
  payment: ['amount'],
  'ledger entry': ['amount', 'previous_balance', 'new_balance'],
  holding: ['total_invested', 'realized_pnl'],
  'asset transaction': ['total_amount', 'fees', 'realized_pnl'],
  order: ['total_amount', 'fees'],
};

/** Checks kind, schema, key and scale of USD of an item. */
export function checkItem(item: Item, reading: Reading): Violation[] {
  const keys = [item.key];
  switch (reading.outcome) {
    case 'unknown kind':
      return [violation('item-kind', keys, 'The key belongs to no kind of item.')];
    case 'unreadable':
      return [violation('item-schema', keys, `This is no valid ${reading.kind}. ${reading.reason}`)];
    case 'read':
      return [...checkKey(item, reading.stored), ...checkUsd(item, reading.stored.kind)];
  }
}

function checkKey(item: Item, { kind, rewritten, entity }: Stored): Violation[] {
  if (!isSameKey(item.key, rewritten.key)) {
    const place = nameOf(rewritten.key);
    return [violation('item-key', [item.key], `By its fields this ${kind} belongs at ${place}.`)];
  }
  // Reading puts usernames into lower case and asset ids into upper case; stored values must have that case already.
  const fields: Readonly<Record<string, unknown>> = entity;
  for (const name in fields) {
    const stored = item.attributes[name];
    if (typeof stored !== 'string' || stored === fields[name]) continue;
    // The upgrade of assets at the first start may be missing.
    if (kind === 'asset' && name === 'status' && stored === FORMER_CANCEL_ONLY) continue;
    return [violation('item-schema', [item.key], `${name} is not stored in its normal form.`)];
  }
  return [];
}

function checkUsd(item: Item, kind: Kind): Violation[] {
  const found: Violation[] = [];
  for (const name of USD_FIELDS[kind] ?? []) {
    const amount = item.attributes[name];
    if (typeof amount === 'string' && !fitsUsd(amount)) {
      found.push(violation('item-scale', [item.key], `${name} is ${amount}.`));
    }
  }
  return found;
}

function fitsUsd(amount: string): boolean {
  // Nearly every amount has two digits; only others are parsed.
  return amount.at(-CURRENCY_SCALE - 1) === '.' || decimal(amount).fits(CURRENCY_SCALE);
}

/** The fields of an asset that later checks need: its scales, and how its positions were settled. */
export type AssetScales = Pick<
  Asset,
  'price_scale' | 'quantity_scale' | 'status' | 'settlement_price' | 'settled_at'
>;

/** A quantity of an asset in an order, a trade or a position. */
export interface AssetAmount {
  readonly asset_id: AssetId;
  readonly quantity: string;
}

/** Checks the current prices of a sheet: each is of an asset of the catalogue and fits its scale. */
export function checkSheetPrices(
  { key, entity }: StoredOf<'price sheet'>,
  catalogue: ReadonlyMap<string, AssetScales>,
): Violation[] {
  return Object.entries(entity.prices).flatMap(([assetId, [current_price]]) => {
    const asset = catalogue.get(assetId);
    return asset
      ? checkAssetPrice(key, { current_price, price_scale: asset.price_scale })
      : [violation('asset-scale', [key], `${assetId} is not in the catalogue.`)];
  });
}

/** Checks the digits of the price of an asset. */
export function checkAssetPrice(
  key: ItemKey,
  { current_price, price_scale }: Pick<Asset, 'current_price' | 'price_scale'>,
): Violation[] {
  if (decimal(current_price).fits(price_scale)) return [];
  return [
    violation(
      'asset-scale',
      [key],
      `The price ${current_price} has more than ${price_scale} fraction digits.`,
    ),
  ];
}

/** Checks the digits of a quantity. The scale of an asset never changes, so old quantities fit it as well. */
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

/** Checks that an asset is in the catalogue. */
export function checkListed(
  key: ItemKey,
  assetId: AssetId,
  catalogue: ReadonlyMap<string, AssetScales>,
): Violation[] {
  return catalogue.has(assetId) ? [] : notListed(key, assetId);
}

function notListed(key: ItemKey, assetId: AssetId): Violation[] {
  return [violation('asset-scale', [key], `${assetId} is not in the catalogue.`)];
}

/**
 * Compares the index entries of an item with those that its fields require.
 * @param expected texts of the required entries, each with the name of its index
 * @param found texts of the stored entries
 */
export function checkIndexEntries(
  key: ItemKey,
  expected: readonly string[],
  found: readonly string[],
): Violation[] {
  return [
    ...expected
      .filter((entry) => !found.includes(entry))
      .map((entry) => violation('index-missing', [key], `It is not listed in ${entry}.`)),
    ...found
      .filter((entry) => !expected.includes(entry))
      .map((entry) => violation('index-stray', [key], `It must not be listed in ${entry}.`)),
  ];
}
