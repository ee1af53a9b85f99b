import { expectStatus } from '@cnop/testing/system/api-client';
import type { Request } from '@playwright/test';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { placeOrder } from './support/orders.ts';
import { addAsset } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test('units are staked once, and cool down when they are taken out', async ({
  trader: { page, account },
  platform,
  watch,
}) => {
  watch.allow('console', /net::ERR_FAILED/);
  const asset = await addAsset(platform, '10.00');
  const rate = { rate_percent: '3.65', cooldown_days: 7 };
  expectStatus(await platform.admin.send('PUT', `/admin/staking/${asset}`, { body: rate }), 200);
  await placeOrder(account, { asset_id: asset, order_type: 'market_buy', quantity: '100' });
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/staking/stake')) sent.push(request);
  });

  await page.goto('/portfolio/staking');
  const row = page.getByRole('table', { name: 'Stakes' }).getByRole('row', { name: `Coin ${asset}` });
  await expect(row).toContainText('3.65% a year from');
  await page.getByRole('combobox', { name: 'Asset' }).click();
  await page.getByRole('option', { name: asset }).click();
  const quantity = page.getByRole('textbox', { name: 'Quantity' });
  await expect(quantity).toHaveAccessibleDescription('100 available.');
  await page.getByRole('button', { name: 'Stake…' }).click();
  await expect(quantity).toHaveAccessibleDescription(/Required/);
  await quantity.fill('500');
  await expect(quantity).toHaveAccessibleDescription(/Exceeds your available units/);
  await quantity.fill('40');
  await expect(page.getByText('Earns from')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'a stake with its preview');

  await page.route(
    '**/api/v1/staking/stake',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  const dialog = page.getByRole('alertdialog');
  await page.getByRole('button', { name: 'Stake…' }).click();
  await expect(dialog).toContainText('3.65% a year');
  await dialog.getByRole('button', { name: 'Stake' }).dblclick();
  await expect(page.getByRole('alert').filter({ hasText: 'it takes effect once' })).toBeVisible();
  await page.getByRole('button', { name: 'Send again…' }).click();
  await dialog.getByRole('button', { name: 'Stake' }).click();
  await expect(page.getByText(`40 ${asset} staked, earning from`)).toBeVisible();
  await expect(row).toContainText(`40 ${asset}`);
  expect(sent.map((request) => request.postDataJSON() as unknown)).toEqual(
    Array.from({ length: 2 }, () => ({ asset_id: asset, quantity: '40' })),
  );
  expect(new Set(sent.map((request) => request.headers()['idempotency-key'])).size).toBe(1);

  await page.getByRole('radio', { name: 'Unstake' }).check({ force: true });
  await expect(quantity).toHaveAccessibleDescription('40 staked.');
  await quantity.fill('15');
  await page.getByRole('button', { name: 'Unstake…' }).click();
  await expect(dialog).toContainText('These units earn nothing from today on.');
  await dialog.getByRole('button', { name: 'Unstake' }).click();
  await expect(row).toContainText(`25 ${asset}`);
  await expect(row).toContainText('15 cooling until');

  // A change elsewhere is shown at once.
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Live');
  const body = { asset_id: asset, quantity: '5' };
  expectStatus(await account.send('POST', '/staking/unstake', { body }), 201);
  await expect(row).toContainText(`20 ${asset}`);
  await expect(row).toContainText('5 cooling until');
});
