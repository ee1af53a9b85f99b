import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { placeOrder } from './support/orders.ts';
import { enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test('a refund is proposed by one administrator, approved by another, and seen by the user', async ({
  trader: { page, account },
  openBrowser,
  platform,
}) => {
  await platform.setPrice('AAVE', '200.00');
  const order = await placeOrder(account, { asset_id: 'AAVE', order_type: 'market_buy', quantity: '2' });

  const firstContext = await openBrowser();
  await enterAs('admin', firstContext, platform);
  const first = await firstContext.newPage();
  await first.goto('/admin/refunds');
  await first.getByRole('button', { name: 'Show' }).click();
  await expect(first.getByLabel('Order id')).toBeFocused();
  await first.getByLabel('Order id').fill(order.order_id);
  await first.keyboard.press('Enter');
  await first.getByRole('button', { name: 'Propose a refund…' }).click();
  const form = first.getByRole('dialog');
  await form.getByLabel('Units to refund').fill('3');
  await expect(form.getByLabel('Units to refund')).toHaveAccessibleDescription(/The order has 2 units\./);
  await form.getByLabel('Units to refund').fill('0.5');
  await expect(form.getByText('1.5 AAVE')).toBeVisible();
  await form.getByRole('button', { name: 'Propose refund' }).click();
  await expect(form.getByLabel('Reason')).toBeFocused();
  await expectNoBarriersInAnyTheme(first, 'a proposal with an error');
  await form.getByLabel('Reason').fill('A wrong price');
  await form.getByRole('button', { name: 'Propose refund' }).click();
  const own = first.getByRole('listitem').filter({ hasText: account.username });
  await expect(own).toContainText('Another administrator has to approve it.');
  await expect(own.getByRole('button', { name: /^Approve/ })).toHaveCount(0);

  const secondContext = await openBrowser();
  await enterAs('admin', secondContext, platform);
  const second = await secondContext.newPage();
  await second.goto('/admin/refunds');
  await expect(second.getByRole('heading', { name: 'Proposed refunds' })).toBeVisible();
  await second.getByRole('button', { name: `Approve the refund for ${account.username}` }).click();
  await expect(second.getByText(`The order of ${account.username} is refunded`)).toBeVisible();
  await expect(second.getByRole('listitem').filter({ hasText: account.username })).toHaveCount(0);

  await page.goto('/orders?tab=history');
  await page.getByRole('link', { name: 'Market buy AAVE, details' }).click();
  const details = page.getByRole('dialog', { name: 'Order' });
  await expect(details.getByRole('definition').filter({ hasText: '0.5 AAVE' })).toBeVisible();
  await expect(details.getByText('A wrong price')).toBeVisible();
});
