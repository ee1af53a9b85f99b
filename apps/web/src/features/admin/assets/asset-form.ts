import { CURRENCY_SCALE, decimalOfFloat, formatDecimal } from '@cnop/common/core/money';
import { JsonNumber } from '@cnop/common/entities/fields';
import type { AssetResponse } from '@cnop/common/entities/inventory/asset';
import type { AssetCreate, AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { assetCreateSchema, assetUpdateSchema } from '@cnop/common/entities/inventory/asset-input';
import type { z } from 'zod';
import { readSeparators } from '../../../format/decimal-input.ts';
import type { Complaints } from '../complaints.ts';
import { complaintsOf } from '../complaints.ts';

/** The market cap follows from the supply. */
export type AssetField = Exclude<keyof AssetCreate, 'market_cap'>;
/** Everything as it is typed. */
export type AssetForm = Readonly<Record<AssetField, string>>;

/** How what is typed becomes what is sent. What may be missing is sent as null when it is left empty. */
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
/** The id is what the asset is known by; the price has a command of its own. */
const FIXED: ReadonlySet<AssetField> = new Set(['asset_id', 'current_price']);

/** A number as some people write it; what else was typed is the schema's to judge. */
const DIGITS_AND_SEPARATORS = /^\s*\d[\d.,'’\s]*$/;

/** A request has a decimal, an answer a statistic. */
interface Volume {
  readonly volume_24h: string | number | null;
}

type Reading<Body> =
  | { readonly kind: 'bad'; readonly complaints: Complaints<AssetField> }
  | { readonly kind: 'good'; readonly body: Body };

/** A form with what the server would assume of an asset that says no more than it must. */
export function emptyAssetForm(): AssetForm {
  const smallest = assetCreateSchema.parse({ asset_id: 'A', symbol: 'A', name: 'A', current_price: '1' });
  return { ...textsOf(smallest), asset_id: '', symbol: '', name: '', current_price: '' };
}

export function formOfAsset(asset: AssetResponse): AssetForm {
  return textsOf(asset);
}

/** A new asset, by the rules of the server; those that need to know the catalogue are left to it. */
export function readNewAsset(form: AssetForm): Reading<AssetCreate> {
  const parsed = assetCreateSchema.safeParse(inputOf(form, ASSET_FIELDS));
  if (parsed.success) return { kind: 'good', body: parsed.data };
  return { kind: 'bad', complaints: complaintsAbout(form, parsed.error) };
}

/** Fields that differ from what is stored. */
export function changedFields(form: AssetForm, stored: AssetForm): AssetField[] {
  return ASSET_FIELDS.filter((field) => !FIXED.has(field) && form[field] !== stored[field]);
}

/** What changed, by the rules of the server. Nothing else is sent, so that nobody else's edit is undone. */
export function readAssetChanges(form: AssetForm, stored: AssetForm): Reading<AssetUpdate> {
  const parsed = assetUpdateSchema.safeParse(inputOf(form, changedFields(form, stored)));
  if (parsed.success) return { kind: 'good', body: parsed.data };
  return { kind: 'bad', complaints: complaintsAbout(form, parsed.error) };
}

/** Whether saving ends open orders on the asset. */
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
  // The schema refuses what was not understood.
  const number = reading.kind === 'value' ? reading.text : text;
  return kind.endsWith('integer') ? new JsonNumber(number) : number;
}

function isNumeric(kind: Kind): boolean {
  return kind.endsWith('integer') || kind.endsWith('decimal');
}

/** The complaints of the schema; about a number that was not understood, how to write it. */
function complaintsAbout(form: AssetForm, error: z.ZodError): Complaints<AssetField> {
  const complaints = complaintsOf(error, form);
  for (const field of ASSET_FIELDS) {
    if (complaints[field] === undefined || !isNumeric(KINDS[field])) continue;
    if (!DIGITS_AND_SEPARATORS.test(form[field])) continue;
    const reading = readSeparators(form[field]);
    if (reading.kind === 'bad') complaints[field] = reading.message;
  }
  return complaints;
}

function textsOf(asset: Pick<AssetCreate, Exclude<AssetField, 'volume_24h'>> & Volume): AssetForm {
  const texts = Object.fromEntries(
    ASSET_FIELDS.map((field) => [field, String(asset[field] ?? '')]),
  ) as AssetForm;
  const { volume_24h: volume } = asset;
  // A small number would be written with an exponent.
  return typeof volume === 'number'
    ? { ...texts, volume_24h: formatDecimal(decimalOfFloat(volume, CURRENCY_SCALE)) }
    : texts;
}
