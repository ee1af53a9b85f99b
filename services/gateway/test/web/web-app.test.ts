import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestGateway } from '../harness.ts';
import { openGateway, SHAPES, sendRaw } from '../harness.ts';
import type { BuiltApp } from './built-app.ts';
import { INDEX_PAGE, PICTURE, SCRIPT, SECRET, writeBuiltApp } from './built-app.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const SCRIPT_PATH = '/assets/index-BKv1nD0Q.js';

let built: BuiltApp;
beforeAll(async () => {
  built = await writeBuiltApp();
});
afterAll(() => built.remove());

describe.each(SHAPES)('the web app, services %s', (shape) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway({ shape, webFolder: built.folder, corsOrigins: ['https://partner.example'] });
  });
  afterAll(() => gateway.close());

  const get = (url: string, headers: Record<string, string> = {}) => gateway.app.inject({ url, headers });

  it.each(['/', '/index.html', '/?utm_source=x'])('%s is its first page for any client', async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(INDEX_PAGE);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  it.each([
    '/orders',
    '/orders?tab=history&cursor=a.b',
    '/assets/BTC',
    '/assets/BTC/',
    '/sign-in?redirect=%2Forders',
  ])('%s is a page of it for a browser', async (url) => {
    const answer = await get(url, BROWSER);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(INDEX_PAGE);
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  it.each(['/apiary', '/documents', '/assets', '/orders/1', '/unknown/page/%C3%A4'])(
    '%s is not one of its pages: a browser gets the app with 404',
    async (url) => {
      const answer = await get(url, BROWSER);
      expect(answer.statusCode).toBe(404);
      expect(answer.body).toBe(INDEX_PAGE);
      const etag = String((await get('/')).headers['etag']);
      const again = await get(url, { ...BROWSER, 'if-none-match': etag, range: 'bytes=0-1' });
      expect(again.statusCode).toBe(404);
      expect(again.body).toBe(INDEX_PAGE);
    },
  );

  it.each([
    ['a program that takes anything', {}],
    ['a program that takes anything and says so', { accept: '*/*' }],
    ['a program that wants data', { accept: 'application/json' }],
    ['who refuses pages', { accept: 'text/html;q=0, application/json' }],
  ])('an unknown path is a problem for %s', async (_, headers) => {
    const answer = await get('/orders', headers);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'RES_001', instance: '/orders' });
  });

  it.each([
    '/api',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v2/orders',
    '/docs/nothing',
    '/errors/NOPE_001',
    '/errors//',
    '/health/nothing',
    '/metrics',
    '/assets/index-00000000.js',
    '/favicon.ico',
    '/wp-login.php',
    '/.env',
    '/assets/link.txt',
  ])('%s is not found, even by a browser', async (url) => {
    const answer = await get(url, BROWSER);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(answer.body).not.toContain(SECRET);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('a page is not served for %s', async (method) => {
    const answer = await gateway.app.inject({ method, url: '/orders', headers: BROWSER });
    expect(answer.statusCode).toBe(404);
  });

  it('does not replace the pages of the gateway', async () => {
    expect((await get('/docs', BROWSER)).body).toContain('swagger-ui');
    expect((await get('/errors', BROWSER)).body).toContain('AUTH_001');
    expect((await get('/health/live', BROWSER)).json()).toMatchObject({ service: 'gateway' });
  });

  it.each([
    [SCRIPT_PATH, 'application/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/index-C_B4kOsY.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/coin-a1b2c3d4.png', 'image/png', 'public, max-age=31536000, immutable'],
    ['/favicon.svg', 'image/svg+xml', 'no-cache'],
    ['/appearance.js', 'application/javascript; charset=utf-8', 'no-cache'],
  ])('%s has its type and may be kept as long as its name means it', async (url, type, cacheControl) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': type, 'cache-control': cacheControl });
  });

  it.each(['/', '/orders', SCRIPT_PATH])('%s runs no foreign script and is never framed', async (url) => {
    const { headers } = await get(url, BROWSER);
    expect(String(headers['content-security-policy']).split('; ').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'self'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "object-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
    ]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['x-request-id']).toEqual(expect.any(String));
  });

  it('has no effect on the policy of other responses', async () => {
    const { headers } = await get('/api/v1/nothing', BROWSER);
    expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  it.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip, br;q=0', 'gzip', gunzipSync],
    ['GZIP', 'gzip', gunzipSync],
  ] as const)('a text is compressed for who takes %s', async (accepted, encoding, decompress) => {
    const answer = await get(SCRIPT_PATH, { 'accept-encoding': accepted });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(String(answer.headers['vary']).toLowerCase()).toBe('origin, accept-encoding');
    expect(Number(answer.headers['content-length'])).toBe(answer.rawPayload.length);
    expect(answer.rawPayload.length).toBeLessThan(SCRIPT.length / 10);
    expect(decompress(answer.rawPayload).toString()).toBe(SCRIPT);
  });

  it.each(['', 'identity', 'br;q=0, gzip;q=0.0', 'brotli'])(
    'is sent uncompressed for "%s"',
    async (accepted) => {
      const answer = await get(SCRIPT_PATH, { 'accept-encoding': accepted });
      expect(answer.headers).not.toHaveProperty('content-encoding');
      expect(answer.headers['vary']).toContain('accept-encoding');
      expect(answer.body).toBe(SCRIPT);
    },
  );

  it('does not compress a picture again', async () => {
    const answer = await get('/assets/coin-a1b2c3d4.png', { 'accept-encoding': 'br, gzip' });
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.rawPayload).toEqual(PICTURE);
  });

  it.each(['/', '/orders', SCRIPT_PATH])('HEAD of %s has the headers of GET', async (url) => {
    const headers = { ...BROWSER, 'accept-encoding': 'br' };
    const full = await get(url, headers);
    const head = await gateway.app.inject({ method: 'HEAD', url, headers });
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe('');
    for (const name of ['content-length', 'content-type', 'content-encoding', 'etag', 'cache-control']) {
      expect(head.headers[name], name).toBe(full.headers[name]);
    }
  });

  it('is sent in part to a client that asks for a range', async () => {
    const answer = await get('/assets/coin-a1b2c3d4.png', { range: 'bytes=1-3' });
    expect(answer.statusCode).toBe(206);
    expect(answer.headers['content-range']).toBe(`bytes 1-3/${PICTURE.length}`);
    expect(answer.body).toBe('PNG');
  });

  it.each([
    [416, { range: 'bytes=99-' }],
    [412, { 'if-match': '"other"' }],
  ])('is refused with %i for %j', async (status, headers) => {
    const answer = await get('/assets/coin-a1b2c3d4.png', headers);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code: 'VAL_002' });
  });

  it('is not sent again to a client that has it', async () => {
    const { headers } = await get('/');
    const etag = String(headers['etag']);
    for (const known of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
      const again = await get('/', { 'if-none-match': known });
      expect(again.statusCode, known).toBe(304);
      expect(again.body).toBe('');
      expect(again.headers).toMatchObject({ etag, 'cache-control': 'no-cache' });
    }
    expect((await get('/', { 'if-none-match': '"other"' })).statusCode).toBe(200);
    expect((await get('/favicon.svg')).headers['etag']).not.toBe(etag);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/assets/%00../../secret.txt',
    '/assets/....//....//secret.txt',
    '/%252e%252e/secret.txt',
    '/assets/link.txt',
    '/.env',
    '/%2eenv',
    '/..',
    '/%2e%2e',
    '/assets/..',
    '/assets%2findex-BKv1nD0Q.js',
    '/etc%2fpasswd',
  ])('no path leads out of its folder: %s', async (path) => {
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(gateway.port, head);
    expect([400, 404]).toContain(answer.status);
    expect(answer.head).toContain('content-type: application/problem+json');
    expect(answer.body).not.toContain(SECRET);
  });

  it('serves a file only under the exact spelling of its name', async () => {
    expect((await get('/assets/index%2DBKv1nD0Q.js')).statusCode).toBe(404);
    expect((await get('/ASSETS/index-BKv1nD0Q.js')).statusCode).toBe(404);
    expect((await get(SCRIPT_PATH)).statusCode).toBe(200);
  });
});

