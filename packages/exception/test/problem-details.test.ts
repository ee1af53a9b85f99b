import {
  AuthenticationError,
  RateLimitedError,
  UnreadableRequestError,
  ValidationError,
} from '@cnop/exception/errors';
import { toProblemDetails } from '@cnop/exception/problem-details';
import { ProblemError } from '@cnop/exception/problem-error';
import { describe, expect, it } from 'vitest';

const CONTEXT = { instance: '/api/v1/orders', traceId: 'trace-1', at: new Date('2026-01-15T12:00:00.000Z') };

describe('the body of an error response', () => {
  it('has the members of RFC 9457 and ours', () => {
    expect(toProblemDetails(new AuthenticationError(), CONTEXT)).toEqual({
      type: '/errors/AUTH_001',
      title: 'Authentication required',
      status: 401,
      detail: 'A valid access token is required.',
      instance: '/api/v1/orders',
      code: 'AUTH_001',
      trace_id: 'trace-1',
      timestamp: '2026-01-15T12:00:00.000Z',
      retryable: false,
    });
  });

  it('lists fields when there are any', () => {
    const problem = toProblemDetails(ValidationError.ofField('amount', 'Too much.', 'too_big'), CONTEXT);
    expect(problem.errors).toEqual([
      { field: 'amount', pointer: '/amount', message: 'Too much.', code: 'too_big' },
    ]);
  });

  it('says whether a retry may succeed', () => {
    expect(toProblemDetails(new RateLimitedError(1), CONTEXT).retryable).toBe(true);
  });

  it('has the status of the error when its code covers several', () => {
    expect(toProblemDetails(new UnreadableRequestError('Too large.', { status: 413 }), CONTEXT).status).toBe(
      413,
    );
  });

  it('has extension members, which cannot replace the standard ones', () => {
    const error = new ProblemError('BUS_001', {
      extensions: {
        available: '1.00',
        required: '2.00',
        status: 200,
        code: 'FAKE',
        detail: 'fake',
        trace_id: 'fake',
      },
    });
    expect(toProblemDetails(error, CONTEXT)).toMatchObject({
      available: '1.00',
      required: '2.00',
      status: 422,
      code: 'BUS_001',
      detail: 'Insufficient balance',
      trace_id: 'trace-1',
    });
  });

  it('never has the cause or the stack', () => {
    const error = new ProblemError('INT_001', { cause: new Error('secret') });
    expect(JSON.stringify(toProblemDetails(error, CONTEXT))).not.toMatch(/secret|\.ts|stack|cause/);
  });
});
