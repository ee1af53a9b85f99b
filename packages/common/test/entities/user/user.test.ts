import {
  dateOfBirthFault,
  dateOfBirthSchema,
  nameSchema,
  newPasswordSchema,
  phoneInputSchema,
  phoneSchema,
  userRoleSchema,
  userSchema,
  userStatusSchema,
} from '@cnop/common/entities/user/user';
import { aUser, BUILT_PASSWORD } from '@cnop/testing/builders/user';
import { describe, expect, it } from 'vitest';
import type { FieldCases } from '../field-cases.ts';
import {
  describeEntityFields,
  describeField,
  nullable,
  oneOf,
  required,
  withDefault,
} from '../field-cases.ts';

const name: FieldCases = {
  accepts: [
    ['A'],
    ['a'.repeat(100)],
    ["Anne-Marie O'Neill"],
    ['O’Neill'],
    ['Jos\u00e9'],
    ['Jose\u0301', 'Jos\u00e9'],
    ['東京'],
    ['St. John'],
    ['Martin Jr.'],
    ['J. R. R.'],
    ['ジャン・リュック'],
    ['Jean‐Luc'],
    ['نیک\u200cنام'],
    ['ක්\u200dරිෂාන්'],
    ['Gal·la'],
    ['ז׳בוטינסקי'],
    ['צה״ל'],
    ['ʻAkahi'],
    ['A.'],
    ['  Alice  ', 'Alice'],
  ],
  refuses: [
    null,
    1,
    undefined,
    '',
    '   ',
    'a'.repeat(101),
    'Al1ce',
    '.',
    "-'",
    '\u200c',
    ' \u200dA',
    'A\u200c\u200cB',
    '<b>',
    '&lt;b&gt;',
    '"Ada"',
    'Ada;',
    'A\u202eB',
    'A\u200bB',
    'A\u2028B',
    'a@b',
    'a\0b',
    'a\tb',
    '😀',
    '\ud800',
  ],
};

/** Cases of a stored name, which may follow earlier rules. */
const storedName: FieldCases = {
  accepts: [['A'], ['a'.repeat(100)], ["-'"], ['Jose\u0301'], ['J. R. R.']],
  refuses: [null, 1, undefined, '', 'a'.repeat(101)],
};

const phone: FieldCases = {
  accepts: [['1234567890'], ['123456789012345'], ['+1234567890'], ['+123456789012345']],
  refuses: [
    1234567890,
    '',
    '123456789',
    '1234567890123456',
    '+',
    '++1234567890',
    '123 456 7890',
    '123-456-7890',
    '1234567890+',
    '१२३४५६७८९०',
  ],
};

const typedPhone: FieldCases = {
  accepts: [
    ['(212) 555-0142', '2125550142'],
    ['+1 (212) 555-0142', '+12125550142'],
    ['212.555.0142', '2125550142'],
    ['+49 151/123 456 78', '+4915112345678'],
    ['030\u00a012345\u201167', '0301234567'],
    ['1234567890'],
    ['+123456789012345'],
    ['', null],
    ['  ', null],
  ],
  refuses: [
    null,
    1234567890,
    '123456789',
    '1234567890123456',
    '+',
    '++1234567890',
    '1234567890+',
    '212-555-0142 ext. 7',
    '1-800-FLOWERS-12',
    '१२३४५६७८९०',
    `${' '.repeat(31)}1234567890`,
  ],
};

const dateOfBirth: FieldCases = {
  accepts: [['1990-01-31'], ['2000-02-29'], ['1900-12-31']],
  refuses: [
    1990,
    '',
    '1990-1-31',
    '1990-02-30',
    '2001-02-29',
    '1900-02-29',
    '1990-13-01',
    '1990-01-31T00:00:00.000Z',
    '31.01.1990',
  ],
};

/** Cases of a stored address, which may not be canonical. */
const email: FieldCases = {
  accepts: [['a@b.c'], ['a..b@example.com'], ['a@münchen.de']],
  refuses: [null, undefined, '', `${'a'.repeat(250)}@b.cd`],
};

