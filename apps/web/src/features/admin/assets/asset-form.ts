import { CURRENCY_SCALE, decimalOfFloat, formatDecimal } from '@cnop/common/core/money';
import { JsonNumber } from '@cnop/common/entities/fields';
import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetCreate, AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { assetCreateSchema, assetUpdateSchema } from '@cnop/common/entities/inventory/asset-input';
import type { z } from 'zod';
import { readSeparators } from '../../../format/decimal-input.ts';
import type { FieldErrors } from '../field-errors.ts';
import { schemaErrors } from '../field-errors.ts';

/** All fields but the market cap, which is computed from the supply, and the limit of the house, which its book shows. */
export type AssetField = Exclude<keyof AssetCreate, 'market_cap' | 'max_house_exposure'>;
/** The fields as typed. */
export type AssetForm = Readonly<Record<AssetField, string>>;

/** How a typed field is sent. Optional fields are sent as `null` when they are empty. */
type Kind = 'text' | 'optional text' | 'decimal' | 'optional decimal' | 'integer' | 'optional integer';

const KINDS: Readonly<Record<AssetField, Kind>> = {
  asset_id: 'text',
  symbol: 'text',
  name: 'text',
  description: 'optional text',
  category: 'text',
  status: 'text',
  current_price: 'decimal',
  circulating_supply: 'optional decimal',
  market_cap_rank: 'optional integer',
  volume_24h: 'optional decimal',
  website: 'optional text',
  whitepaper: 'optional text',
  image: 'optional text',
  quantity_scale: 'integer',
  price_scale: 'integer',
  spread_bps: 'integer',
  fee_bps: 'integer',
  daily_volatility_bps: 'integer',
};

export const ASSET_FIELDS = Object.keys(KINDS) as readonly AssetField[];
/** The id identifies the asset, and the price has its own action. */
const FIXED: ReadonlySet<AssetField> = new Set(['asset_id', 'current_price']);

/** Input that looks like a number; anything else is left to the schema. */
const DIGITS_AND_SEPARATORS = /^\s*\d[\d.,'’\s]*$/;

/** The volume is a decimal in a request and a number in an answer. */
interface Volume {
  readonly volume_24h: string | number | null;
}

type Reading<Body> =
  | { readonly kind: 'bad'; readonly fieldErrors: FieldErrors<AssetField> }
  | { readonly kind: 'good'; readonly body: Body };

/** Returns a form with the defaults of the server. */
export function emptyAssetForm(): AssetForm {
  const smallest = assetCreateSchema.parse({ asset_id: 'A', symbol: 'A', name: 'A', current_price: '1' });
  return { ...textsOf(smallest), asset_id: '', symbol: '', name: '', current_price: '' };
}

export function formOfAsset(asset: AssetResponse): AssetForm {
  return textsOf(asset);
}

/** Reads a new asset by the rules of the server, except those that need the catalogue. */
export function readNewAsset(form: AssetForm): Reading<AssetCreate> {
  const parsed = assetCreateSchema.safeParse(inputOf(form, ASSET_FIELDS));
  if (parsed.success) return { kind: 'good', body: parsed.data };
  return { kind: 'bad', fieldErrors: errorsIn(form, parsed.error) };
}

/** Returns the fields that differ from the stored asset. */
export function changedFields(form: AssetForm, stored: AssetForm): AssetField[] {
  return ASSET_FIELDS.filter((field) => !FIXED.has(field) && form[field] !== stored[field]);
}

/** Reads the changed fields by the rules of the server. Only these are sent, so that edits by others are kept. */
export function readAssetChanges(form: AssetForm, stored: AssetForm): Reading<AssetUpdate> {
  const parsed = assetUpdateSchema.safeParse(inputOf(form, changedFields(form, stored)));
  if (parsed.success) return { kind: 'good', body: parsed.data };
  return { kind: 'bad', fieldErrors: errorsIn(form, parsed.error) };
}

/** Returns whether saving cancels open orders on the asset. */
export function closesTrading({ status }: AssetForm, stored: AssetForm): boolean {
  return status !== stored.status && (status === 'close_only' || status === 'delisted');
}

function inputOf(form: AssetForm, fields: readonly AssetField[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, valueOf(form[field], KINDS[field])]));
}

function valueOf(typed: string, kind: Kind): unknown {
  const text = typed.trim();
  if (text === '' && kind.startsWith('optional')) return null;
  if (!isNumeric(kind)) return text;
  const reading = readSeparators(text);
  // The schema refuses text that is not a number.
  const number = reading.kind === 'value' ? reading.text : text;
  return kind.endsWith('integer') ? new JsonNumber(number) : number;
}

function isNumeric(kind: Kind): boolean {
  return kind.endsWith('integer') || kind.endsWith('decimal');
}

/** Returns the errors of the schema; for a misspelt number, how to write it. */
function errorsIn(form: AssetForm, error: z.ZodError): FieldErrors<AssetField> {
  const fieldErrors = schemaErrors(error, form);
  for (const field of ASSET_FIELDS) {
    if (fieldErrors[field] === undefined || !isNumeric(KINDS[field])) continue;
    if (!DIGITS_AND_SEPARATORS.test(form[field])) continue;
    const reading = readSeparators(form[field]);
    if (reading.kind === 'bad') fieldErrors[field] = reading.message;
  }
  return fieldErrors;
}

function textsOf(asset: Pick<AssetCreate, Exclude<AssetField, 'volume_24h'>> & Volume): AssetForm {
  const texts = Object.fromEntries(
    ASSET_FIELDS.map((field) => [field, String(asset[field] ?? '')]),
  ) as AssetForm;
  const { volume_24h: volume } = asset;
  // `String` would write a small number with an exponent.
  return typeof volume === 'number'
    ? { ...texts, volume_24h: formatDecimal(decimalOfFloat(volume, CURRENCY_SCALE)) }
    : texts;
}
