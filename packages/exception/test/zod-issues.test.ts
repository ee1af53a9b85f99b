import { fieldErrorsOf } from '@cnop/exception/zod-issues';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const schema = z.strictObject({
  name: z.string().min(2),
  amount: z.number().optional(),
  kind: z.enum(['a', 'b']),
  either: z.union([z.string(), z.number()]),
  items: z.array(z.strictObject({ 'a/b~c': z.string() })).optional(),
});
const VALID = { name: 'abc', kind: 'a', either: 1 };

function errorsOf(input: unknown) {
  const parsed = schema.safeParse(input, { reportInput: true });
  return fieldErrorsOf(parsed.error?.issues ?? []);
}

describe('the field errors of a failed parse', () => {
  it('have the code required for every absent field', () => {
    expect(errorsOf({})).toEqual(
      ['name', 'kind', 'either'].map((field) => ({
        field,
        pointer: `/${field}`,
        message: 'This field is required.',
        code: 'required',
      })),
    );
  });

  it.each([undefined, null])('have the code required for an absent body: %s', (body) => {
    expect(errorsOf(body)).toEqual([
      { field: 'body', pointer: '', message: 'This field is required.', code: 'required' },
    ]);
  });

  it.each([[[]], ['text'], [1], [true]])(
    'have the code invalid_type for a body of another type: %j',
    (body) => {
      expect(errorsOf(body)).toMatchObject([{ field: 'body', pointer: '', code: 'invalid_type' }]);
    },
  );

  it('do not treat null as missing', () => {
    expect(errorsOf({ ...VALID, name: null })).toMatchObject([{ field: 'name', code: 'invalid_type' }]);
  });

  it('list every invalid field', () => {
    const errors = errorsOf({ name: 'a', amount: 'x', kind: 'c', either: true });
    expect(errors.map(({ field, code }) => [field, code])).toEqual([
      ['name', 'too_small'],
      ['amount', 'invalid_type'],
      ['kind', 'invalid_value'],
      ['either', 'invalid_union'],
    ]);
  });

  it('name every unknown field itself', () => {
    expect(errorsOf({ ...VALID, role: 'admin', 'x~y': 1 })).toEqual([
      { field: 'role', pointer: '/role', message: 'This field is not known here.', code: 'unknown_field' },
      { field: 'x~y', pointer: '/x~0y', message: 'This field is not known here.', code: 'unknown_field' },
    ]);
  });

  it('locate a nested field by path and by JSON pointer (RFC 6901)', () => {
    expect(errorsOf({ ...VALID, items: [{ 'a/b~c': 'x' }, { 'a/b~c': 1 }] })).toMatchObject([
      { field: 'items.1.a/b~c', pointer: '/items/1/a~1b~0c' },
    ]);
    expect(errorsOf({ ...VALID, items: [{ 'a/b~c': 'x', extra: 1 }] })).toMatchObject([
      { field: 'items.0.extra', pointer: '/items/0/extra', code: 'unknown_field' },
    ]);
  });

  it('have the code that a custom check sets in its parameters', () => {
    const own = z.string().superRefine((value, context) => {
      context.addIssue({
        code: 'custom',
        message: 'No.',
        ...(value === 'coded' && { params: { code: 'too_precise' } }),
      });
    });
    const codeOf = (input: string) =>
      fieldErrorsOf(own.safeParse(input, { reportInput: true }).error?.issues ?? [])[0]?.code;
    expect(codeOf('coded')).toBe('too_precise');
    expect(codeOf('plain')).toBe('invalid');
  });

  it('never repeat the input', () => {
    const secret = 'hunter2-hunter2';
    expect(
      JSON.stringify(errorsOf({ ...VALID, name: [secret], amount: secret, kind: secret })),
    ).not.toContain(secret);
  });
});
