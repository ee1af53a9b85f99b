import { expectStatus, PASSWORD, signIn, signUp } from '@cnop/testing/system/api-client';
import type { Page } from '@playwright/test';
import { expectNoBarriers, expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { enter, expect, test } from './support/test.ts';

const NEW_PASSWORD = 'Another-Fine-Horse-2';
const sessionsOf = (page: Page) => page.getByRole('region', { name: 'Sessions' });
const others = (page: Page) => sessionsOf(page).getByRole('button', { name: /^Sign out (?!everywhere)/ });

test('details are changed in place and stay changed', async ({ trader: { page, account } }) => {
  await page.goto('/');
  await page.getByRole('button', { name: `Account ${account.username}` }).click();
  await page.getByRole('menuitem', { name: 'Profile and sessions' }).click();
  await expect(page).toHaveURL(/\/profile$/);

  const changes: unknown[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') changes.push(request.postDataJSON());
  });
  await page.getByLabel('Last name').fill('King');
  await page.getByLabel('Phone (optional)').fill('+4915112345678');
  await page.getByLabel('Date of birth (optional)').fill('1990-12-10');
  await page.getByLabel('Send me news').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your details were saved')).toBeVisible();
  expect(changes).toEqual([
    {
      last_name: 'King',
      phone: '+4915112345678',
      date_of_birth: '1990-12-10',
      marketing_emails_consent: true,
    },
  ]);

  await page.reload();
  await expect(page.getByLabel('Last name')).toHaveValue('King');
  await expect(page.getByLabel('Send me news')).toBeChecked();
  await page.getByLabel('Phone (optional)').fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => changes.at(-1)).toEqual({ phone: null });
});

test('errors of the details are shown at their fields', async ({ trader: { page }, platform, watch }) => {
  watch.allow('console', /409/);
  const other = await signUp(platform.api);
  await page.goto('/profile');
  await page.getByLabel('Phone (optional)').fill('12345');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Phone (optional)')).toBeFocused();
  await expect(page.getByLabel('Phone (optional)')).toHaveAttribute('aria-invalid', 'true');
  await expectNoBarriers(page, 'with a bad phone number');
  await page.getByLabel('Phone (optional)').fill('');
  await page.getByLabel('E-mail', { exact: true }).fill(other.email);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Your password')).toBeFocused();
  await expectNoBarriers(page, 'asked for the password');
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('E-mail', { exact: true })).toHaveAccessibleDescription(/\w/);
  await expect(page.getByLabel('E-mail', { exact: true })).toBeFocused();
});

test('another e-mail requires the password', async ({ trader: { page, account }, watch }) => {
  watch.allow('console', /422/);
  await page.goto('/profile');
  await expect(page.getByLabel('Your password')).toHaveCount(0);
  await page.getByLabel('E-mail', { exact: true }).fill(`new_${account.email}`);
  await page.getByLabel('Your password').fill('Not-My-Password-1');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Your password')).toHaveAccessibleDescription(/This is not your password/);
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Your details were saved')).toBeVisible();
  await expect(page.getByLabel('Your password')).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel('E-mail', { exact: true })).toHaveValue(`new_${account.email}`);
});

