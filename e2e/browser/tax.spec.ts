import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { placeOrder } from './support/orders.ts';
import { addAsset } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test('a sale shows its lots, a look back its positions, and a statement every movement', async ({
  trader: { page, account },
  platform,
}) => {
  const asset = await addAsset(platform, '10.00');
  await placeOrder(account, { asset_id: asset, order_type: 'market_buy', quantity: '100' });
  const year = new Date().getUTCFullYear();
  await page.goto('/portfolio/tax');

  await page.getByRole('combobox', { name: 'Which units a sale uses' }).click();
  await page.getByRole('option', { name: 'Newest first (LIFO)' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('Your first sale');
  await page.getByRole('button', { name: 'Change the method' }).click();
  await expect(page.getByRole('combobox', { name: 'Which units a sale uses' })).toContainText('LIFO');
  await expect(page.getByRole('table', { name: /^Lots you hold now/ })).toContainText(`100 ${asset}`);

  await platform.setPrice(asset, '12.00');
  await placeOrder(account, { asset_id: asset, order_type: 'market_buy', quantity: '50' });
  await placeOrder(account, { asset_id: asset, order_type: 'market_sell', quantity: '60' });
  await page.reload();
  const disposals = page.getByRole('table', { name: /^Disposals/ });
  await expect(disposals.getByRole('row', { name: new RegExp(`50 ${asset}`) })).toContainText('$0.00');
  await expect(disposals.getByRole('row', { name: new RegExp(`10 ${asset}`) })).toContainText('+$20.00');
  await expect(page.getByText(`Fixed for ${year} by its first sale`)).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'taxes with disposals');
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as CSV' }).click(),
  ]);
  expect(csv.suggestedFilename()).toMatch(new RegExp(`^cnop-tax-${year}-`));

  await page.goto('/portfolio');
  const slider = page.getByRole('slider', { name: 'Look back' });
  await expect(slider).toHaveAttribute('aria-valuetext', 'Now: $10,200.00');
  await slider.press('ArrowLeft');
  await slider.press('ArrowLeft');
  const past = page.getByRole('table', { name: 'Positions of then' });
  await expect(past.getByRole('row', { name: asset })).toContainText('150');
  await expect(slider).not.toHaveAttribute('aria-valuetext', /^Now/);
  await expectNoBarriersInAnyTheme(page, 'portfolio, looking back');
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(page.getByRole('region', { name: /^Positions 1/ })).toContainText('90');

  await page.goto('/cash/statements');
  const movements = page.getByRole('table', { name: /^Movements/ });
  await expect(movements.getByRole('row', { name: /^Sell/ })).toContainText(`-60 ${asset}`);
  await expect(movements.getByRole('row', { name: /^Deposit/ })).toContainText('+$10,000.00');
  await expectNoBarriersInAnyTheme(page, 'a statement');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
  await expect(movements.getByRole('row', { name: /^Sell/ })).toBeVisible();
});
