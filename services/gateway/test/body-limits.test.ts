import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestGateway } from './harness.ts';
import { openGateway, SHAPES, sendRaw } from './harness.ts';

const LIMIT_BYTES = 65_536;

describe.each(SHAPES)('bodies, services %s', (shape) => {
  let gateway: TestGateway;
  let authorization: string;

  beforeAll(async () => {
    gateway = await openGateway({ shape });
    ({ authorization } = await gateway.signIn('alice'));
  });
  beforeEach(() => {
    gateway.calls.length = 0;
  });
  afterAll(() => gateway.close());

  const head = (...lines: string[]) =>
    [
      'POST /api/v1/orders?x=1 HTTP/1.1',
      'Host: x',
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      'Connection: close',
      ...lines,
      '',
      '',
    ].join('\r\n');
  const withLength = (bytes: number) => `${head(`Content-Length: ${bytes}`)}${'x'.repeat(bytes)}`;
  const inChunks = (bytes: number) => {
    const chunk = `1000\r\n${'x'.repeat(4_096)}\r\n`;
    const rest = bytes % 4_096;
    const last = rest > 0 ? `${rest.toString(16)}\r\n${'x'.repeat(rest)}\r\n` : '';
    return `${head('Transfer-Encoding: chunked')}${chunk.repeat(Math.floor(bytes / 4_096))}${last}0\r\n\r\n`;
  };

  it.each([
    ['with a length', withLength],
    ['in chunks', inChunks],
  ])('of 64 KiB pass %s', async (_, message) => {
    const answer = await sendRaw(gateway.port, message(LIMIT_BYTES));
    expect(answer.status).toBe(200);
    expect(gateway.calls[0]?.body).toHaveLength(LIMIT_BYTES);
  });

  it.each([
    ['one byte over, with a length', () => withLength(LIMIT_BYTES + 1)],
    ['65 KiB, with a length', () => withLength(65 * 1_024)],
    ['one byte over, in chunks', () => inChunks(LIMIT_BYTES + 1)],
    ['65 KiB, in chunks', () => inChunks(65 * 1_024)],
    ['a length that alone is too large', () => head('Content-Length: 5000000')],
  ])('of %s are refused', async (_, message) => {
    const answer = await sendRaw(gateway.port, message());
    expect(answer.status).toBe(413);
    expect(answer.head).toContain('content-type: application/problem+json; charset=utf-8');
    expect(answer.head).toContain('connection: close');
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'VAL_002',
      detail: 'The body is too large.',
      instance: '/api/v1/orders',
    });
    expect(gateway.calls).toEqual([]);
  });

  it('are forwarded byte for byte, for any media type', async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/orders`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/x-anything; a=b' },
      body: '\u0000\u00e4\u{1F600}',
    });
    expect(answer.status).toBe(200);
    expect(gateway.calls).toMatchObject([
      { body: '\u0000\u00e4\u{1F600}', headers: { 'content-type': 'text/x-anything; a=b' } },
    ]);
  });

  it('may be absent', async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/orders/1/cancel`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(answer.status).toBe(200);
    expect(gateway.calls).toMatchObject([{ body: '' }]);
  });
});

describe('a malformed request', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it.each([
    ['garbage', 'hello\r\n\r\n', 400],
    ['a bad length', 'POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    ['a header of 17 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(17 * 1_024)}\r\n\r\n`, 431],
    ['a line break in a header name', 'GET / HTTP/1.1\r\nHost: x\r\nX Bad: 1\r\n\r\n', 400],
  ])('is answered as a problem: %s', async (_, bytes, status) => {
    const answer = await sendRaw(gateway.port, bytes);
    expect(answer.status).toBe(status);
    expect(answer.head).toContain('connection: close');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'VAL_002', status });
    expect(gateway.calls).toEqual([]);
  });
});
