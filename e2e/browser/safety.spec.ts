import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { expect, test } from './support/test.ts';

const BUNDLE = path.join(PROJECT_ROOT, 'apps/web/dist');

test('the content security policy of pages allows nothing inline and no other origin', async ({ page }) => {
  const answer = await page.goto('/');
  const policy = answer?.headers()['content-security-policy'] ?? '';
  for (const part of ["default-src 'self'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
    expect(policy.split('; ')).toContain(part);
  }
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("object-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

test('the API reference works within its policy, with its own assets', async ({ page }) => {
  await page.goto('/docs');
  const operation = page.getByRole('button', { name: /register Sign up/ });
  await operation.click();
  await expect(page.getByRole('heading', { name: 'Parameters' })).toBeVisible();
});

test('no script can find a token', async ({ trader: { page } }) => {
  const tokens: string[] = [];
  page.on('request', (request) => {
    const [, token] = request.headers()['authorization']?.split(' ') ?? [];
    if (token !== undefined) tokens.push(token);
  });
  await page.goto('/orders');
  await expect(page.getByText('No open orders')).toBeVisible();
  await expect.poll(() => tokens.length).toBeGreaterThan(0);
  const kept = await page.evaluate(async () => ({
    local: Object.fromEntries(Object.entries(localStorage)) as Record<string, string>,
    session: Object.entries(sessionStorage),
    cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    globals: Object.entries(window).flatMap(([, value]) => (typeof value === 'string' ? [value] : [])),
  }));
  expect(kept.local).toEqual({ 'cnop.session': '1' });
  expect(kept.cookies).toBe('');
  expect(kept.databases).toEqual([]);
  expect(JSON.stringify(kept)).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({
    name: 'cnop_refresh',
    httpOnly: true,
    sameSite: 'Strict',
    path: '/api/v1/auth',
  });
});

test('a page that is reloaded during a renewal keeps the session', async ({
  trader: { page, account },
  platform,
}) => {
  const renewal = page.waitForRequest('**/auth/refresh');
  await page.goto('/', { waitUntil: 'commit' });
  await renewal;
  platform.wire.stall();
  const reloaded = page.reload();
  await platform.wire.mend();
  await reloaded;
  await expect(page.getByRole('button', { name: `Account ${account.username}` })).toBeVisible();
});

test('the bundle has no secrets and no source map', async () => {
  const files = (await readdir(BUNDLE, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter(({ name }) => name.endsWith('.map'))).toEqual([]);
  const SECRETS = [
    /-----BEGIN [A-Z ]*PRIVATE KEY/,
    /AKIA[0-9A-Z]{16}/,
    /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/,
    /(?:SIGNING_KEY|ADMIN_PASSWORD|DYNAMODB_|REDIS_URL|BCRYPT_COST)/,
    /process\.env\.(?!NODE_ENV)/,
    /"(?:d|k)":"[\w-]{40,}"/,
    /\/(?:home|root|work|Users)\/[\w-]+\//,
  ];
  for (const { parentPath, name } of files) {
    const text = await readFile(path.join(parentPath, name), 'utf8');
    for (const secret of SECRETS) expect(secret.test(text), `${name} has ${String(secret)}`).toBe(false);
  }
});

test('the API refuses administration to all others, whatever a page shows', async ({
  trader: { account },
}) => {
  for (const [method, address, body] of [
    ['PUT', '/inventory/assets/BTC/price', { price: '1.00' }],
    ['POST', '/inventory/assets/BTC/deactivate', undefined],
    ['PUT', '/inventory/assets/BTC', { name: 'Mine' }],
  ] as const) {
    expect((await account.send(method, address, { body })).status, address).toBe(403);
  }
});
