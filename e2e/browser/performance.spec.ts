import { placeOrder } from './support/orders.ts';
import { expect, test } from './support/test.ts';

test('returns leave deposits out, findings name what stands out, and a target is kept', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('ALGO', '10.00');
  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '900' });
  await platform.setPrice('ALGO', '12.00');
  await page.goto('/portfolio');
  await page.getByRole('link', { name: 'Performance' }).click();
  const figure = (label: string) =>
    page
      .getByRole('term')
      .filter({ hasText: new RegExp(`^${label}`) })
      .locator('xpath=following-sibling::dd')
      .first();
  await expect(figure('Time-weighted return')).toContainText('+18.00%');
  await expect(figure('Gain')).toHaveText('+$1,800.00');
  await expect(figure('Paid in')).toContainText('$10,000.00');
  await expect(figure('Volatility')).toHaveText('Needs 5 whole days');
  await page.getByRole('button', { name: 'View as table' }).click();
  await expect(page.getByRole('table', { name: 'Returns over time' })).toContainText('+18.00%');
  await expect(page.getByRole('table', { name: 'Months' })).toContainText('+18.00%');

  const findings = page.getByRole('region', { name: 'Worth a look' });
  await expect(findings).toContainText('Much of your portfolio is in ALGO.');
  await expect(findings).toContainText('Share91.52%Value$10,800.00');
  await page.getByLabel('Cash', { exact: true }).fill('50');
  await page.getByLabel('ALGO', { exact: true }).fill('40');
  await page.getByRole('button', { name: 'Save target' }).click();
  await expect(page.getByText('The percentages sum up to 90. They must sum up to 100.')).toBeVisible();
  await page.getByLabel('ALGO', { exact: true }).fill('50');
  await page.getByRole('button', { name: 'Save target' }).click();
  await expect(page.getByText('Your target is saved.')).toBeVisible();
  await expect(findings).toContainText('ALGO is away from its target.');
  await page.reload();
  await expect(page.getByLabel('ALGO', { exact: true })).toHaveValue('50');
  await page.getByRole('button', { name: 'Remove target' }).click();
  await expect(findings).not.toContainText('away from its target');
});
