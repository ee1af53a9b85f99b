import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { bearerTokenOf } from '@cnop/common/http/authentication';
import { AuthenticationError } from '@cnop/exception/errors';
import { describe, expect, it } from 'vitest';

describe('the bearer token of a request', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('is read after the scheme %s', (scheme) => {
    expect(bearerTokenOf({ authorization: `${scheme} a.b.c` })).toBe('a.b.c');
    expect(bearerTokenOf({ authorization: [`${scheme} a.b.c`] })).toBe('a.b.c');
    expect(bearerTokenOf(['Host', 'x', 'AuthoriZation', `${scheme} a.b.c`])).toBe('a.b.c');
  });

  it.each([
    ['nothing', ''],
    ['the scheme alone', 'Bearer'],
    ['the scheme and a space', 'Bearer '],
    ['no scheme', 'a.b.c'],
    ['another scheme', 'Basic YWxpY2U6cGFzc3dvcmQ='],
    ['a longer scheme', 'Bearers a.b.c'],
    ['two spaces', 'Bearer  a.b.c'],
    ['a tab', 'Bearer\ta.b.c'],
    ['a tab after the space', 'Bearer \ta.b.c'],
    ['a space before', ' Bearer a.b.c'],
    ['a space after', 'Bearer a.b.c '],
    ['two tokens', 'Bearer a.b.c d.e.f'],
    ['a list', 'Bearer a.b.c,Bearer d.e.f'],
    ['a non-breaking space', 'Bearer\u00a0a.b.c'],
    ['a Cyrillic letter in the scheme', 'Веarer a.b.c'],
  ])('is refused: %s', (_name, authorization) => {
    for (const headers of [
      { authorization },
      { authorization: [authorization] },
      ['authorization', authorization],
    ]) {
      expect(() => bearerTokenOf(headers)).toThrow(AuthenticationError);
    }
  });

  it.each([
    ['an absent header', {}],
    ['no value', { authorization: undefined }],
    ['an empty list', { authorization: [] }],
    ['two headers', { authorization: ['Bearer a.b.c', 'Bearer a.b.c'] }],
    ['two raw headers', ['authorization', 'Bearer a.b.c', 'Authorization', 'Bearer a.b.c']],
    ['a raw name without a value', ['authorization']],
    ['a raw value that equals the header name', ['x', 'authorization', 'Bearer a.b.c', 'y']],
    ['headers with a similar name', { 'x-authorization': 'Bearer a.b.c', authorization_: 'Bearer a.b.c' }],
    ['a token in other headers', { access_token: 'a.b.c', cookie: 'access_token=a.b.c' }],
  ])('is refused: %s', (_name, headers) => {
    expect(() => bearerTokenOf(headers)).toThrow(AuthenticationError);
  });

  it('detects a second header, which Node drops', async () => {
    const answers: string[] = [];
    const server = createServer((request, response) => {
      for (const headers of [request.rawHeaders, request.headersDistinct]) {
        try {
          answers.push(bearerTokenOf(headers));
        } catch (error) {
          answers.push((error as Error).name);
        }
      }
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const send = (headers: string) =>
      new Promise<void>((resolve, reject) => {
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        socket.on('error', reject).on('close', () => resolve());
        socket.resume();
        socket.end(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
      });
    await send('authorization: Bearer a.b.c\r\n');
    await send('authorization: Bearer a.b.c\r\nAuthorization: Bearer d.e.f\r\n');
    server.close();
    expect(answers).toEqual(['a.b.c', 'a.b.c', 'AuthenticationError', 'AuthenticationError']);
  });
});
