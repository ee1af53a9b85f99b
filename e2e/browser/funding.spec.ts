import type { Page } from '@playwright/test';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test.use({ feed: 'reviewed' });

/** Requests a withdrawal on the cash page and follows it. */
async function withdraw(page: Page, usd: string): Promise<void> {
  await page.goto('/cash?move=withdraw');
  await page.getByLabel('Amount').fill(usd);
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await page.getByRole('link', { name: 'Follow it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Payments' })).toBeVisible();
}

test('a large withdrawal waits for staff, is approved or rejected, and can be cancelled', async ({
  trader: { page, account },
  openBrowser,
  platform,
}) => {
  test.setTimeout(120_000);
  await withdraw(page, '600');
  const paid = page.getByRole('listitem').filter({ hasText: '$600.00' });
  await expect(paid).toContainText('In review');
  await expectNoBarriersInAnyTheme(page, 'a payment in review');

  const context = await openBrowser();
  await enterAs('admin', context, platform);
  const staff = await context.newPage();
  await staff.goto('/admin/funding');
  const review = staff.getByRole('listitem').filter({ hasText: account.username });
  await expect(review).toContainText('$600.00');
  await expectNoBarriersInAnyTheme(staff, 'a withdrawal to review');
  await staff.getByRole('button', { name: `Approve the withdrawal of ${account.username}` }).click();
  await expect(staff.getByText(`The withdrawal of ${account.username} is approved`)).toBeVisible();
  // The list of its user follows by an event.
  await expect(paid).toContainText('Completed');

  await withdraw(page, '700');
  const rejected = page.getByRole('listitem').filter({ hasText: '$700.00' });
  await expect(rejected).toContainText('In review');
  await staff.reload();
  await staff.getByRole('button', { name: `Reject… the withdrawal of ${account.username}` }).click();
  const dialog = staff.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await dialog.getByLabel('Reason').fill('A stolen card');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(rejected).toContainText('Rejected: A stolen card');

  await withdraw(page, '800');
  const cancelled = page.getByRole('listitem').filter({ hasText: '$800.00' });
  await cancelled.getByRole('button', { name: 'Cancel the withdrawal' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the withdrawal' }).click();
  await expect(cancelled).toContainText('Cancelled');
  await expect(cancelled.getByRole('button')).toHaveCount(0);
});