const role = oneOf('customer', 'admin', 'moderator');
const tier = oneOf('standard', 'verified', 'professional');
const status = oneOf('active', 'inactive', 'suspended', 'pending');

describe('a user', () => {
  describeEntityFields(userSchema, aUser(), {
    username: required.username,
    email,
    password_hash: {
      accepts: [['x'.repeat(60)]],
      refuses: [null, undefined, '', 'x'.repeat(59), 'x'.repeat(61), 60],
    },
    first_name: storedName,
    last_name: storedName,
    phone: nullable(phone),
    date_of_birth: nullable(dateOfBirth),
    marketing_emails_consent: {
      accepts: [[true], [false], [undefined, false]],
      refuses: [null, 'true', 'false', 0, 1],
    },
    role: withDefault(role, 'customer'),
    status: withDefault(status, 'active'),
    tier: withDefault(tier, 'standard'),
    created_at: required.timestamp,
    updated_at: required.timestamp,
    last_login: nullable(required.timestamp),
  });
});

describeField('a role', userRoleSchema, role);
describeField('a status of a user', userStatusSchema, status);
describeField('a name', nameSchema, name);
describeField('a phone number', phoneSchema, phone);
describeField('a phone number as it is typed', phoneInputSchema, typedPhone);
describeField('a date of birth', dateOfBirthSchema, dateOfBirth);

describe('an age', () => {
  it.each([
    ['2013-01-15', 'of 13 today', undefined],
    ['2013-01-16', 'of 13 tomorrow', 'You must be at least 13 years old.'],
    ['2026-01-15', 'of a newborn', 'You must be at least 13 years old.'],
    ['9999-12-31', 'that is to come', 'You must be at least 13 years old.'],
    ['1905-01-16', 'of 120 until tomorrow', undefined],
    ['1905-01-15', 'of 121 today', 'This is more than 120 years ago.'],
    ['0001-01-01', 'of a beginning', 'This is more than 120 years ago.'],
  ])('by the date %s, %s, has the complaint %s', (date, _what, complaint) => {
    expect(dateOfBirthFault(date, '2026-01-15')).toBe(complaint);
  });

  it('of a person born on 29 February goes up on 1 March in common years', () => {
    expect(dateOfBirthFault('2012-02-29', '2025-02-28')).toBeDefined();
    expect(dateOfBirthFault('2012-02-29', '2025-03-01')).toBeUndefined();
  });
});

describe('a new password', () => {
  describeField('by its rules', newPasswordSchema, {
    accepts: [
      [BUILT_PASSWORD],
      ['Abcdefghij1!'],
      [`Aa1!${'x'.repeat(68)}`],
      [`Aa1!${'😀'.repeat(17)}`],
      ['Éàbcdefghij1 -'],
      ['Correct horse 9 battery.'],
      ['Ｃorrect-Horse-９', 'Correct-Horse-9'],
      ['Cafe\u0301-Horse-9-Battery', 'Caf\u00e9-Horse-9-Battery'],
    ],
    refuses: [
      null,
      undefined,
      123456789012,
      '',
      'Abcdefghi1!',
      `Aa1!${'x'.repeat(69)}`,
      `Aa1!${'😀'.repeat(17)}x`,
      `Aa1!${'x'.repeat(1_000_000)}`,
      'abcdefghij1!',
      'ABCDEFGHIJ1!',
      'Abcdefghijk!',
      'Abcdefghijk1',
      'Abcdefghij 1',
      'Abcdefgh\0ij1!',
      // 24 characters as typed, 36 bytes more when they are written out.
      `Aa1!${'\ufdfa'.repeat(4)}`,
    ],
  });

  it('is refused with all faults at once', () => {
    const messages = newPasswordSchema.safeParse('abcdefghijkl').error?.issues.map((issue) => issue.message);
    expect(messages).toEqual(['Add an upper-case letter.', 'Add a digit.', 'Add a special character.']);
  });
});
