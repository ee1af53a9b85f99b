import { expectStatus, signUp } from '@cnop/testing/system/api-client';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { placeOrder } from './support/orders.ts';
import { expect, test } from './support/test.ts';

test('an action of staff announces itself and stays in the inbox until it is read', async ({
  trader: { page, account },
  platform,
}) => {
  const streaming = page.waitForResponse(/\/stream/);
  await page.goto('/');
  const bell = page.getByRole('button', { name: /^Notifications/ });
  await expect(bell).toHaveAccessibleName('Notifications');
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Live');
  // The badge is live after the first poll. Only what comes after the stream and the first inbox announces itself.
  await streaming;
  const drawer = page.getByRole('dialog', { name: 'Notifications' });
  await bell.click();
  await expect(drawer).toContainText('No notifications');
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  const adjustment = { body: { amount: '12.34', description: 'Goodwill of May' } };
  expectStatus(
    await platform.admin.send('POST', `/admin/users/${account.username}/adjustments`, adjustment),
    201,
  );
  await expect(page.getByText('Your balance was adjusted by staff')).toBeVisible();
  await expect(bell).toHaveAccessibleName('Notifications, 1 unread');
  await page.reload();
  await expect(bell).toHaveAccessibleName('Notifications, 1 unread');

  await bell.click();
  await expect(drawer.getByText('+$12.34 · Goodwill of May')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'the inbox');
  await drawer.getByRole('link', { name: 'Your balance was adjusted by staff' }).click();
  await expect(page).toHaveURL(/\/cash\?entry=/);
  await page.goto('/');
  await expect(bell).toHaveAccessibleName('Notifications');
});

test('units that another user sends announce themselves, without amounts while these are hidden', async ({
  trader: { page, account },
  platform,
}) => {
  const sender = await signUp(platform.api, { cash: '100.00' });
  await placeOrder(sender, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '10' });
  const send = async (quantity: string) => {
    const body = { to: account.username, asset_id: 'ALGO', quantity };
    expectStatus(await sender.send('POST', '/transfers/units', { body }), 201);
  };
  const streaming = page.waitForResponse(/\/stream/);
  await page.goto('/');
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Live');
  await streaming;
  const notices = page.getByRole('dialog').filter({ hasText: 'Transfer of ALGO received' });
  await send('4');
  await expect(notices).toContainText('You have 4 ALGO now.');

  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Hide my amounts' }).click();
  await page.keyboard.press('Escape');
  await send('3');
  await expect(notices.filter({ hasNotText: 'now.' })).toBeVisible();
});
