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
  it('call every absent field required, whatever was expected of it', () => {
    expect(errorsOf({})).toEqual(
      ['name', 'kind', 'either'].map((field) => ({
        field,
        pointer: `/${field}`,
        message: 'This field is required.',
        code: 'required',
      })),
    );
  });

  it.each([undefined, null])('call an absent body required: %s', (body) => {
    expect(errorsOf(body)).toEqual([
      { field: 'body', pointer: '', message: 'This field is required.', code: 'required' },
    ]);
  });

  it.each([[[]], ['text'], [1], [true]])('call a body of another type bad, not missing: %j', (body) => {
    expect(errorsOf(body)).toMatchObject([{ field: 'body', pointer: '', code: 'invalid_type' }]);
  });

  it('call a field that is null bad, not missing', () => {
    expect(errorsOf({ ...VALID, name: null })).toMatchObject([{ field: 'name', code: 'invalid_type' }]);
  });

  it('list every bad field', () => {
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

  it('write the path of a nested field for people and for programs (RFC 6901)', () => {
    expect(errorsOf({ ...VALID, items: [{ 'a/b~c': 'x' }, { 'a/b~c': 1 }] })).toMatchObject([
      { field: 'items.1.a/b~c', pointer: '/items/1/a~1b~0c' },
    ]);
    expect(errorsOf({ ...VALID, items: [{ 'a/b~c': 'x', extra: 1 }] })).toMatchObject([
      { field: 'items.0.extra', pointer: '/items/0/extra', code: 'unknown_field' },
    ]);
  });

  it('take the code of a check of our own from its parameters', () => {
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

  it('never repeat what was sent', () => {
    const secret = 'hunter2-hunter2';
    expect(
      JSON.stringify(errorsOf({ ...VALID, name: [secret], amount: secret, kind: secret })),
    ).not.toContain(secret);
  });
});