describe('a gateway', () => {
  it('without a folder serves no app', async () => {
    const gateway = await openGateway();
    for (const url of ['/', '/orders']) {
      expect((await gateway.app.inject({ url, headers: BROWSER })).statusCode).toBe(404);
    }
    await gateway.close();
  });

  it('counts files and pages as reads of the address', async () => {
    const gateway = await openGateway({ webFolder: built.folder, limits: { auth: 0, orders: 0, reads: 2 } });
    const statuses = [];
    for (const url of ['/', SCRIPT_PATH, '/orders']) {
      statuses.push((await gateway.app.inject({ url, headers: BROWSER })).statusCode);
    }
    expect(statuses).toEqual([200, 200, 429]);
    await gateway.close();
  });

  it('in production requires TLS for pages as well', async () => {
    const gateway = await openGateway({ webFolder: built.folder, isProduction: true });
    const { headers } = await gateway.app.inject('/');
    expect(headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
    await gateway.close();
  });

  it.each([
    ['is not there', () => `${built.folder}-nowhere`, 'holds no built web app'],
    ['holds no app', () => `${built.folder}/assets`, 'holds no built web app'],
  ])('does not start on a folder that %s', async (_, folder, reason) => {
    await expect(openGateway({ webFolder: folder() })).rejects.toThrow(reason);
  });

  it.each([
    ['not JSON', '/orders'],
    ['empty', '[]'],
    ['of something else', '[{"path":"/"}]'],
    ['with a pattern in it', '["/.*"]'],
  ])('does not start on an app whose list of pages is %s', async (_, pages) => {
    const broken = await writeBuiltApp({ 'app/pages.json': pages });
    await expect(openGateway({ webFolder: broken.folder })).rejects.toThrow(
      '/pages.json is no list of pages',
    );
    await broken.remove();
  });
});
