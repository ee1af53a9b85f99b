import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';

/** A value and its parsed form; without the second part they are the same. */
export type Accepted = readonly [value: unknown, becomes?: unknown];

export interface FieldCases {
  readonly accepts: readonly Accepted[];
  readonly refuses: readonly unknown[];
}

/** Formats a value for the name of a test: short, and different for values that look alike. */
function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: null });
  return text.length > 60 ? `${text.slice(0, 40)}… (${text.length} characters)` : text;
}

/** Declares a test for each side of each edge of a schema. */
export function describeField(name: string, schema: z.ZodType, { accepts, refuses }: FieldCases): void {
  describe(name, () => {
    it.each(accepts.map((accepted) => [show(accepted[0]), accepted] as const))(
      'accepts %s',
      (_shown, accepted) => {
        expect(schema.parse(accepted[0])).toEqual(accepted.length > 1 ? accepted[1] : accepted[0]);
      },
    );
    it.each(refuses.map((value) => [show(value), value] as const))('refuses %s', (_shown, value) => {
      expect(schema.safeParse(value).success).toBe(false);
    });
  });
}

/**
 * Declares a test for each side of each edge of an entity's fields. A refusal names the field and no other.
 * @param valid a valid entity
 */
export function describeEntityFields(
  schema: z.ZodType,
  valid: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, FieldCases>>,
): void {
  const accepted = Object.entries(fields).flatMap(([field, { accepts }]) =>
    accepts.map((value) => [field, show(value[0]), value] as const),
  );
  const refused = Object.entries(fields).flatMap(([field, { refuses }]) =>
    refuses.map((value) => [field, show(value), value] as const),
  );

  it('has cases for every field', () => {
    const parsed = schema.parse(valid) as Record<string, unknown>;
    expect(Object.keys(fields).toSorted()).toEqual(Object.keys(parsed).toSorted());
  });
  it.each(accepted)('%s may be %s', (field, _name, value) => {
    const parsed = schema.parse({ ...valid, [field]: value[0] }) as Record<string, unknown>;
    expect(parsed[field]).toEqual(value.length > 1 ? value[1] : value[0]);
  });
  it.each(refused)('%s may not be %s', (field, _name, value) => {
    const parsed = schema.safeParse({ ...valid, [field]: value });
    const fieldsNamed = new Set(parsed.error?.issues.map((issue) => issue.path[0]));
    expect([...fieldsNamed]).toEqual([field]);
  });
}

const NOT_TEXT = [null, 1, true, {}, ['x'], undefined];

/** Cases of a field without a default: an absent one is refused like any wrong type. */
export const required = {
  username: {
    accepts: [['abc'], ['a1_b'], ['9lives'], ['a'.repeat(50)], ['A__B', 'a__b'], ['ALICE', 'alice']],
    refuses: [
      ...NOT_TEXT,
      '',
      'ab',
      'a'.repeat(51),
      '_abc',
      'abc_',
      'a b',
      'a-b',
      'a.b',
      'a@b',
      'a#b',
      'älice',
      'abc\n',
      ' abc',
      'abc\0',
      'аlice',
    ],
  },
  assetId: {
    accepts: [['B'], ['BTC'], ['btc', 'BTC'], ['1INCH'], ['A'.repeat(10)]],
    refuses: [...NOT_TEXT, '', 'A'.repeat(11), 'BT-C', 'BTC!', 'BT C', 'BTC\n', 'ß', '#'],
  },
  id: {
    accepts: [['1'], ['a'.repeat(100)], ['01990000-0000-7000-8000-000000000001'], ['000000000001-x']],
    refuses: [...NOT_TEXT, '', 'a'.repeat(101), 'a b', 'a.b', 'a#b', 'a/b', 'a@b', '../a', 'a\n', 'é'],
  },
  timestamp: {
    accepts: [['2026-01-15T12:00:00.000Z'], ['2024-02-29T23:59:59.999Z']],
    refuses: [
      ...NOT_TEXT,
      '',
      '2026-01-15',
      '2026-01-15T12:00:00Z',
      '2026-01-15T12:00:00.000',
      '2026-01-15T12:00:00.0000Z',
      '2026-01-15T12:00:00.000+00:00',
      '2026-01-15 12:00:00.000Z',
      '2026-13-15T12:00:00.000Z',
      '2026-02-29T12:00:00.000Z',
      '2026-01-15T24:00:00.000Z',
      '2026-01-15T12:60:00.000Z',
      '2026-01-15T12:00:00.000Z\n',
      '1768478400000',
    ],
  },
  nonNegativeDecimal: {
    accepts: [
      ['0'],
      ['0.00'],
      ['0.000000000000000001'],
      ['1'],
      ['1.50'],
      ['999999999999999'],
      ['999999999999999.999999999999999999'],
    ],
    refuses: [
      ...NOT_TEXT,
      '',
      '-1',
      '-0',
      '-0.00',
      '+1',
      '01',
      '00',
      '.5',
      '5.',
      '1.',
      '1e5',
      '1E5',
      '1e-5',
      '0x10',
      '1_000',
      '1,000',
      '1,5',
      ' 1',
      '1 ',
      '1\n',
      'NaN',
      'Infinity',
      'abc',
      '１',
      '1000000000000000',
      '1'.repeat(40),
      '0.1234567890123456789',
    ],
  },
} as const satisfies Record<string, FieldCases>;

