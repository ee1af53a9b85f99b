import { freshName, signUp } from '@cnop/testing/system/api-client';
import { enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test.beforeEach(async ({ context, platform }) => void (await enterAs('admin', context, platform)));

test('the audit log shows the events of a user, in words', async ({ page, platform }) => {
  const user = await signUp(platform.api, { cash: '50.00' });
  const path = `/admin/users/${user.username}`;
  await platform.admin.send('PATCH', path, { body: { role: 'moderator' } });
  const adjustment = { amount: '-12.50', description: 'A fee' };
  await platform.admin.send('POST', `${path}/adjustments`, { body: adjustment });

  await page.goto(`/admin/users/${user.username}`);
  await page.getByRole('main').locator('header').getByRole('link', { name: 'Audit log' }).click();
  const events = page.getByRole('row');
  await expect(events).toHaveCount(5);
  await expect(events.nth(1)).toContainText('Balance adjusted');
  await expect(events.nth(1)).toContainText('-$12.50');
  await expect(events.nth(2)).toContainText('Role changed');
  await expect(events.nth(2)).toContainText('customer → moderator');
  await expect(events.nth(2)).toContainText('by admin');
  await expect(events.nth(3)).toContainText('Signed in');
  await expect(events.nth(4)).toContainText('Account opened');

  await page.getByRole('button', { name: /^Role changed/ }).click();
  const details = page.getByRole('dialog', { name: 'Event' });
  await expect(details).toContainText('Done byadmin');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /^Role changed/ })).toBeFocused();

  // Hiding amounts also hides this one.
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Hide my amounts' }).click();
  await expect(events.nth(1)).not.toContainText('12.50');
});

test('the audit log is read by day or by user, page by page, and the address keeps the choice', async ({
  page,
  platform,
}) => {
  for (const password of ['Wrong-1', 'Wrong-2', 'Wrong-3']) {
    await platform.api('POST', '/auth/login', { body: { username: freshName('no'), password } });
  }
  await page.route(/\/admin\/audit-events\?/, (route) =>
    route.continue({ url: route.request().url().replace('limit=50', 'limit=2') }),
  );
  await page.goto('/admin/audit');
  await expect(page.getByRole('row')).toHaveCount(3);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByRole('row')).toHaveCount(5);

  await page.getByLabel('Day, in UTC').fill('2020-02-29');
  await expect(page).toHaveURL('/admin/audit?day=2020-02-29');
  await expect(page.getByText('No security events')).toBeVisible();
  await page.getByRole('button', { name: 'The day after' }).click();
  await expect(page).toHaveURL('/admin/audit?day=2020-03-01');
  await page.goBack();
  await expect(page.getByLabel('Day, in UTC')).toHaveValue('2020-02-29');
  await page.getByRole('button', { name: 'Today' }).click();
  await expect(page).toHaveURL('/admin/audit');

  await page.getByText('A user', { exact: true }).click();
  await expect(page.getByText('No user chosen')).toBeVisible();
  await page.getByLabel('Username').fill('x');
  await page.keyboard.press('Enter');
  await expect(page.getByText('A username has 3 to 50 letters')).toBeVisible();
  await page.getByLabel('Username').fill('ADMIN');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/admin/audit?by=user&user=admin');
  await expect(page.getByRole('row', { name: /admin/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Unknown usernames' }).click();
  await expect(page.getByRole('row', { name: /Sign-in failed/ }).first()).toBeVisible();
});

test('the health of every service is shown and marked when it is stale', async ({
  page,
  watch,
  platform,
}) => {
  watch.allow('console', /ERR_FAILED/);
  await page.clock.install();
  await page.goto('/admin/health');
  for (const service of ['gateway', 'user-service', 'order-service', 'inventory-service']) {
    await expect(page.getByRole('row', { name: new RegExp(`${service}.*Up`) })).toBeVisible();
  }
  await expect(page.getByText('All services are up')).toBeVisible();

  const answer = await fetch(`${platform.url}/health`);
  const health = (await answer.json()) as { details: object };
  const ailing = { ...health, status: 'degraded', details: { ...health.details, 'order-service': 'down' } };
  await page.route('/health', (route) => route.fulfill({ status: 200, json: ailing }));
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('Some parts are down')).toBeVisible();
  await expect(page.getByRole('row', { name: /order-service.*Down/ })).toBeVisible();

  await page.unrouteAll();
  await page.route('/health', (route) => route.abort());
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('The gateway could not be reached.')).toBeVisible();
  await page.clock.fastForward('00:13');
  await expect(page.getByText(/^Stale since \d\d:\d\d:\d\d$/)).toBeVisible();
  await expect(page.getByRole('row', { name: /order-service.*Was down/ })).toBeVisible();
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('All services are up')).toBeVisible();
  await expect(page.getByText(/^Stale since/)).toHaveCount(0);
});
