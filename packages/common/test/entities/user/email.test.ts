import { canonicalEmail, emailSchema, storedEmailSchema } from '@cnop/common/entities/user/email';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeField } from '../field-cases.ts';

describeField('an e-mail address', emailSchema, {
  accepts: [
    ['a@b.c'],
    ['Alice.Example+tag@Mail.Example.COM', 'alice.example+tag@mail.example.com'],
    ['  alice@example.com \n', 'alice@example.com'],
    ["o'neill!#$%&*/=?^_`{|}~-@example.com"],
    ['ünïcode@exämple.de', 'ünïcode@xn--exmple-cua.de'],
    [`${'a'.repeat(64)}@example.com`],
    [`a@${'b'.repeat(63)}.${'c'.repeat(63)}.com`],
  ],
  refuses: [
    null,
    undefined,
    1,
    '',
    '@',
    'a@b',
    'a@.c',
    '@b.c',
    'a@b.',
    'a@b.c.',
    'a b@c.d',
    'a@b@c.d',
    'a..b@example.com',
    '.a@example.com',
    'a.@example.com',
    'a@b..com',
    'a@-b.com',
    'a@b-.com',
    '"a b"@example.com',
    '<script>alert("xss")</script>@example.com',
    'a(comment)@example.com',
    'Ada <ada@example.com>',
    'mailto:a@example.com',
    'a@[127.0.0.1]',
    'a@[IPv6:::1]',
    'a@127.0.0.1',
    'a@0x7f.1',
    'a@example.com:25',
    'a@example.com/x',
    'a@%65xample.com',
    'a@xn--0.com',
    'a\0@b.c',
    'a\u007f@b.c',
    'a\u200b@b.c',
    'a\u202e@b.c',
    'a@b\u200b.c',
    '\ud800@b.c',
    'a@\ud800.c',
    'a@b.c, d@e.f',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(126)}com`,
    // 32 characters before the @, but 96 bytes.
    `${'東'.repeat(32)}@example.com`,
  ],
});

describe('the canonical form', () => {
  it.each([
    ['composed and decomposed letters', 'jos\u00e9@example.com', 'jose\u0301@example.com'],
    ['a domain in letters and in ASCII', 'a@m\u00fcnchen.de', 'a@xn--mnchen-3ya.de'],
    ['a domain in decomposed letters', 'a@xn--mnchen-3ya.de', 'a@mu\u0308nchen.de'],
    ['capitals of a domain in letters', 'a@M\u00dcNCHEN.DE', 'a@xn--mnchen-3ya.de'],
    ['full stops of another script', 'a@例え。テスト', 'a@xn--r8jz45g.xn--zckzah'],
    ['wide letters of a domain', 'a@ｅｘａｍｐｌｅ.com', 'a@example.com'],
    ['capitals', 'ADA@EXAMPLE.COM', 'ada@example.com'],
  ])('has one form in spite of %s', (_what, one, other) => {
    expect(canonicalEmail(one)).toBeDefined();
    expect(canonicalEmail(one)).toBe(canonicalEmail(other));
  });

  it('is its own canonical form', () => {
    const part = fc.stringMatching(/^[a-zA-ZäöüÄÖÜéßİıΣς0-9-]{1,12}$/u);
    fc.assert(
      fc.property(part, part, (localPart, label) => {
        const email = canonicalEmail(`${localPart}@${label}.example`);
        fc.pre(email !== undefined);
        expect(canonicalEmail(email)).toBe(email);
        expect(canonicalEmail(`${localPart.normalize('NFD')}@${label.normalize('NFD')}.example`)).toBe(email);
      }),
    );
  });

  it('does not apply to stored addresses of earlier versions', () => {
    for (const email of ['a..b@example.com', 'jose\u0301@mu\u0308nchen.de', 'a@127.0.0.1']) {
      expect(storedEmailSchema.parse(email)).toBe(email);
    }
  });
});
