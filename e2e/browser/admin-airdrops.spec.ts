import { readFile } from 'node:fs/promises';
import { expectStatus, signUp } from '@cnop/testing/system/api-client';
import { expectNoBarriers, expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import type { Platform } from './support/platforms.ts';
import { addAsset, enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test('a large airdrop is checked line by line, approved by another administrator, and reaches the user', async ({
  trader: { page, account },
  openBrowser,
  platform,
  watch,
}) => {
  // The refusal of the line.
  watch.allow('console', /status of 422/);
  // 2 units are worth more than one administrator may give away.
  const asset = await addAsset(platform, '900.00');
  const other = await signUp(platform.api, { cash: '1.00' });

  const firstContext = await openBrowser();
  await enterAs('admin', firstContext, platform);
  const first = await firstContext.newPage();
  await first.goto('/admin/airdrops');
  await first.getByRole('button', { name: 'Check the airdrop…' }).click();
  await expect(first.getByLabel('Asset', { exact: true })).toBeFocused();
  await first.getByLabel('Asset', { exact: true }).fill(asset.toLowerCase());
  await first.getByLabel('Usernames').fill(`${account.username}\n\nno_such_user\n${other.username}`);
  await first.getByLabel('Units for each').fill('1');
  await first.getByLabel('Reason').fill('Thank you');
  await first.keyboard.press('Enter');
  const bad = first.getByRole('list', { name: 'Lines that cannot be used' }).getByRole('listitem');
  await expect(bad).toHaveText(['Line 3no_such_user: There is no such user.']);
  await expectNoBarriers(first, 'an airdrop with a bad line');
  await bad.getByRole('button', { name: 'Line 3' }).click();
  await first.keyboard.press('Delete');
  await first.getByRole('button', { name: 'Check the airdrop…' }).click();
  const question = first.getByRole('alertdialog', { name: `Give ${asset} to 2 users?` });
  await expect(question).toContainText(`Each gets1 ${asset}`);
  await expect(question).toContainText(`Together2 ${asset}`);
  await expect(question).toContainText(`${account.username}, ${other.username}`);
  await question.getByRole('button', { name: 'Propose the airdrop' }).click();
  const own = first.getByRole('listitem').filter({ hasText: asset });
  await expect(own).toContainText('Another administrator has to approve it.');
  await expect(own.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
  await expect(first.getByLabel('Usernames')).toHaveValue('');

  const secondContext = await openBrowser();
  await enterAs('admin', secondContext, platform);
  const second = await secondContext.newPage();
  await second.goto('/admin/airdrops');
  const airdrop = second.getByRole('listitem').filter({ hasText: asset });
  await airdrop.getByRole('button', { name: /^Approve/ }).click();
  await expect(second.getByRole('alertdialog')).toContainText(`They get 2 ${asset} together.`);
  await second.getByRole('button', { name: 'Approve and start' }).click();
  await expect(airdrop).toContainText('2 of 2 done: 2 got their units.');
  await expect(airdrop).toContainText('Completed');
  await expectNoBarriersInAnyTheme(second, 'a completed airdrop');
  const [file] = await Promise.all([
    second.waitForEvent('download'),
    airdrop.getByRole('button', { name: 'Save as CSV' }).click(),
  ]);
  expect(await readFile(await file.path(), 'utf8')).toContain(`${account.username},1,posted`);
  // Without a reload.
  await expect(own).toContainText('Completed');

  await page.goto('/portfolio');
  await expect(page.getByRole('row', { name: new RegExp(`Coin ${asset}`) })).toBeVisible();
});

/** Creates an airdrop of 1 unit and pauses it before the job comes to it, or creates another. */
async function pauseAirdrop({ admin }: Platform, asset: string, username: string): Promise<void> {
  const recipients = [{ username, quantity: '1' }];
  const body = { asset_id: asset, reason: 'Thank you', recipients };
  await expect(async () => {
    const created = expectStatus(await admin.send('POST', '/admin/airdrops', { body }), 201);
    const { data } = created.json<{ data: { airdrop_id: string } }>();
    expectStatus(await admin.send('POST', `/admin/airdrops/${data.airdrop_id}/pause`), 200);
  }).toPass();
}

test('a paused airdrop goes on or is cancelled', async ({ page, context, platform }) => {
  const [kept, dropped] = [await addAsset(platform, '1.00'), await addAsset(platform, '1.00')];
  const { username } = await signUp(platform.api);
  await pauseAirdrop(platform, kept, username);
  await pauseAirdrop(platform, dropped, username);
  await enterAs('admin', context, platform);
  await page.goto('/admin/airdrops');
  const rowOf = (asset: string) => page.getByRole('listitem').filter({ hasText: asset }).first();
  await expect(rowOf(dropped)).toContainText('0 of 1 done');
  await rowOf(dropped)
    .getByRole('button', { name: /^Cancel…/ })
    .click();
  await expect(page.getByRole('alertdialog')).toContainText('0 of 1 user got their units');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the airdrop' }).click();
  await expect(rowOf(dropped)).toContainText('Cancelled');
  await rowOf(kept)
    .getByRole('button', { name: /^Resume/ })
    .click();
  await expect(rowOf(kept)).toContainText('1 of 1 done: 1 got their units.');
});
