import { readFile } from 'node:fs/promises';
import { freshName, PASSWORD, signUp } from '@cnop/testing/system/api-client';
import type { Page } from '@playwright/test';
import { ticketOf } from './support/orders.ts';
import { expect, test } from './support/test.ts';

test('a visitor tries a demo account with one click', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Try a demo account' }).click();
  await expect(page.getByText('Your demo account is ready')).toBeVisible();
  await expect(page.getByRole('banner').getByText('$50,000.00')).toBeVisible();
  await page.getByRole('link', { name: 'Bitcoin BTC' }).click();
  await expect(page.getByRole('button', { name: 'Buy BTC' })).toBeEnabled();
});

test('from sign-up over a limit order that is filled live to sign-out, with the mouse', async ({
  page,
  platform,
}) => {
  const username = freshName();
  await platform.setPrice('LTC', '100.00');

  await page.goto('/');
  await page.getByRole('link', { name: 'Open an account' }).click();
  await page.getByLabel('First name').fill('Grace');
  await page.getByLabel('Last name').fill('Hopper');
  await page.getByLabel('E-mail').fill(`${username}@example.com`);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('button', { name: `Account ${username}` })).toBeVisible();

  await page.getByRole('link', { name: 'Cash', exact: true }).click();
  await page.getByRole('textbox', { name: 'Amount' }).fill('1,000');
  await page.getByRole('button', { name: 'Deposit', exact: true }).click();
  await expect(page.getByRole('banner').getByText('$1,000.00')).toBeVisible();

  await page.getByRole('banner').getByRole('link', { name: 'Markets', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Search assets' }).fill('lite');
  await page.getByRole('link', { name: 'Litecoin LTC' }).click();
  const ticket = ticketOf(page);
  await ticket.chooseKind('Limit');
  await ticket.limit.fill('90');
  await ticket.amount.fill('2');
  await expect(ticket.figure('Held until it fills')).toHaveText('$180.00');
  await ticket.submit.click();
  await ticket.confirm.click();
  const openOrders = page.getByRole('region', { name: 'Open orders' });
  await expect(openOrders.getByRole('row', { name: /Limit buy/ })).toContainText('≤ $90.00');
  await expect(page.getByRole('banner').getByText('$820.00')).toBeVisible();

  await platform.setPrice('LTC', '89.50');
  await expect(page.getByText('Limit buy 2 LTC filled')).toBeVisible();
  await expect(openOrders.getByText('No open orders')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Your position' })).toContainText('2 LTC');

  await page.getByRole('link', { name: 'Portfolio' }).click();
  // Bought below the limit: 821.00 in cash, and 2 LTC at 89.50.
  await expect(page.getByRole('row', { name: /Litecoin/ })).toContainText('$179.00');
  await expect(page.getByRole('main')).toContainText('$821.00');
  await page.getByRole('link', { name: 'Cash', exact: true }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const lines = (await readFile(await (await saved).path(), 'utf8')).trim().split(/\r?\n/);
  expect(lines).toHaveLength(3);
  expect(lines.filter((line) => line.includes('1000.00'))).not.toEqual([]);

  await page.getByRole('link', { name: 'Orders' }).click();
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('row', { name: /Limit buy LTC/ })).toContainText('Filled');

  await page.getByRole('button', { name: `Account ${username}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('sign-in, search, buy, cancel and sign-out with the keyboard only', async ({ page, platform }) => {
  const account = await signUp(platform.api, { cash: '1000.00' });
  await platform.setPrice('DOGE', '0.20');
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const type = (text: string): Promise<void> => page.keyboard.type(text);
  /** Presses Tab until an element has the focus, as a screen reader user does. */
  const tabTo = async (name: string | RegExp, role: Parameters<Page['getByRole']>[0]): Promise<void> => {
    const target = page.getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) });
    for (let presses = 0; presses < 60; presses += 1) {
      if (await target.evaluateAll((found) => found.some((each) => each === document.activeElement))) return;
      await press('Tab');
    }
    throw new Error(`the Tab key does not lead to ${role} ${String(name)}`);
  };

  await page.goto('/');
  await expect(page.getByRole('table')).toBeVisible();
  await press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await tabTo('Sign in', 'link');
  await press('Enter');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await tabTo('Username', 'textbox');
  await type(account.username);
  await press('Tab');
  await type(PASSWORD);
  await press('Enter');
  await expect(page.getByRole('button', { name: `Account ${account.username}` })).toBeVisible();

  await press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await type('doge');
  await tabTo('Dogecoin DOGE', 'link');
  await press('Enter');
  const ticket = ticketOf(page);
  await expect(ticket.root).toBeVisible();

  // A limit far below the price, so that the order stays open.
  await press('b');
  await expect(ticket.amount).toBeFocused();
  await tabTo('Buy', 'radio');
  await tabTo('Order type', 'combobox');
  await press('ArrowDown');
  await expect(page.getByRole('option', { name: 'Limit' })).toBeVisible();
  await press('ArrowDown', 'Enter');
  await tabTo('Limit price', 'textbox');
  await type('0,15');
  await tabTo('Amount', 'textbox');
  await type('100');
  await expect(ticket.figure('Held until it fills')).toHaveText('$15.00');
  await press('Enter');
  await expect(ticket.confirm).toBeFocused();
  await press('Enter');
  await expect(page.getByRole('row', { name: /Limit buy/ })).toContainText('≤ $0.15');

  await tabTo(/^Cancel order Limit buy 100 DOGE/, 'button');
  // Inert for a moment after the row appeared.
  await expect(page.getByRole('button', { name: /^Cancel order Limit buy 100 DOGE/ })).toBeEnabled();
  await press('Enter');
  await expect(page.getByText('Limit buy DOGE cancelled')).toBeVisible();
  await expect(page.getByText('No open orders')).toBeVisible();

  await tabTo(`Account ${account.username}`, 'button');
  await press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
  await press('ArrowUp', 'ArrowDown', 'End', 'Enter');
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
});