/** Cases of a decimal above zero: every spelling of zero is refused. */
export const positiveDecimal: FieldCases = {
  accepts: required.nonNegativeDecimal.accepts.slice(2),
  refuses: [...required.nonNegativeDecimal.refuses, '0', '0.00', '0.000000000000000000'],
};

/** Cases of a circulating supply, which may have more digits than a traded quantity. */
export const supply: FieldCases = {
  accepts: [
    ...required.nonNegativeDecimal.accepts,
    ['1000000000000000'],
    [`${'9'.repeat(33)}.${'9'.repeat(18)}`],
  ],
  refuses: [
    ...required.nonNegativeDecimal.refuses.filter((value) => value !== '1000000000000000'),
    '1'.repeat(34),
  ],
};

export const signedDecimal: FieldCases = {
  accepts: [
    ...required.nonNegativeDecimal.accepts,
    ['-1'],
    ['-0.01'],
    ['-999999999999999.999999999999999999'],
    ['-0.000000000000000001'],
  ],
  refuses: [
    ...required.nonNegativeDecimal.refuses.filter((value) => value !== '-1'),
    '--1',
    '-01',
    '-.5',
    '-1000000000000000',
    '- 1',
  ],
};

/** Cases of the same field when null and absent are accepted. */
export function nullable({ accepts, refuses }: FieldCases): FieldCases {
  return {
    accepts: [...accepts, [null], [undefined, null]],
    refuses: refuses.filter((value) => value !== null && value !== undefined),
  };
}

/** Cases of the same field with a default. */
export function withDefault({ accepts, refuses }: FieldCases, value: unknown): FieldCases {
  return {
    accepts: [...accepts, [undefined, value]],
    refuses: refuses.filter((refused) => refused !== undefined),
  };
}

/** Cases of an enum: each value, and similar values that are refused. */
export function oneOf(...values: readonly string[]): FieldCases {
  const [first = ''] = values;
  return {
    accepts: values.map((value) => [value]),
    refuses: [
      ...NOT_TEXT,
      '',
      first.toUpperCase(),
      ` ${first}`,
      `${first} `,
      `${first}s`,
      'unknown',
      '__proto__',
    ],
  };
}

/** Cases of text with a limit and without control characters. */
export function text({ min, max }: { readonly min: number; readonly max: number }): FieldCases {
  return {
    accepts: [['x'.repeat(Math.max(1, min))], ['x'.repeat(max)], ['Größe, 東京 & 😀!'.slice(0, max)]],
    refuses: [
      ...NOT_TEXT,
      ...(min > 0 ? ['x'.repeat(min - 1)] : []),
      'x'.repeat(max + 1),
      'a\nb',
      'a\0b',
      'a\u001bb',
      'a\u0085b',
      '\ud800',
    ],
  };
}

export function integer({ min, max }: { readonly min: number; readonly max?: number }): FieldCases {
  return {
    accepts: [[min], [min + 1], ...(max === undefined ? [] : [[max] as const])],
    refuses: [
      null,
      undefined,
      '1',
      true,
      min - 1,
      min + 0.5,
      NaN,
      Infinity,
      ...(max === undefined ? [] : [max + 1]),
    ],
  };
}

/** Cases of basis points, up to 100 percent. */
export const basisPoints = integer({ min: 0, max: 10_000 });

const QUOTE = {
  asset_id: 'BTC',
  bid: '49999.5',
  ask: '50000.5',
  mid: '50000',
  at: '2026-01-15T12:00:00.000Z',
  source: 'simulated',
  seq: 0,
};

export const quote: FieldCases = {
  accepts: [[QUOTE], [{ ...QUOTE, source: 'stored', seq: Number.MAX_SAFE_INTEGER }]],
  refuses: [
    ...NOT_TEXT,
    'BTC',
    { ...QUOTE, bid: '0' },
    { ...QUOTE, ask: '-1' },
    { ...QUOTE, mid: 50_000 },
    { ...QUOTE, at: '2026-01-15' },
    { ...QUOTE, source: 'rumour' },
    { ...QUOTE, seq: -1 },
    { ...QUOTE, seq: 0.5 },
  ],
};

export const clientOrderId: FieldCases = {
  accepts: [['a'], ['A_b.c:d-9'], ['x'.repeat(64)]],
  refuses: [...NOT_TEXT, '', 'x'.repeat(65), 'a b', 'a#b', 'a/b', 'ä', 'a\n', 'a\0b', '😀'],
};
