/** JSON text that is sent unchanged, such as a number that JavaScript would write in another form. */
class Raw {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

const split = (texts: string) => texts.split('|');
const raw = (...texts: string[]) => texts.map((text) => new Raw(text));

/** Values of types that no text field takes. */
const NOT_TEXT = [true, [], ['x'], {}, new Raw('7')];
const ZERO_BYTE = 'a\0b';
const BROKEN_SURROGATE = new Raw(String.raw`"\ud800"`);

const NOT_PLAIN_DECIMALS = [
  ...split('| |abc| 1|1 |1e5|1E5|-0|-0.00|+1|.5|5.|01|1,5|1_000|0x10|NaN|Infinity|１２'),
  ...split(`${'9'.repeat(40)}|0.${'0'.repeat(18)}1`),
  ...raw('1e5', '1E-2', '-0', '9'.repeat(40), `0.${'0'.repeat(18)}1`),
  ...NOT_TEXT.filter((value) => !(value instanceof Raw)),
];
const NOT_POSITIVE = ['0', '0.00', '-1', ...raw('0', '-1')];

/** Values that a field of each kind must refuse. Tests that need one value take the first. */
export const BAD_VALUES = {
  usd: ['1.001', '1000000000000000', ...NOT_PLAIN_DECIMALS, ...NOT_POSITIVE, ...raw('1.001')],
  signedUsd: ['1.001', '0', ...NOT_PLAIN_DECIMALS, ...raw('0')],
  quantity: ['0', ...NOT_PLAIN_DECIMALS, ...NOT_POSITIVE],
  nonNegativeDecimal: ['-1', ...NOT_PLAIN_DECIMALS],
  targets: [
    'BTC',
    [],
    [{ asset_id: 'BTC', percentage: '60.01' }],
    [
      { asset_id: 'BTC', percentage: '30' },
      { asset_id: 'btc', percentage: '30' },
    ],
    null,
    true,
    {},
    new Raw('7'),
  ],
  username: [
    'ab',
    'a'.repeat(51),
    '_ab',
    'ab_',
    'a b',
    'a@b',
    'äöü',
    '../x',
    '__proto__',
    ZERO_BYTE,
    null,
    ...NOT_TEXT,
  ],
  email: [
    'x',
    'a@b',
    'a b@example.com',
    'a..b@example.com',
    'a@b..com',
    'a@[127.0.0.1]',
    '<script>alert("xss")</script>@example.com',
    '@example.com',
    `${'a'.repeat(250)}@b.co`,
    `a${ZERO_BYTE}@b.co`,
    null,
    ...NOT_TEXT,
  ],
  newPassword: [
    ...split('Short-1|all-lower-case-1|ALL-UPPER-CASE-1|No-Digits-At-All|NoSpecials12345'),
    `Aa1-${'x'.repeat(69)}`,
    `Password-1${ZERO_BYTE}x`,
    null,
    ...NOT_TEXT,
  ],
  typedPassword: ['', 'x'.repeat(1_025), null, ...NOT_TEXT],
  refreshToken: ['', 'x'.repeat(4_097), null, ...NOT_TEXT],
  name: ['', '   ', 'R2D2', '<script>', 'a'.repeat(101), ZERO_BYTE, null, ...NOT_TEXT],
  phone: ['123', 'abcdefghij', '++1234567890', '1'.repeat(16), '+1 234 567 8901 ext. 2', ...NOT_TEXT],
  pastDate: ['2999-01-01', '2020-02-30', '20200101', '01/01/2020', '', ...NOT_TEXT],
  boolean: ['true', 'yes', null, [], {}, ...raw('1', '0')],
  id: ['', 'a b', 'x'.repeat(101), ZERO_BYTE, null, ...NOT_TEXT],
  description: ['x'.repeat(501), ZERO_BYTE, 'a\nb', BROKEN_SURROGATE, ...NOT_TEXT],
  requiredDescription: ['', '   ', 'x'.repeat(501), ZERO_BYTE, BROKEN_SURROGATE, null, ...NOT_TEXT],
  longText: ['x'.repeat(1_001), ZERO_BYTE, BROKEN_SURROGATE, ...NOT_TEXT],
  assetId: ['', 'ABCDEFGHIJK', 'B!', 'B C', '../BTC', 'ÄÖ', ZERO_BYTE, null, ...NOT_TEXT],
  symbol: ['', 'ABCDEFGHIJK', ZERO_BYTE, null, ...NOT_TEXT],
  label: ['', '   ', 'x'.repeat(101), ZERO_BYTE, null, ...NOT_TEXT],
  choice: ['anything', '', 'ADMIN', 'constructor', null, ...NOT_TEXT],
  address: [
    'x',
    'javascript:alert(1)',
    'ftp://example.com',
    'http://',
    `https://e.com/${'x'.repeat(500)}`,
    ...NOT_TEXT,
  ],
  wholeNumber: ['8', true, [], {}, ...raw('1.5', '-1', '1e2', '-0', '9'.repeat(40), '1000001')],
} satisfies Record<string, readonly unknown[]>;

export type FieldKind = keyof typeof BAD_VALUES;

/** Returns the JSON of an object whose values may be raw. */
export function jsonOf(fields: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(fields).map(([name, value]) => {
    const json = value instanceof Raw ? value.json : JSON.stringify(value);
    return `${JSON.stringify(name)}:${json}`;
  });
  return `{${members.join(',')}}`;
}
