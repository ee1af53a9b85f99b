import { expectStatus, freshName, signUp } from '@cnop/testing/system/api-client';
import type { Page } from '@playwright/test';
import { enterAs } from './support/staff.ts';
import { enter, expect, test } from './support/test.ts';

interface Ledger {
  readonly transactions: readonly {
    readonly transaction_type: string;
    readonly description: string | null;
  }[];
}

test.beforeEach(async ({ context, platform }) => void (await enterAs('admin', context, platform)));

async function fillAdjustment(page: Page, amount: string, description: string): Promise<void> {
  await page.getByLabel('Amount').fill(amount);
  await page.getByLabel('Description').fill(description);
  await page.getByRole('button', { name: 'Adjust…' }).click();
}

test('a user is found by a prefix of the username, page by page, and by e-mail', async ({
  page,
  platform,
}) => {
  const prefix = freshName('find');
  for (const suffix of ['a', 'b', 'c']) await signUp(platform.api, { username: `${prefix}${suffix}` });
  // Pages of two, so that three users need a second page.
  await page.route(/\/admin\/users\?/, (route) =>
    route.continue({ url: route.request().url().replace('limit=50', 'limit=2') }),
  );
  await page.goto('/admin/users');
  await page.getByRole('searchbox').fill(prefix.toUpperCase());
  await expect(page.getByRole('row')).toHaveCount(3);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByRole('row')).toHaveCount(4);
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue(prefix.toUpperCase());
  await page
    .getByRole('row', { name: new RegExp(`${prefix}b`) })
    .getByRole('link')
    .click();
  await expect(page).toHaveURL(`/admin/users/${prefix}b`);
  await expect(page.getByText(`${prefix}b@example.com`)).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('searchbox')).toHaveValue(prefix.toUpperCase());
  await page.getByRole('searchbox').fill(`${prefix}C@Example.com`);
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('row', { name: `${prefix}c` })).toBeVisible();
});

test('staff read the positions, orders and cash activity of a user', async ({ page, platform }) => {
  const user = await signUp(platform.api, { cash: '1000.00' });
  const order = { asset_id: 'LTC', order_type: 'market_buy', quantity: '1' };
  expectStatus(await user.send('POST', '/orders', { body: order }), 201);
  await page.goto(`/admin/users/${user.username}`);
  const records = page.getByRole('region', { name: `Records of ${user.username}` });
  await expect(records.getByRole('row', { name: /^LTC 1/ })).toBeVisible();
  await records.getByRole('tab', { name: 'Cash activity' }).click();
  await expect(records.getByRole('row', { name: /Deposit.*\$1,000\.00/ })).toBeVisible();
  await records.getByRole('tab', { name: 'Orders' }).click();
  await records.getByRole('link', { name: /Market buy LTC/ }).click();
  await expect(page).toHaveURL(/\/admin\/refunds\?order=/);
});

test('the overview says what waits for a decision and leads there', async ({ page, platform }) => {
  const user = await signUp(platform.api, { cash: '1000.00' });
  const order = { asset_id: 'LTC', order_type: 'market_buy', quantity: '1' };
  const placed = await user.send('POST', '/orders', { body: order });
  const orderId = placed.json<{ data: { order_id: string } }>().data.order_id;
  const refund = { body: { reason: 'A mistake' } };
  expectStatus(await platform.admin.send('POST', `/admin/orders/${orderId}/refund`, refund), 202);
  await page.goto('/admin');
  await page.getByRole('link', { name: /^Refunds [1-9]/ }).click();
  await expect(page.getByText(`Purchase of 1 LTC by ${user.username}`)).toBeVisible();
});

test('a form with changes asks before it is left', async ({ page, platform }) => {
  const user = await signUp(platform.api, { cash: '100.00' });
  await page.goto(`/admin/users/${user.username}`);
  const leave = () => page.getByRole('link', { name: 'Health' }).click();
  await page.getByLabel('Amount').fill('5');
  await leave();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('Leave without saving?');
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await expect(page.getByLabel('Amount')).toHaveValue('5');
  await leave();
  await question.getByRole('button', { name: 'Leave' }).click();
  await expect(page).toHaveURL('/admin/health');
});

test('an impossible prefix is not sent', async ({ page }) => {
  let searches = 0;
  await page.goto('/admin/users');
  await expect(page.getByRole('row', { name: /Platform Administrator/ })).toBeVisible();
  page.on('request', (request) => (searches += request.url().includes('/admin/users?') ? 1 : 0));
  await page.getByRole('searchbox').fill('%');
  await expect(page.getByText('Usernames have letters, digits and underscores.')).toBeVisible();
  await page.getByRole('searchbox').fill('ada@');
  await expect(page.getByText('Enter the whole e-mail address.')).toBeVisible();
  await expect(page.getByRole('searchbox')).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: 'Show all users' }).click();
  await expect(page.getByRole('row', { name: /Platform Administrator/ })).toBeVisible();
  expect(searches).toBe(0);
});

