import type { IsoTime, Price, Quantity } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { digitsOf, walletCurrencySchema } from '@cnop/common/entities/currency';
import { tooPreciseMessage } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { assetSchema, supplyOfMarketCap } from '@cnop/common/entities/inventory/asset';
import type { AssetCreate, AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { DelistedError } from '@cnop/common/entities/inventory/asset-status';
import { storedSeqOf } from '@cnop/common/entities/inventory/quote';
import { ValidationError } from '@cnop/exception/errors';

type SettlementFields = Pick<Asset, 'settlement_price' | 'delisted_at' | 'settled_at'>;
const NOT_DELISTED: SettlementFields = { settlement_price: null, delisted_at: null, settled_at: null };

function delistedAt(price: Price, at: IsoTime): SettlementFields {
  return { settlement_price: price, delisted_at: at, settled_at: null };
}

/**
 * Makes a new asset of the catalogue.
 * @throws ValidationError (422) when the price has more fraction digits than the asset's `price_scale`, or both a supply
 *   and a market cap are given, or it is a currency that breaks a rule of `assertCurrencyFits`
 */
export function newAsset({ market_cap, circulating_supply, ...input }: AssetCreate, at: Date): Asset {
  assertPriceFits('current_price', input.current_price, input.price_scale);
  assertCurrencyFits(input);
  const now = isoTime(at);
  return {
    ...input,
    circulating_supply: requestedSupply({ market_cap, circulating_supply }, input.current_price) ?? null,
    ...(input.status === 'delisted' ? delistedAt(input.current_price, now) : NOT_DELISTED),
    price_change_24h: null,
    price_change_percentage_24h: null,
    created_at: now,
    updated_at: now,
    last_price_update: now,
    quote_seq: null,
    price_suspended: false,
    price_sheet: null,
  };
}

/**
 * Applies an administrator's changes to an asset.
 * - `quantity_scale` is fixed, since positions are stored with it.
 * - `price_scale` may grow but not shrink, since prices and limits are stored with it.
 * - An asset never becomes a currency, nor a currency an asset.
 * - Delisting publishes the last price as the settlement price of every position, and is final.
 * @param lastPrice USD per unit
 * @throws ValidationError (422) when a scale or the category may not change that way, both a supply and a market cap are
 *   given, or a currency breaks a rule of `assertCurrencyFits`
 * @throws DelistedError (409) when the status of a delisted asset would change
 */
export function editAsset(
  asset: Asset,
  changes: AssetUpdate,
  { at, lastPrice }: { readonly at: Date; readonly lastPrice: Price },
): Asset {
  const status = changes.status ?? asset.status;
  if (asset.status === 'delisted' && status !== 'delisted') throw new DelistedError();
  if (changes.quantity_scale !== undefined && changes.quantity_scale !== asset.quantity_scale) {
    throw ValidationError.ofField('quantity_scale', 'The quantity scale of an asset is fixed.', 'immutable');
  }
  if (changes.price_scale !== undefined && changes.price_scale < asset.price_scale) {
    throw ValidationError.ofField(
      'price_scale',
      `This must not be less than ${asset.price_scale}.`,
      'too_small',
    );
  }
  if (changes.category !== undefined && isCurrency(changes) !== isCurrency(asset)) {
    throw ValidationError.ofField('category', 'A currency stays one, and no asset becomes one.', 'immutable');
  }
  const now = isoTime(at);
  const isDelisted = status === 'delisted' && asset.status !== 'delisted';
  const { market_cap, circulating_supply, ...others } = changes;
  const supply = requestedSupply({ market_cap, circulating_supply }, lastPrice);
  const edited = assetSchema.parse({
    ...asset,
    ...others,
    ...(supply !== undefined && { circulating_supply: supply }),
    ...(isDelisted && delistedAt(lastPrice, now)),
    updated_at: now,
  });
  assertCurrencyFits(edited);
  return edited;
}

/**
 * Sets the price of an asset, with a `quote_seq` above that of the stored quote.
 * @param price USD per unit
 * @throws ValidationError (422) when the price has more fraction digits than the asset's `price_scale`
 */
export function reprice(asset: Asset, price: Price, at: Date): Asset {
  assertPriceFits('price', price, asset.price_scale);
  const now = isoTime(at);
  return {
    ...asset,
    current_price: price,
    updated_at: now,
    last_price_update: now,
    quote_seq: Math.max(storedSeqOf(asset) + 1, at.getTime()),
    price_suspended: false,
  };
}

/**
 * Returns the supply that a request sets, directly or as a market cap at a price; null clears it, undefined leaves it.
 */
function requestedSupply(
  { circulating_supply, market_cap }: Pick<AssetUpdate, 'circulating_supply' | 'market_cap'>,
  price: Price,
): Quantity | null | undefined {
  if (typeof market_cap !== 'string')
    return circulating_supply === undefined ? market_cap : circulating_supply;
  if (typeof circulating_supply !== 'string') return supplyOfMarketCap(market_cap, price);
  throw ValidationError.ofField(
    'market_cap',
    'Give the market cap or the circulating supply, not both.',
    'contradiction',
  );
}

function isCurrency({ category }: Pick<AssetUpdate, 'category'>): boolean {
  return category === 'currency';
}

/**
 * Checks the fields of a currency: its id is one that wallets know, its amounts have the digits of ISO 4217, conversions
 * charge no fee, and it is closed instead of delisted, since cash is never settled.
 * @throws ValidationError (422)
 */
function assertCurrencyFits({
  asset_id,
  category,
  quantity_scale,
  fee_bps,
  status,
}: Pick<Asset, 'asset_id' | 'category' | 'quantity_scale' | 'fee_bps' | 'status'>): void {
  if (!isCurrency({ category })) return;
  const refuse = (field: string, message: string): ValidationError =>
    ValidationError.ofField(field, message, 'not_allowed');
  const known = walletCurrencySchema.safeParse(asset_id);
  if (!known.success) {
    throw refuse('asset_id', `A currency is one of ${walletCurrencySchema.options.join(', ')}.`);
  }
  const digits = digitsOf(known.data);
  if (quantity_scale !== digits) throw refuse('quantity_scale', `This must be ${digits}, as in ISO 4217.`);
  if (fee_bps !== 0) throw refuse('fee_bps', 'A currency has no fee: set its spread.');
  if (status === 'delisted') throw refuse('status', 'Close a currency with cancel_only.');
}

function assertPriceFits(field: string, price: Price, priceScale: number): void {
  if (decimal(price).fits(priceScale)) return;
  throw ValidationError.ofField(field, tooPreciseMessage(priceScale), 'too_precise');
}
