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

/** One spelling for each value, so that 1.50 and 1.5 are stored alike. */
const plainDecimalInput = (rules?: DecimalInputRules) =>
  decimalInput(rules).transform((text) => formatDecimal(decimal(text)));

const basisPointsInput = integerInput({ min: 0, max: MAX_BASIS_POINTS });
/** The house keeps at most 10 % of a price as its spread, and of a total as its fee. */
const MAX_CHARGE_BASIS_POINTS = 1_000;
const chargeInput = integerInput({ min: 0, max: MAX_CHARGE_BASIS_POINTS });
const scaleInput = integerInput(scaleLimits);
const amountInput = plainDecimalInput({ sign: 'non-negative' }).nullable();
const supplyInput = plainDecimalInput({ sign: 'non-negative', isSupply: true }).nullable();
/** Stored as the supply that it is at the price of the moment. */
const marketCapInput = amountInput.describe(
  'USD. Stored as the `circulating_supply` that makes it at the price of the moment; from then on it follows the price. ' +
    'Give one of the two.',
);
const { symbol, name, description, website, whitepaper, image } = assetSchema.shape;

/** Clients of earlier versions call `cancel_only` `inactive`. */
const statusInput = z
  .enum([...assetStatusSchema.options, FORMER_CANCEL_ONLY])
  .transform((status) => (status === FORMER_CANCEL_ONLY ? 'cancel_only' : status));

/** What an administrator may say of an asset. Changes of the price are computed, so they are not among it. */
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
};

/** A new asset as an administrator sends it. */
export const assetCreateSchema = z.strictObject({
  asset_id: assetSchema.shape.asset_id,
  symbol: editableFields.symbol,
  name: editableFields.name,
  current_price: plainDecimalInput(),
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
});
export type AssetCreate = z.infer<typeof assetCreateSchema>;

/** Any of the editable fields, at least one; null empties a field that may be empty. */
export const assetUpdateSchema = z
  .strictObject(editableFields)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, {
    error: 'Name at least one field.',
    // An unknown field is complained about by its name, and that is enough.
    when: ({ issues }) => issues.length === 0,
  });
export type AssetUpdate = z.infer<typeof assetUpdateSchema>;

export const assetPriceUpdateSchema = z.strictObject({
  price: plainDecimalInput(),
  force: z
    .boolean()
    .default(false)
    .describe(
      'Proposes a step that is too large for one person, or, sent by a second administrator, approves it.',
    ),
});

/** What a list of assets can be sorted by. */
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
