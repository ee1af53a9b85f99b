import { z } from 'zod';
import { decimal, formatDecimal } from '../../core/money.ts';
import type { DecimalInputRules } from '../fields.ts';
import { decimalInput, integerInput, MAX_BASIS_POINTS } from '../fields.ts';
import {
  assetCategorySchema,
  assetSchema,
  assetStatusSchema,
  DEFAULT_DAILY_VOLATILITY_BPS,
  DEFAULT_PRICE_SCALE,
  DEFAULT_QUANTITY_SCALE,
  FORMER_CANCEL_ONLY,
  scaleLimits,
} from './asset.ts';

const MAX_MARKET_CAP_RANK = 1_000_000;

/** A decimal in its shortest form, so that 1.50 and 1.5 are stored alike. */
const plainDecimalInput = (rules?: DecimalInputRules) =>
  decimalInput(rules).transform((text) => formatDecimal(decimal(text)));

const basisPointsInput = integerInput({ min: 0, max: MAX_BASIS_POINTS });
/** The most that the house charges: 10 % of a price as spread, 10 % of a total as fee. */
const MAX_CHARGE_BASIS_POINTS = 1_000;
const chargeInput = integerInput({ min: 0, max: MAX_CHARGE_BASIS_POINTS });
const scaleInput = integerInput(scaleLimits);
const amountInput = plainDecimalInput({ sign: 'non-negative' }).brand<'Usd'>().nullable();
const supplyInput = plainDecimalInput({ sign: 'non-negative', isSupply: true })
  .brand<'Quantity'>()
  .nullable();
const exposureInput = plainDecimalInput({ sign: 'non-negative' })
  .brand<'Quantity'>()
  .nullable()
  .describe(
    'Units that the house may have sold more than received. Above it the asset turns `close_only`. Null for no limit.',
  );
/** A market cap, stored as the supply that it makes at the current price. */
const marketCapInput = amountInput.describe(
  'USD. Stored as the `circulating_supply` for this market cap at the current price; afterwards it follows the price. ' +
    'Give this or `circulating_supply`.',
);
const { symbol, name, description, website, whitepaper, image } = assetSchema.shape;

/** Accepts `inactive`, the name of `cancel_only` in clients of earlier versions. */
const statusInput = z
  .enum([...assetStatusSchema.options, FORMER_CANCEL_ONLY])
  .transform((status) => (status === FORMER_CANCEL_ONLY ? 'cancel_only' : status));

/** The fields that an administrator sets. Changes of the price are computed. */
const editableFields = {
  symbol: z.string().trim().pipe(symbol),
  name: z.string().trim().pipe(name),
  description: description.removeDefault(),
  category: assetCategorySchema,
  status: statusInput,
  circulating_supply: supplyInput,
  market_cap: marketCapInput,
  market_cap_rank: integerInput({ min: 1, max: MAX_MARKET_CAP_RANK }).nullable(),
  volume_24h: amountInput,
  website: website.removeDefault(),
  whitepaper: whitepaper.removeDefault(),
  image: image.removeDefault(),
  quantity_scale: scaleInput,
  price_scale: scaleInput,
  spread_bps: chargeInput,
  fee_bps: chargeInput,
  daily_volatility_bps: basisPointsInput,
  max_house_exposure: exposureInput,
};

/** A request for a new asset. */
export const assetCreateSchema = z.strictObject({
  asset_id: assetSchema.shape.asset_id,
  symbol: editableFields.symbol,
  name: editableFields.name,
  current_price: plainDecimalInput().brand<'Price'>().brand<'Price'>(),
  description: editableFields.description.default(null),
  category: editableFields.category.default('cryptocurrency'),
  status: editableFields.status.default('active'),
  circulating_supply: supplyInput.default(null),
  market_cap: marketCapInput.default(null),
  market_cap_rank: editableFields.market_cap_rank.default(null),
  volume_24h: amountInput.default(null),
  website: editableFields.website.default(null),
  whitepaper: editableFields.whitepaper.default(null),
  image: editableFields.image.default(null),
  quantity_scale: scaleInput.default(DEFAULT_QUANTITY_SCALE),
  price_scale: scaleInput.default(DEFAULT_PRICE_SCALE),
  spread_bps: chargeInput.default(0),
  fee_bps: chargeInput.default(0),
  daily_volatility_bps: basisPointsInput.default(DEFAULT_DAILY_VOLATILITY_BPS),
  max_house_exposure: exposureInput.default(null),
});
export type AssetCreate = z.infer<typeof assetCreateSchema>;

/** A request to change an asset: at least one of the editable fields. Null empties an optional field. */
export const assetUpdateSchema = z
  .strictObject(editableFields)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, {
    error: 'Name at least one field.',
    // The error for an unknown field is enough.
    when: ({ issues }) => issues.length === 0,
  });
export type AssetUpdate = z.infer<typeof assetUpdateSchema>;

/** A request to set the price of an asset. */
export const assetPriceUpdateSchema = z.strictObject({
  price: plainDecimalInput().brand<'Price'>(),
  force: z
    .boolean()
    .default(false)
    .describe(
      'Proposes a price that moves too far for one administrator, or, from a second administrator, approves the proposal.',
    ),
});

/** The sort keys of a list of assets. */
export const assetSortFieldSchema = z.enum([
  'asset_id',
  'name',
  'price',
  'market_cap',
  'market_cap_rank',
  'price_change_24h',
  'price_change_percentage_24h',
]);
export type AssetSortField = z.infer<typeof assetSortFieldSchema>;

export const sortOrderSchema = z.enum(['asc', 'desc']);
export type SortOrder = z.infer<typeof sortOrderSchema>;
