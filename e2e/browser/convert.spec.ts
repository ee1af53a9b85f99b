import { expectStatus } from '@cnop/testing/system/api-client';
import type { Request } from '@playwright/test';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { expect, test } from './support/test.ts';

test('cash is deposited in another currency and converted once, at a rate that is shown before', async ({
  trader: { page },
  platform,
  watch,
}) => {
  watch.allow('console', /net::ERR_FAILED/);
  await platform.setPrice('EUR', '1.20000');
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/conversions') && request.method() === 'POST') sent.push(request);
  });

  await page.goto('/cash');
  await page.getByRole('combobox', { name: 'Currency' }).click();
  await page.getByRole('option', { name: 'EUR · Euro' }).click();
  await expect(page).toHaveURL('/cash?currency=EUR');
  await page.getByRole('textbox', { name: 'Amount' }).fill('100');
  await page.getByRole('button', { name: 'Deposit', exact: true }).click();
  await expect(page.getByText('€100.00 deposited')).toBeVisible();
  const wallets = page.getByRole('table', { name: 'Wallets' });
  await expect(wallets.getByRole('row', { name: /^EUR/ })).toContainText('€100.00');
  await expect(wallets.getByRole('row', { name: /^EUR/ })).toContainText('$120.00');
  await page.getByRole('link', { name: 'Deposit', exact: true }).click();
  const entry = page.getByRole('dialog', { name: 'Entry' });
  await expect(entry).toContainText('From outside CNOP');
  await page.keyboard.press('Escape');
  await expectNoBarriersInAnyTheme(page, 'with two wallets');

  await page.getByRole('main').getByRole('link', { name: 'Convert' }).last().click();
  await expect(page).toHaveURL('/cash/convert?from=EUR');
  await expect(page.getByText('No conversions yet')).toBeVisible();
  const give = page.getByRole('textbox', { name: 'You give' });
  await give.fill('500');
  await expect(give).toHaveAccessibleDescription(/Exceeds your available balance/);
  await give.fill('50');
  const receive = page.getByRole('textbox', { name: 'You receive' });
  await expect(receive).toHaveValue('59.94');
  await expect(page.getByText('1 EUR = 1.1988 USD')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'with a preview');
  await receive.fill('30');
  await expect(give).toHaveValue('25.03');

  await page.route(
    '**/api/v1/conversions',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  const dialog = page.getByRole('alertdialog');
  await page.getByRole('button', { name: 'Convert…' }).click();
  await expect(dialog).toContainText('Worst accepted rate');
  await dialog.getByRole('button', { name: 'Convert' }).dblclick();
  await expect(page.getByRole('alert').filter({ hasText: 'it takes effect once' })).toBeVisible();
  // The rate moves meanwhile; the second attempt is the same request.
  await platform.setPrice('EUR', '1.21000');
  await page.getByRole('button', { name: 'Send again…' }).click();
  await dialog.getByRole('button', { name: 'Convert' }).click();
  await expect(page.getByText('€25.03 converted to $30.00')).toBeVisible();
  await expect(page.getByRole('row', { name: /^EUR to USD/ })).toHaveCount(1);
  expect(sent.map((request) => request.postDataJSON() as unknown)).toEqual(
    Array.from({ length: 2 }, () => ({
      from: 'EUR',
      to: 'USD',
      amount: '30',
      fixes: 'to',
      rate_bound: '1.192806',
    })),
  );
  expect(new Set(sent.map((request) => request.headers()['idempotency-key'])).size).toBe(1);
});

test('a conversion that is refused says why', async ({ trader: { page, account }, platform }) => {
  await platform.setPrice('GBP', '1.30000');
  const body = { amount: '10', currency: 'GBP' };
  expectStatus(await account.send('POST', '/balance/deposit', { body }), 201);
  const deactivated = await platform.admin.send('POST', '/inventory/assets/GBP/deactivate');
  expectStatus(deactivated, 200);
  await page.goto('/cash/convert?from=GBP');
  await page.getByRole('textbox', { name: 'You give' }).fill('5');
  await expect(page.getByRole('alert').filter({ hasText: 'GBP' })).toBeVisible();
  await page.getByRole('button', { name: 'Convert…' }).click();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  expectStatus(await platform.admin.send('POST', '/inventory/assets/GBP/activate'), 200);
});