test('an adjustment shows before and after, and the user sees it in the ledger', async ({
  page,
  platform,
  openBrowser,
}) => {
  const user = await signUp(platform.api, { cash: '100.00' });
  const order = { asset_id: 'LTC', order_type: 'limit_buy', quantity: '1', price: '30.00' };
  expectStatus(await user.send('POST', '/orders', { body: order }), 201);

  await page.goto(`/admin/users/${user.username}`);
  await page.getByText('Take away').click();
  await fillAdjustment(page, '70,01', 'A fee of May');
  await expect(page.getByText('Exceeds the available balance.')).toBeVisible();
  await expect(page.getByLabel('Amount')).toBeFocused();
  await fillAdjustment(page, '20,5', 'A fee of May');
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('Before$100.00');
  await expect(question).toContainText('Adjustment-$20.50');
  await expect(question).toContainText('After$79.50');
  await expect(question.getByRole('button', { name: 'Back' })).toBeFocused();
  await question.getByRole('button', { name: 'Take it' }).click();
  await expect(page.getByText('It is $79.50 now.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Cash' })).toContainText('$79.50');

  const theirs = await openBrowser();
  await enter(theirs, platform, user.username);
  const ledger = await theirs.newPage();
  await ledger.goto('/cash');
  const line = ledger.getByRole('row', { name: /Adjustment/ });
  await expect(line).toContainText('-$20.50');
  await expect(line).toContainText('A fee of May');
});

test('an adjustment whose answer is lost takes effect once', async ({ page, platform, watch }) => {
  watch.allow('console', /ERR_FAILED/);
  const user = await signUp(platform.api, { cash: '100.00' });
  await page.goto(`/admin/users/${user.username}`);
  const keys: (string | undefined)[] = [];
  await page.route('**/adjustments', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    // The request arrives, its answer does not.
    await route.fetch();
    await route.abort();
  });
  await fillAdjustment(page, '5', 'A gift');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Give it' }).click();
  await expect(page.getByText('Send it again unchanged')).toBeVisible();
  await page.unrouteAll();
  const again = page.waitForRequest('**/adjustments');
  await page.getByRole('button', { name: 'Adjust…' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Give it' }).click();
  keys.push((await again).headers()['idempotency-key']);
  await expect(page.getByText('It is $105.00 now.')).toBeVisible();
  expect(keys[0]).toMatch(/\S/);
  expect(keys[1]).toBe(keys[0]);
  const { transactions } = (await user.send('GET', '/balance/transactions')).json<Ledger>();
  expect(
    transactions.filter(({ transaction_type }) => transaction_type === 'system_adjustment'),
  ).toHaveLength(1);
});

test('suspending a user ends the session at once, and reactivating allows a new one', async ({
  page,
  platform,
  openBrowser,
  watch,
}) => {
  watch.allow('console', /status of 401/);
  const user = await signUp(platform.api);
  const theirs = await openBrowser();
  await enter(theirs, platform, user.username);
  const orders = await theirs.newPage();
  await orders.goto('/orders');
  await expect(orders.getByText('No open orders')).toBeVisible();

  await page.goto(`/admin/users/${user.username}`);
  await page.getByRole('button', { name: 'Suspend' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question.getByRole('button', { name: 'Keep as is' })).toBeFocused();
  await question.getByRole('button', { name: 'Suspend' }).click();
  await expect(page.getByText(`${user.username} is suspended now`)).toBeVisible();
  await expect(orders.getByText('An administrator changed your access.')).toBeVisible();
  expect((await user.send('GET', '/balance')).status).toBe(401);

  await page.getByRole('button', { name: 'Reactivate' }).click();
  await question.getByRole('button', { name: 'Reactivate' }).click();
  await expect(page.getByText(`${user.username} is active now`)).toBeVisible();
  await enter(theirs, platform, user.username);
  await orders.goto('/orders');
  await expect(orders.getByText('No open orders')).toBeVisible();
});

test('changing a role asks for confirmation and explains the role', async ({ page, platform }) => {
  const user = await signUp(platform.api);
  await page.goto(`/admin/users/${user.username}`);
  await expect(page.getByRole('button', { name: 'Change role' })).toBeDisabled();
  await page.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Moderator' }).click();
  await page.getByRole('button', { name: 'Change role' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('From customer to moderator');
  await question.getByRole('button', { name: 'Make them moderator' }).click();
  await expect(page.getByText(`${user.username} is moderator now`)).toBeVisible();
  const path = `/admin/users/${user.username}`;
  expect((await platform.admin.send('GET', path)).json<{ data: object }>().data).toMatchObject({
    role: 'moderator',
  });
});

test('administrators cannot lock themselves out', async ({ platform, openBrowser }) => {
  const theirs = await openBrowser();
  const { username } = await enterAs('admin', theirs, platform);
  const self = await theirs.newPage();
  await self.goto(`/admin/users/${username}`);
  await expect(self.getByText('this is you')).toBeVisible();
  await expect(self.getByRole('button', { name: 'Suspend' })).toHaveCount(0);
  await expect(self.getByRole('combobox', { name: 'Role' })).toHaveCount(0);
  await expect(self.getByText('Only another administrator can adjust your balance.')).toBeVisible();
  await expect(self.getByRole('button', { name: 'Adjust' })).toHaveCount(0);
});

test('an unknown user is a page that does not exist', async ({ page, watch }) => {
  watch.allow('console', /status of 404/);
  await page.goto('/admin/users/unknown_user');
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
});
