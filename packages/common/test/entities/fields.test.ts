import {
  assetIdSchema,
  decimalInput,
  descriptionSchema,
  idSchema,
  integerInput,
  JsonNumber,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  signedDecimalSchema,
  timestampSchema,
  usdInput,
  usernameSchema,
} from '@cnop/common/entities/fields';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeField, positiveDecimal, required, signedDecimal, text } from './field-cases.ts';

describeField('a username', usernameSchema, required.username);
describeField('an asset id', assetIdSchema, required.assetId);
describeField('an id', idSchema, required.id);
describeField('a time', timestampSchema, required.timestamp);
describeField('a stored decimal from zero', nonNegativeDecimalSchema, required.nonNegativeDecimal);
describeField('a stored decimal above zero', positiveDecimalSchema, positiveDecimal);
describeField('a stored decimal of either sign', signedDecimalSchema, signedDecimal);
describeField('a description', descriptionSchema, text({ min: 0, max: 500 }));

const number = (digits: string) => new JsonNumber(digits);

/** Returns a decimal as text and as a JSON number, which are parsed alike. */
function bothForms(texts: readonly string[]): (string | JsonNumber)[] {
  return texts.flatMap((digits) => [digits, number(digits)]);
}

const NO_DECIMALS = [
  ...bothForms([
    '-0',
    '-0.0',
    '0e0',
    '1e5',
    '1E+5',
    '1e-5',
    '-1e5',
    '1'.repeat(40),
    '0.1234567890123456789',
    '01',
  ]),
  '',
  ' 1',
  '1 ',
  '+1',
  '.5',
  '5.',
  '0x10',
  '1,5',
  'NaN',
  'Infinity',
  'one',
  '1\n',
  '१',
  null,
  undefined,
  1,
  1.5,
  1n,
  true,
  {},
  [],
  ['1'],
  { text: '1' },
  new Date(0),
];

describe('a decimal of a request', () => {
  describeField('that must be positive', decimalInput(), {
    accepts: bothForms([
      '1',
      '1.5',
      '1.50',
      '0.000000000000000001',
      '999999999999999.999999999999999999',
    ]).map((input) => [input, input instanceof JsonNumber ? input.text : input]),
    refuses: [...NO_DECIMALS, ...bothForms(['0', '0.00', '-1', '-0.01', '1000000000000000'])],
  });

  describeField('that may be zero', decimalInput({ sign: 'non-negative' }), {
    accepts: [['0'], ['0.00'], [number('0'), '0'], ['1']],
    refuses: [...NO_DECIMALS, ...bothForms(['-1'])],
  });

  describeField('that may be negative', decimalInput({ sign: 'signed' }), {
    accepts: [['-1'], [number('-1.5'), '-1.5'], ['1'], ['-0.000000000000000001']],
    refuses: [...NO_DECIMALS, ...bothForms(['0', '0.00'])],
  });

  describeField('with a scale of 2 and a largest value', usdInput({ max: '1000000' }), {
    accepts: [['0.01'], ['1000000'], ['1000000.00'], ['1.5000'], [number('12.34'), '12.34']],
    refuses: [...NO_DECIMALS, ...bothForms(['0.001', '1.234', '1000000.01', '1000001', '0'])],
  });

  describeField('with a largest value of either sign', usdInput({ sign: 'signed', max: '100' }), {
    accepts: [['100'], ['-100'], ['-0.01']],
    refuses: bothForms(['100.01', '-100.01', '-0.001', '0']),
  });

  describeField('or a word', decimalInput({ word: 'max' }), {
    accepts: [['max'], ['1.5'], [number('1.5'), '1.5']],
    refuses: [...NO_DECIMALS, 'MAX', 'max ', 'min', ['max'], ...bothForms(['0', '-1'])],
  });

  it.each([
    ['1e5', 'invalid_decimal'],
    ['0', 'too_small'],
    ['1.234', 'too_precise'],
    ['101', 'too_big'],
  ])('says of %s that it is %s', (input, code) => {
    for (const form of bothForms([input])) {
      const [issue, ...others] = usdInput({ max: '100' }).safeParse(form).error?.issues ?? [];
      expect(issue).toMatchObject({ code: 'custom', params: { code } });
      expect(others).toEqual([]);
    }
  });

  it('keeps every digit of any number', () => {
    const digits = fc.bigInt({ min: 1n, max: 999_999_999_999_999n });
    const fraction = fc.string({
      unit: fc.constantFrom(...'0123456789'.split('')),
      minLength: 1,
      maxLength: 18,
    });
    fc.assert(
      fc.property(digits, fraction, (whole, rest) => {
        const input = `${whole}.${rest}`;
        expect(decimalInput().parse(number(input))).toBe(input);
        expect(decimalInput().parse(input)).toBe(input);
      }),
    );
  });

  it('accepts no text that is not a plain decimal', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789.-+eE _x'.split('')), maxLength: 12 }),
        (input) => {
          const parsed = decimalInput({ sign: 'signed' }).safeParse(input);
          if (parsed.success) expect(parsed.data).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
        },
      ),
    );
  });
});

describe('a decimal that is too long', () => {
  const messageOf = (text: string, scale?: number) =>
    decimalInput(scale === undefined ? {} : { scale }).safeParse(text).error?.issues[0]?.message;

  it('is refused with the digits that are too many', () => {
    expect(messageOf('1.234', 2)).toBe('At most 2 digits after the point.');
    expect(messageOf('1.5', 0)).toBe('Whole numbers only.');
    expect(messageOf(`0.${'1'.repeat(19)}`)).toBe('At most 18 digits after the point.');
    expect(messageOf(`0.${'1'.repeat(19)}`, 2)).toBe('At most 2 digits after the point.');
    expect(messageOf('1'.repeat(16), 2)).toBe('At most 15 digits before the point.');
    expect(messageOf('1e5', 2)).toBe('Write a plain decimal such as 12.5.');
  });
});

describe('a whole number of a request', () => {
  describeField('from 0 to 18', integerInput({ min: 0, max: 18 }), {
    accepts: [
      [number('0'), 0],
      [number('18'), 18],
    ],
    refuses: [
      number('-0'),
      number('-1'),
      number('19'),
      number('1.0'),
      number('1.5'),
      number('1e1'),
      number('9'.repeat(16)),
      number('9'.repeat(400)),
      '1',
      1,
      null,
      undefined,
      true,
      {},
    ],
  });

  describeField('of either sign', integerInput({ min: -5, max: 5 }), {
    accepts: [
      [number('-5'), -5],
      [number('0'), 0],
      [number('5'), 5],
    ],
    refuses: [number('-6'), number('6'), number('-0')],
  });
});

it('a number of a JSON body cannot be serialized before a schema has read it', () => {
  expect(new JsonNumber('1e400').text).toBe('1e400');
  expect(() => JSON.stringify({ amount: new JsonNumber('1') })).toThrow(TypeError);
});
