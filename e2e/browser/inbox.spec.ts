import { expectStatus } from '@cnop/testing/system/api-client';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { expect, test } from './support/test.ts';

test('an action of staff announces itself and stays in the inbox until it is read', async ({
  trader: { page, account },
  platform,
}) => {
  await page.goto('/');
  const bell = page.getByRole('button', { name: /^Notifications/ });
  await expect(bell).toHaveAccessibleName('Notifications');
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Live');
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
  const drawer = page.getByRole('dialog', { name: 'Notifications' });
  await expect(drawer.getByText('+$12.34 · Goodwill of May')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'the inbox');
  await drawer.getByRole('link', { name: 'Your balance was adjusted by staff' }).click();
  await expect(page).toHaveURL(/\/cash\?entry=/);
  await page.goto('/');
  await expect(bell).toHaveAccessibleName('Notifications');
});
