import { describe, expect, it } from 'vitest';
import { FORWARDED_HEADERS, forwardableHeaders } from '../src/public-routes.ts';

describe('the headers that a gateway forwards', () => {
  const context = { requestId: 'request-1', clientAddress: '192.0.2.1' };

  it('are those of the list and the two that it sets itself', () => {
    const sent = Object.fromEntries(FORWARDED_HEADERS.map((name) => [name, `value of ${name}`]));
    expect(forwardableHeaders(sent, context)).toEqual({
      ...sent,
      'x-request-id': 'request-1',
      'x-forwarded-for': '192.0.2.1',
    });
    expect(forwardableHeaders({}, context)).toEqual({
      'x-request-id': 'request-1',
      'x-forwarded-for': '192.0.2.1',
    });
  });

  it.each([
    'x-user-id',
    'x_user_id',
    'x-user-role',
    'x-username',
    'x-internal-token',
    'x-authenticated-user',
    'x-request-id',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
    'forwarded',
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
    'x-authorization',
    'proxy-authorization',
    'cookie',
    'host',
    'connection',
    'transfer-encoding',
    'content-length',
    'te',
    'upgrade',
    'accept-encoding',
    '__proto__',
    'constructor',
  ])('never include the client value of %s', (name) => {
    const headers = Object.fromEntries([[name, 'forged']]);
    expect(Object.values(forwardableHeaders(headers, context))).toEqual(['request-1', '192.0.2.1']);
  });

  it('omit a repeated header', () => {
    expect(forwardableHeaders({ accept: ['a', 'b'] }, context)).not.toHaveProperty('accept');
  });
});
