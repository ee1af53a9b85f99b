import { ERROR_CODES } from '@cnop/exception/error-codes';
import {
  AlreadyExistsError,
  AuthenticationError,
  ForbiddenError,
  InternalError,
  NotFoundError,
  RateLimitedError,
  StateConflictError,
  UnavailableError,
  UnreadableRequestError,
  UpstreamError,
  ValidationError,
} from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import { describe, expect, it } from 'vitest';

describe('each error', () => {
  it.each<[string, ProblemError, Partial<ProblemError>]>([
    ['AuthenticationError', new AuthenticationError(), { code: 'AUTH_001', status: 401 }],
    ['ForbiddenError', new ForbiddenError(), { code: 'AUTH_002', status: 403 }],
    [
      'NotFoundError',
      new NotFoundError('The order'),
      { code: 'RES_001', status: 404, message: 'The order was not found.' },
    ],
    ['AlreadyExistsError', new AlreadyExistsError('Taken.'), { code: 'RES_002', status: 409, errors: [] }],
    [
      'StateConflictError',
      new StateConflictError('Final.'),
      { code: 'RES_003', status: 409, message: 'Final.' },
    ],
    ['UnreadableRequestError', new UnreadableRequestError('No.'), { code: 'VAL_002', status: 400 }],
    [
      'UnreadableRequestError',
      new UnreadableRequestError('No.', { status: 413 }),
      { code: 'VAL_002', status: 413 },
    ],
    ['RateLimitedError', new RateLimitedError(7), { code: 'RATE_001', status: 429, retryAfterSeconds: 7 }],
    ['UnavailableError', new UnavailableError(), { code: 'SVC_001', status: 503, retryAfterSeconds: 1 }],
    ['UpstreamError', new UpstreamError('Gone.'), { code: 'SVC_002', status: 502, retryAfterSeconds: 1 }],
    ['UpstreamError', new UpstreamError('Late.', { status: 504 }), { code: 'SVC_002', status: 504 }],
    ['InternalError', new InternalError('why'), { code: 'INT_001', status: 500, cause: 'why' }],
  ])('%s has its code, its status and its name', (name, error, expected) => {
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ name, ...expected });
    expect(error.stack).toContain(name);
  });

  it('has a complete definition of its code', () => {
    for (const [code, definition] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^(AUTH|RES|VAL|BUS|RATE|SVC|INT)_\d{3}$/);
      expect(definition.status).toBeGreaterThanOrEqual(400);
      for (const text of [definition.title, definition.meaning, definition.remedy]) expect(text).not.toBe('');
    }
  });

  it('names the field when an identity is taken', () => {
    expect(new AlreadyExistsError('This e-mail is taken.', 'email').errors).toEqual([
      { field: 'email', pointer: '/email', message: 'This e-mail is taken.', code: 'already_exists' },
    ]);
  });

  it('does not send its cause to the client', () => {
    expect(new InternalError(new Error('secret')).message).not.toContain('secret');
  });
});

describe('a validation error', () => {
  const missing = (field: string) => ({ field, pointer: `/${field}`, message: 'x', code: 'required' });
  const bad = (field: string) => ({ field, pointer: `/${field}`, message: 'x', code: 'too_big' });

  it('is VAL_003 when all invalid fields are missing', () => {
    expect(new ValidationError([missing('a'), missing('b')])).toMatchObject({
      code: 'VAL_003',
      message: 'Missing: a, b.',
    });
  });

  it('is VAL_001 when at least one field is invalid', () => {
    const error = new ValidationError([missing('a'), bad('b'), bad('b')]);
    expect(error).toMatchObject({ code: 'VAL_001', status: 422, message: 'Invalid: a, b.' });
    expect(error.errors).toHaveLength(3);
  });

  it('is VAL_001 without fields', () => {
    expect(new ValidationError([])).toMatchObject({ code: 'VAL_001', status: 422 });
  });

  it('can name one field', () => {
    expect(ValidationError.ofField('amount', 'Too much.').errors).toEqual([
      { field: 'amount', pointer: '/amount', message: 'Too much.', code: 'invalid' },
    ]);
  });
});
