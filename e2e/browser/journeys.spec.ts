import { expect, test } from './support/test.ts';

test('a visitor looks around with a demo account after one click', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Try a demo account' }).click();
  await expect(page.getByText('Your demo account is ready')).toBeVisible();
  await expect(page.getByRole('banner').getByText('$50,000.00')).toBeVisible();
  await page.getByRole('link', { name: 'Bitcoin BTC' }).click();
  await expect(page.getByRole('button', { name: 'Buy BTC' })).toBeEnabled();
});
