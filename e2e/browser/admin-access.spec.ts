import { signUp } from '@cnop/testing/system/api-client';
import { ADMIN_PASSWORD } from '@cnop/testing/system/servers';
import type { Page } from '@playwright/test';
import { addAsset, enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

/** Texts found only in the code of the administration: API paths and a question. */
const ADMIN_CODE =
  /\/admin\/(?:users|audit-events)[`'"?/]|\/adjustments|every position is settled at the last price/;

const ADDRESSES = [
  '/admin',
  '/admin/assets',
  '/admin/assets/new',
  '/admin/assets/BTC',
  '/admin/users',
  '/admin/users/admin',
  '/admin/audit',
  '/admin/health',
];

/** Follows the scripts of a page and returns those with administration code. */
function followAdminScripts(page: Page): () => Promise<string[]> {
  const urls = new Set<string>();
  page.on('request', (request) => {
    if (request.resourceType() === 'script') urls.add(request.url());
  });
  // Read from the server: the browser drops the responses of a page that was left.
  const isAdminCode = async (url: string): Promise<boolean> =>
    ADMIN_CODE.test(await (await page.request.get(url)).text());
  return async () => {
    const checked = await Promise.all([...urls].map(async (url) => ({ url, found: await isAdminCode(url) })));
    return checked.filter(({ found }) => found).map(({ url }) => url);
  };
}

test('for a trader the administration does not exist, and none of its code is loaded', async ({
  trader: { page, account },
}) => {
  const adminScripts = followAdminScripts(page);
  for (const address of ['/', '/portfolio', '/orders', '/cash', '/assets/BTC']) {
    await page.goto(address);
    await expect(page.getByRole('button', { name: `Account ${account.username}` })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Admin' })).toHaveCount(0);
  }
  for (const address of ADDRESSES) {
    await page.goto(address);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  }
  await page.getByRole('link', { name: 'Go to the markets' }).click();
  await expect(page).toHaveURL('/');
  expect(await adminScripts()).toEqual([]);
  // The server refuses the requests as well.
  for (const path of ['/admin/users', '/admin/users/admin', '/admin/audit-events']) {
    expect((await account.send('GET', path)).status).toBe(403);
  }
});

test('the check for administration code finds it', async ({ page, context, platform }) => {
  await enterAs('admin', context, platform);
  const adminScripts = followAdminScripts(page);
  for (const address of ['/admin/users', '/admin/users/admin', '/admin/audit', '/admin/assets']) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await expect(page.getByRole('link', { name: 'Admin' }).first()).toBeVisible();
  expect((await adminScripts()).length).toBeGreaterThanOrEqual(3);
});

test('a visitor signs in first and reaches the requested page', async ({ page, platform }) => {
  await page.goto('/admin/users?q=adm');
  await expect(page).toHaveURL(/^[^?]*\/sign-in\?/);
  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('Password').fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${platform.url}/admin/users?q=adm`);
  await expect(page.getByRole('row', { name: /Platform Administrator/ })).toBeVisible();
});

test('a moderator manages trading, reads users, and sees nothing forbidden', async ({
  page,
  context,
  platform,
}) => {
  await enterAs('moderator', context, platform);
  const id = await addAsset(platform);
  const user = await signUp(platform.api, { cash: '10.00' });

  await page.goto('/admin');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  const places = page.getByRole('navigation', { name: 'Administration' });
  await expect(places.getByRole('link')).toHaveText([
    'Overview',
    'Assets',
    'Rates',
    'Users',
    'Refunds',
    'Airdrops',
    'Funding',
    'Analytics',
    'Health',
  ]);
  await expect(page.getByRole('link', { name: 'New asset' })).toHaveCount(0);
  await page.goto(`/admin/assets/${id}`);
  await expect(page.getByRole('heading', { level: 1, name: `Coin ${id}` })).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Save changes' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Set price' }).click();
  await page.getByLabel('New price').fill('11');
  await page.keyboard.press('Enter');
  await expect(page.getByText(`Coin ${id} is at $11.00`)).toBeVisible();
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: `Deactivate ${id}` })
    .click();
  await expect(page.getByText(`Coin ${id} is closed for trading now`)).toBeVisible();

  await page.goto(`/admin/users/${user.username}`);
  await expect(page.getByRole('region', { name: 'Cash' })).toContainText('$10.00');
  for (const name of ['Adjust…', 'Change role', 'Suspend']) {
    await expect(page.getByRole('button', { name })).toHaveCount(0);
  }
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0);
  for (const address of ['/admin/audit', '/admin/assets/new']) {
    await page.goto(address);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  }
});

test('a profile that cannot be read is requested again', async ({ page, context, platform, watch }) => {
  watch.allow('console', /status of 500|ApiProblem: Internal error/);
  await enterAs('admin', context, platform);
  const problem = { title: 'Internal error', status: 500, trace_id: 'planted-request-id' };
  await page.route('**/auth/profile', (route) => route.fulfill({ status: 500, json: problem }));
  await page.goto('/admin/users');
  const alert = page.getByRole('alert').filter({ hasText: 'This page could not be shown' });
  await expect(alert).toContainText('planted-request-id');
  await page.unrouteAll();
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('row', { name: /Platform Administrator/ })).toBeVisible();
});
