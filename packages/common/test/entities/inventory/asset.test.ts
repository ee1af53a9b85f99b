import { JsonNumber } from '@cnop/common/entities/fields';
import {
  assetCategorySchema,
  assetListResponseSchema,
  assetResponseSchema,
  assetSchema,
  assetStatusSchema,
} from '@cnop/common/entities/inventory/asset';
import {
  assetCreateSchema,
  assetPriceUpdateSchema,
  assetUpdateSchema,
} from '@cnop/common/entities/inventory/asset-input';
import { anAsset } from '@cnop/testing/builders/inventory';
import { describe, expect, it } from 'vitest';
import type { FieldCases } from '../field-cases.ts';
import {
  basisPoints,
  describeEntityFields,
  describeField,
  integer,
  nullable,
  oneOf,
  positiveDecimal,
  required,
  signedDecimal,
  supply,
  text,
  withDefault,
} from '../field-cases.ts';

const status = oneOf('active', 'cancel_only', 'close_only', 'suspended', 'delisted');
const category = oneOf('cryptocurrency', 'stablecoin', 'token', 'nft', 'commodity');
const amount = nullable(required.nonNegativeDecimal);

const url: FieldCases = {
  accepts: [['http://a'], ['https://example.com/a?b=c#d'], [`https://example.com/${'x'.repeat(480)}`]],
  refuses: [
    1,
    '',
    'example.com',
    'ftp://example.com',
    'javascript:alert(1)',
    'data:text/html,x',
    '//example.com',
    'https://',
    'https://a b',
    'https://a\nb',
    ' https://a',
    'HTTPS:example.com',
    'https://\ud800',
    `https://example.com/${'x'.repeat(481)}`,
  ],
};

describe('an asset', () => {
  describeEntityFields(assetSchema, anAsset(), {
    asset_id: required.assetId,
    symbol: text({ min: 1, max: 10 }),
    name: text({ min: 1, max: 100 }),
    description: nullable(text({ min: 0, max: 1_000 })),
    current_price: positiveDecimal,
    circulating_supply: nullable(supply),
    volume_24h: amount,
    price_change_24h: nullable(signedDecimal),
    price_change_percentage_24h: nullable(signedDecimal),
    status: withDefault(status, 'active'),
    category: withDefault(category, 'cryptocurrency'),
    website: nullable(url),
    whitepaper: nullable(url),
    image: nullable(url),
    market_cap_rank: nullable(integer({ min: 1 })),
    quantity_scale: withDefault(integer({ min: 0, max: 18 }), 8),
    price_scale: withDefault(integer({ min: 0, max: 18 }), 2),
    spread_bps: withDefault(basisPoints, 0),
    fee_bps: withDefault(basisPoints, 0),
    settlement_price: nullable(positiveDecimal),
    delisted_at: nullable(required.timestamp),
    settled_at: nullable(required.timestamp),
    daily_volatility_bps: withDefault(basisPoints, 300),
    created_at: required.timestamp,
    updated_at: required.timestamp,
    last_price_update: required.timestamp,
    quote_seq: nullable(integer({ min: 0 })),
    price_suspended: withDefault({ accepts: [[true], [false]], refuses: [null, 0, 'true'] }, false),
    price_sheet: nullable(integer({ min: 0 })),
    max_house_exposure: amount,
  });
});

describeField('a status of an asset', assetStatusSchema, status);
describeField('a category', assetCategorySchema, category);

describe('an asset in an answer', () => {
  const {
    quote_seq: _seq,
    price_suspended: _isSuspended,
    price_sheet: _sheet,
    max_house_exposure: _limit,
    ...asset
  } = anAsset();
  const seen = {
    ...asset,
    price_usd: 50_000,
    is_active: true,
    availability_status: 'available',
    market_cap: 1_000_000.5,
    volume_24h: 0,
    price_change_24h: -12.5,
    price_change_percentage_24h: -0.02,
    high_24h: 51_000,
    low_24h: null,
  };

  it('is an asset with a market cap and five more required fields', () => {
    expect(assetResponseSchema.parse(seen)).toEqual(seen);
    const missing = assetResponseSchema.safeParse(anAsset()).error?.issues.map((issue) => issue.path[0]);
    expect(missing).toEqual(['high_24h', 'low_24h', 'price_usd', 'is_active', 'availability_status']);
    expect(assetResponseSchema.safeParse({ ...seen, availability_status: 'sold_out' }).success).toBe(false);
  });

  it.each([
    'market_cap',
    'volume_24h',
    'price_change_24h',
    'price_change_percentage_24h',
    'high_24h',
    'low_24h',
  ])('has a number or null as %s, of at most fifteen digits before its point', (field) => {
    for (const [value, fits] of [
      [null, true],
      [1e15, true],
      [1.1e15, false],
      ['1', false],
    ] as const) {
      expect(assetResponseSchema.safeParse({ ...seen, [field]: value }).success).toBe(fits);
    }
    const mayBeNegative = field.startsWith('price_change');
    expect(assetResponseSchema.safeParse({ ...seen, [field]: -1e15 }).success).toBe(mayBeNegative);
    expect(assetResponseSchema.safeParse({ ...seen, [field]: -1.1e15 }).success).toBe(false);
  });

  it.each(['current_price', 'settlement_price', 'circulating_supply'])(
    'has a decimal string as %s',
    (field) => {
      expect(assetResponseSchema.safeParse({ ...seen, [field]: '1.5' }).success).toBe(true);
      expect(assetResponseSchema.safeParse({ ...seen, [field]: 1.5 }).success).toBe(false);
    },
  );

  it('comes in a list with its counts', () => {
    const list = { data: [seen], total_count: 1, active_count: 0, has_more: false, next_cursor: null };
    expect(assetListResponseSchema.parse(list)).toEqual(list);
    expect(assetListResponseSchema.safeParse({ ...list, total_count: -1 }).success).toBe(false);
    expect(assetListResponseSchema.safeParse({ ...list, active_count: 0.5 }).success).toBe(false);
  });
});

