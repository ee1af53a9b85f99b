import { signUp } from '@cnop/testing/system/api-client';
import type { Page, Request } from '@playwright/test';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { enterAs } from './support/staff.ts';
import { enter, expect, test } from './support/test.ts';

const formOf = (page: Page) => ({
  to: page.getByRole('textbox', { name: 'Recipient' }),
  amount: page.getByRole('textbox', { name: 'Amount' }),
  note: page.getByRole('textbox', { name: 'Note (optional)' }),
  submit: page.getByRole('button', { name: /^Send( again)?…$/ }),
  confirm: page.getByRole('alertdialog').getByRole('button', { name: 'Send', exact: true }),
});

/** Collects the transfers that a page sends. */
function followTransfers(page: Page): Request[] {
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/transfers')) sent.push(request);
  });
  return sent;
}

test('cash reaches another user once, though the first answer is lost, and both ledgers name the other', async ({
  trader: { page, account },
  openBrowser,
  platform,
  watch,
}) => {
  watch.allow('console', /net::ERR_FAILED|status of 404/);
  const recipient = await signUp(platform.api);
  const sent = followTransfers(page);
  const form = formOf(page);
  await page.goto('/cash/transfer');
  await expect(page.getByRole('link', { name: 'Transfer', exact: true })).toHaveAttribute(
    'aria-current',
    'page',
  );

  await form.submit.click();
  await expect(form.to).toBeFocused();
  await expect(form.to).toHaveAccessibleDescription('Required.');
  await form.to.fill('unknown_user_1');
  await form.amount.fill('12,5');
  await expect(form.to).toHaveAccessibleDescription('There is no user with this name.');
  await form.to.fill(recipient.username);
  await form.note.fill('Lunch');
  await expect(page.getByRole('definition').filter({ hasText: '$9,987.50' })).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'with a preview');

  await page.route(
    '**/api/v1/transfers',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await form.note.press('Enter');
  await expect(page.getByRole('alertdialog')).toContainText(recipient.username);
  await expectNoBarriersInAnyTheme(page, 'asking for confirmation');
  // The safe choice has the focus, so that a second Enter sends nothing.
  await expect(page.getByRole('button', { name: 'Back' })).toBeFocused();
  await form.confirm.dblclick();
  await expect(page.getByRole('alert').filter({ hasText: 'it takes effect once' })).toBeVisible();
  await form.submit.click();
  await form.confirm.click();
  await expect(page.getByText(`$12.50 sent to ${recipient.username}`)).toBeVisible();
  expect(sent.map((request) => request.postDataJSON() as unknown)).toEqual([
    { to: recipient.username, amount: '12.50', description: 'Lunch' },
    { to: recipient.username, amount: '12.50', description: 'Lunch' },
  ]);
  expect(new Set(sent.map((request) => request.headers()['idempotency-key'])).size).toBe(1);

  await page.getByRole('link', { name: 'Show the entry' }).click();
  const entry = page.getByRole('dialog', { name: 'Entry' });
  await expect(entry).toContainText(`Transfer to ${recipient.username}`);
  await expect(entry).toContainText('Where it went');
  await expect(entry).toContainText('$9,987.50');
  await expectNoBarriersInAnyTheme(page, 'with the details of an entry');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row', { name: /^Transfer to/ })).toContainText('-$12.50');

  const theirs = await openBrowser();
  await enter(theirs, platform, recipient.username);
  const ledger = await theirs.newPage();
  await ledger.goto('/cash');
  await ledger.getByRole('link', { name: `Transfer from ${account.username}` }).click();
  await expect(ledger.getByRole('dialog', { name: 'Entry' })).toContainText('Where it came from');
  await ledger.getByRole('link', { name: `Transfer to ${account.username}` }).click();
  await expect(formOf(ledger).to).toHaveValue(account.username);
});

test('staff freeze the transfers of a user with a reason, and the user is told', async ({
  page,
  context,
  openBrowser,
  platform,
}) => {
  const user = await signUp(platform.api, { cash: '10.00' });
  const other = await signUp(platform.api);
  await enterAs('admin', context, platform);
  await page.goto(`/admin/users/${user.username}`);
  await page.getByRole('button', { name: 'Freeze transfers' }).click();
  const dialog = page.getByRole('dialog', { name: `Freeze the transfers of ${user.username}?` });
  await dialog.getByRole('button', { name: 'Freeze' }).click();
  await expect(dialog.getByLabel('Reason')).toHaveAccessibleDescription(/^Required\./);
  await expectNoBarriersInAnyTheme(page, 'freezing transfers');
  await dialog.getByLabel('Reason').fill('A stolen password');
  await page.keyboard.press('Enter');
  await expect(page.getByText(`Transfers of ${user.username} are frozen`)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Transfers frozen');

  const theirs = await openBrowser();
  await enter(theirs, platform, user.username);
  const transfer = await theirs.newPage();
  await transfer.goto('/cash/transfer');
  await expect(transfer.getByRole('alert').filter({ hasText: 'frozen' }).first()).toBeVisible();
  const form = formOf(transfer);
  await form.to.fill(other.username);
  await form.amount.fill('1');
  await expect(transfer.getByRole('alert').filter({ hasText: 'frozen' })).toHaveCount(2);
  await form.submit.click();
  await expect(transfer.getByRole('alertdialog')).toHaveCount(0);
});