test('a new password ends every other session', async ({
  trader: { page, account },
  platform,
  openBrowser,
  watch,
}) => {
  watch.allow('console', /401|422/);
  const elsewhere = await openBrowser();
  await enter(elsewhere, platform, account.username);
  const other = await elsewhere.newPage();
  await other.goto('/cash');
  await expect(other.getByRole('main').getByText('$10,000.00').first()).toBeVisible();

  await page.goto('/profile');
  await page.getByLabel('Current password').fill('Not-My-Password-1');
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await page.getByLabel('New password again').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByLabel('Current password')).toBeFocused();
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription('This is not your password.');

  await page.getByLabel('Current password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Your password was changed')).toBeVisible();
  await expect(page.getByLabel('Current password')).toHaveValue('');
  const banner = other.getByRole('alert').filter({ hasText: 'Your session has ended.' });
  await expect(banner).toContainText('Your password was changed on another device.');
  await expect(other.getByText('$10,000.00')).toHaveCount(0);
  // No page falls back to that of a visitor in silence.
  await other.getByRole('link', { name: 'Markets' }).first().click();
  await expect(other.getByRole('heading', { name: 'Markets', level: 1 })).toBeVisible();
  await expect(banner).toBeVisible();
  await banner.getByRole('button', { name: 'Go on without an account' }).click();
  await expect(other.getByRole('link', { name: 'Open an account' })).toBeVisible();
  await expect(others(page)).toHaveCount(0);
  await expect(sessionsOf(page).getByText('This device')).toBeVisible();
  await signIn(platform.api, account.username, NEW_PASSWORD);
});

test('a device can be signed out from another', async ({
  trader: { page, account },
  platform,
  openBrowser,
  watch,
}) => {
  watch.allow('console', /401/);
  // The session of the test's own client would be another device in the list.
  expectStatus(await account.send('POST', '/auth/logout'), 200);
  const elsewhere = await openBrowser();
  await enter(elsewhere, platform, account.username);
  const other = await elsewhere.newPage();
  await other.goto('/cash');
  await expect(other.getByRole('main').getByText('$10,000.00').first()).toBeVisible();

  await page.goto('/profile');
  await expect(sessionsOf(page).getByRole('listitem')).toHaveCount(2);
  await expect(sessionsOf(page).getByText('This device')).toHaveCount(1);
  await others(page).click();
  await expect(page.getByText(/was signed out$/)).toBeVisible();
  await expect(sessionsOf(page).getByRole('listitem')).toHaveCount(1);
  await expect(other.getByText('You signed this device out from another one.')).toBeVisible();
});

test('all other devices are signed out at once after a confirmation', async ({
  trader: { page, account },
  platform,
}) => {
  await signIn(platform.api, account.username);
  await page.goto('/profile');
  await expect(others(page)).toHaveCount(2);
  const button = sessionsOf(page).getByRole('button', { name: 'Sign out everywhere else' });
  await button.click();
  const question = page.getByRole('alertdialog', { name: 'Sign out 2 devices?' });
  await expect(question.getByRole('button', { name: 'Keep them' })).toBeFocused();
  await expectNoBarriers(page, 'with the question');
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect(others(page)).toHaveCount(2);

  await page.keyboard.press('Enter');
  await question.getByRole('button', { name: 'Sign out 2 devices' }).click();
  await expect(page.getByText('2 devices were signed out')).toBeVisible();
  await expect(others(page)).toHaveCount(0);
  expect((await account.send('GET', '/balance')).status).toBe(401);
});

test('the appearance can be chosen here as well, and is kept', async ({ trader: { page } }) => {
  await page.goto('/profile');
  await page.getByText('Dark', { exact: true }).click();
  await page.getByText('Blue and orange', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Show totals also in' }).click();
  await page.getByRole('option', { name: 'JPY · Japanese yen' }).click();
  await page.goto('/portfolio');
  await expect(page.getByRole('definition').filter({ hasText: '$10,000.00' }).first()).toContainText(
    /≈ ¥[\d,]+/,
  );
  await page.goto('/profile');
  await page.getByLabel('Hide my amounts').check();
  await expect(page.getByRole('banner')).not.toContainText('$');
  await page.reload();
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await expect(root).toHaveAttribute('data-palette', 'blue-orange');
  await expect(page.getByLabel('Hide my amounts')).toBeChecked();
});

test('has no barriers', async ({ trader: { page } }) => {
  await page.goto('/profile');
  await expect(sessionsOf(page).getByText('This device')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'as it comes');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expectNoBarriersInAnyTheme(page, 'with errors');
});

test('fits a narrow phone', async ({ trader: { page } }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/profile');
  await expect(sessionsOf(page).getByText('This device')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
});