const number = (digits: string) => new JsonNumber(digits);
const minimal = { asset_id: 'btc', symbol: 'BTC', name: 'Bitcoin', current_price: '50000.50' };

describe('a new asset', () => {
  it('needs four fields and has defaults for all others', () => {
    expect(assetCreateSchema.parse(minimal)).toEqual({
      ...minimal,
      asset_id: 'BTC',
      current_price: '50000.5',
      description: null,
      category: 'cryptocurrency',
      status: 'active',
      circulating_supply: null,
      market_cap: null,
      market_cap_rank: null,
      volume_24h: null,
      website: null,
      whitepaper: null,
      image: null,
      quantity_scale: 8,
      price_scale: 2,
      spread_bps: 0,
      fee_bps: 0,
      daily_volatility_bps: 300,
      max_house_exposure: null,
    });
    const missing = assetCreateSchema.safeParse({}).error?.issues.map((issue) => issue.path[0]);
    expect(missing).toEqual(['asset_id', 'symbol', 'name', 'current_price']);
  });

  it('becomes an asset that can be stored', () => {
    const times = { created_at: anAsset().created_at, updated_at: anAsset().updated_at };
    const created = assetCreateSchema.parse({
      ...minimal,
      circulating_supply: number('0.50'),
      quantity_scale: number('0'),
    });
    const asset = assetSchema.parse({ ...created, ...times, last_price_update: times.created_at });
    expect(asset).toMatchObject({ circulating_supply: '0.5', quantity_scale: 0 });
  });

  it.each([
    ['current_price', number('0')],
    ['current_price', number('-1')],
    ['current_price', number('1e3')],
    ['market_cap', number('-1')],
    ['market_cap', '1'.repeat(16)],
    ['circulating_supply', number('-1')],
    ['circulating_supply', '1'.repeat(34)],
    ['circulating_supply', '1e18'],
    ['market_cap_rank', number('0')],
    ['market_cap_rank', number('1000001')],
    ['quantity_scale', number('19')],
    ['quantity_scale', number('-1')],
    ['quantity_scale', number('-0')],
    ['quantity_scale', number('1.5')],
    ['price_scale', '2'],
    ['spread_bps', number('-1')],
    ['spread_bps', number('10001')],
    ['fee_bps', number('0.5')],
    ['fee_bps', number('10001')],
    ['daily_volatility_bps', '300'],
    ['status', 'ACTIVE'],
    ['category', 'shares'],
    ['symbol', '   '],
    ['name', ''],
    ['website', 'javascript:alert(1)'],
  ])('refuses %s %o', (field, value) => {
    const parsed = assetCreateSchema.safeParse({ ...minimal, [field]: value });
    expect(parsed.error?.issues.map((issue) => issue.path[0])).toEqual([field]);
  });

  it.each(['price_usd', 'created_at', 'price_change_24h', 'version', 'constructor'])(
    'refuses the field %s',
    (field) => {
      const parsed = assetCreateSchema.safeParse({ ...minimal, [field]: 'x' });
      expect(parsed.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: [field] }]);
    },
  );
});

describe('an update of an asset', () => {
  it('names at least one field and adds none', () => {
    expect(assetUpdateSchema.parse({ description: null })).toEqual({ description: null });
    expect(assetUpdateSchema.parse({ quantity_scale: number('0') })).toEqual({ quantity_scale: 0 });
    expect(assetUpdateSchema.safeParse({}).success).toBe(false);
  });

  it.each(['asset_id', 'current_price', 'created_at', 'constructor'])('cannot change %s', (field) => {
    expect(assetUpdateSchema.safeParse({ name: 'Bitcoin', [field]: 'x' }).success).toBe(false);
  });
});

describeField('a new price', assetPriceUpdateSchema, {
  accepts: [
    [{ price: '1.50' }, { price: '1.5', force: false }],
    [
      { price: number('42'), force: true },
      { price: '42', force: true },
    ],
    [{ price: '100000000000000', force: false }],
  ],
  refuses: [
    {},
    { price: '1', force: 'yes' },
    { price: '0' },
    { price: 1 },
    { price: null },
    { price: '1', extra: 1 },
    [],
    null,
    undefined,
  ],
});
