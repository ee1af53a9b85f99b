import { expectStatus, signUp } from '@cnop/testing/system/api-client';
import type { Locator, Page } from '@playwright/test';
import { addAsset, enterAs, freshAssetId } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test.beforeEach(async ({ context, platform }) => void (await enterAs('admin', context, platform)));

const errorOf = (page: Page, label: string): Locator => page.locator(`#${label}-error`);

test('an asset that an administrator creates is on the market for all users', async ({
  page,
  platform,
  openBrowser,
  watch,
}) => {
  watch.allow('console', /status of 4(?:09|22)/);
  const id = freshAssetId();
  await page.goto('/admin/assets');
  await page.getByRole('link', { name: 'New asset' }).click();
  await page.getByRole('button', { name: 'Create asset' }).click();
  // Required fields say so, and the first of them has the focus.
  await expect(page.getByLabel('Id', { exact: true })).toBeFocused();
  for (const field of ['asset_id', 'symbol', 'name', 'current_price']) {
    await expect(errorOf(page, field)).toHaveText('Required.');
  }

  await page.getByLabel('Id', { exact: true }).fill('BTC');
  await page.getByLabel('Symbol').fill(id);
  await page.getByLabel('Name').fill(`Coin ${id}`);
  await page.getByLabel('First price').fill('12.345');
  await page.getByRole('button', { name: 'Create asset' }).click();
  // Errors of the server are shown at their fields as well.
  await expect(errorOf(page, 'current_price')).toHaveText('At most 2 digits after the point.');
  await page.getByLabel('First price').fill('12,34');
  await page.getByRole('button', { name: 'Create asset' }).click();
  await expect(errorOf(page, 'asset_id')).toHaveText('An asset with this id exists.');
  await page.getByLabel('Id', { exact: true }).fill(id);
  await page.getByRole('button', { name: 'Create asset' }).click();
  await expect(page).toHaveURL(`/admin/assets/${id}`);
  await expect(page.getByRole('heading', { level: 1, name: `Coin ${id}` })).toBeVisible();

  const stored = (await platform.api('GET', `/inventory/assets/${id}`)).json<{ data: object }>().data;
  expect(stored).toMatchObject({ current_price: '12.34', quantity_scale: 8, fee_bps: 0, website: null });
  const visitor = await (await openBrowser()).newPage();
  await visitor.goto(`/?q=${id}`);
  await expect(visitor.getByRole('row', { name: new RegExp(`Coin ${id}.*\\$12\\.34`) })).toBeVisible();
});

test('an edit sends only changes, and keeps the changes of others', async ({ page, platform }) => {
  const id = await addAsset(platform);
  await page.goto(`/admin/assets/${id}`);
  await expect(page.getByRole('button', { name: 'Save changes' })).toBeDisabled();
  await page.getByLabel('Name').fill(`New ${id}`);
  await page.getByLabel('Fee').fill('25');
  const elsewhere = { body: { description: 'Written meanwhile' } };
  expectStatus(await platform.admin.send('PUT', `/inventory/assets/${id}`, elsewhere), 200);
  const request = page.waitForRequest((each) => each.method() === 'PUT');
  await page.getByRole('button', { name: 'Save changes' }).click();
  expect((await request).postDataJSON()).toEqual({ name: `New ${id}`, fee_bps: 25 });
  await expect(page.getByText(`New ${id} was saved`)).toBeVisible();
  await expect(page.getByLabel('Description')).toHaveValue('Written meanwhile');
  await expect(page.getByText('No changes.')).toBeVisible();
});

test('a field that must not change reports its error', async ({ page, platform, watch }) => {
  watch.allow('console', /status of 422/);
  const id = await addAsset(platform);
  await page.goto(`/admin/assets/${id}`);
  await expect(page.getByLabel('Digits of a quantity')).toBeDisabled();
  await page.getByLabel('Digits of a price').fill('1');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(errorOf(page, 'price_scale')).toHaveText('This must not be less than 2.');
  await expect(page.getByLabel('Digits of a price')).toBeFocused();
});

test('deactivating asks for confirmation and keeps open orders', async ({ page, platform }) => {
  const id = await addAsset(platform);
  const owner = await signUp(platform.api, { cash: '1000.00' });
  const order = { asset_id: id, order_type: 'limit_buy', quantity: '1', price: '5.00' };
  expectStatus(await owner.send('POST', '/orders', { body: order }), 201);

  await page.goto(`/admin/assets?q=${id}`);
  await page.getByRole('button', { name: `Deactivate ${id}` }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('Open orders stay and can be cancelled');
  await expect(question.getByRole('button', { name: 'Keep it active' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(question).toHaveCount(0);
  await expect(page.getByRole('button', { name: `Deactivate ${id}` })).toBeFocused();
  expect((await platform.api('GET', `/inventory/assets/${id}`)).json<{ data: object }>().data).toMatchObject({
    status: 'active',
  });

  await page.getByRole('button', { name: `Deactivate ${id}` }).click();
  await question.getByRole('button', { name: `Deactivate ${id}` }).click();
  await expect(page.getByRole('row', { name: new RegExp(`Coin ${id}.*Cancel only`) })).toBeVisible();
  const ordersOf = async () =>
    (await owner.send('GET', '/orders'))
      .json<{ data: { status: string }[] }>()
      .data.map(({ status }) => status);
  expect(await ordersOf()).toEqual(['queued']);

  await page.getByRole('button', { name: `Activate ${id}` }).click();
  await question.getByRole('button', { name: `Activate ${id}` }).click();
  await expect(page.getByRole('row', { name: new RegExp(`Coin ${id}.*Active`) })).toBeVisible();
});

test('delisting an asset in its form asks for confirmation as well', async ({ page, platform }) => {
  const id = await addAsset(platform);
  await page.goto(`/admin/assets/${id}`);
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Delisted' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question.getByRole('button', { name: 'Keep editing' })).toBeFocused();
  await question.getByRole('button', { name: 'Save as delisted' }).click();
  await expect(page.getByText(`Coin ${id} was saved`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Activate' })).toHaveCount(0);
});

test('a price is set beside the current price, with what the feed does with it', async ({
  page,
  platform,
}) => {
  const id = await addAsset(platform, '100.00');
  await page.goto(`/admin/assets/${id}`);
  await page.getByRole('button', { name: 'Set price' }).click();
  const dialog = page.getByRole('dialog', { name: `Set the price of Coin ${id}` });
  const price = dialog.getByLabel('New price');
  await expect(price).toBeFocused();
  await price.fill('1.234');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('Use at most 2 digits after the point.')).toBeVisible();
  await price.fill('250,5');
  await expect(dialog.getByText('+150.50%')).toBeVisible();
  await expect(dialog.getByText('far from the current price')).toBeVisible();
  await expect(dialog.getByText('Prices are set by hand here')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(`Coin ${id} is at $250.50`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Set price' })).toBeFocused();
  await expect(page.getByRole('main').getByText('$250.50', { exact: true })).toBeVisible();
});

test('a price too far away is proposed, and a second administrator approves it', async ({
  page,
  platform,
  openBrowser,
  watch,
}) => {
  watch.allow('console', /status of 422/);
  const id = await addAsset(platform, '0.01');
  await page.goto(`/admin/assets/${id}`);
  await page.getByRole('button', { name: 'Set price' }).click();
  const dialog = page.getByRole('dialog', { name: `Set the price of Coin ${id}` });
  await dialog.getByLabel('New price').fill('1,000,000');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('too large for one person')).toBeVisible();
  await dialog.getByRole('button', { name: 'Propose price' }).click();
  await expect(page.getByText('Proposed by you')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0);

  const theirs = await openBrowser();
  await enterAs('admin', theirs, platform);
  const second = await theirs.newPage();
  await second.goto(`/admin/assets/${id}`);
  await expect(second.getByText('$0.01 → $1,000,000.00')).toBeVisible();
  await second.getByRole('button', { name: /^Approve/ }).click();
  await expect(second.getByText(`${id} is at $1,000,000.00`)).toBeVisible();
  await expect(second.getByText('Prices to be approved by a second administrator')).toHaveCount(0);

  // Staff cannot trade at prices they set.
  await second.goto(`/assets/${id}`);
  await expect(second.getByText('Staff accounts cannot trade')).toBeVisible();
  await expect(second.getByRole('textbox', { name: 'Amount' })).toHaveCount(0);
});

test.describe('with prices that move', () => {
  test.use({ feed: 'moving' });

  test('setting a price says that the simulation continues from it', async ({ page, platform }) => {
    const id = await addAsset(platform);
    await page.goto(`/admin/assets/${id}`);
    await page.getByRole('button', { name: 'Set price' }).click();
    await expect(page.getByText('the simulation continues from your price')).toBeVisible();
  });
});

test('a rate and a spread are set, and the rates are priced in another currency', async ({ page }) => {
  await page.goto('/admin/rates');
  const row = page.getByRole('row', { name: /^CHF\/USD/ });
  await row.getByRole('button', { name: 'Set the spread of CHF' }).click();
  await page.getByRole('textbox', { name: 'Spread' }).fill('40');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The spread of Swiss franc is saved')).toBeVisible();
  await row.getByRole('button', { name: 'Set the rate of CHF' }).click();
  await page.getByLabel('New rate').fill('1.25');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Swiss franc is at $1.25')).toBeVisible();
  await expect(row).toContainText('1.25');
  await expect(row).toContainText('0.40%');
  await page.getByRole('combobox', { name: 'Priced in' }).click();
  await page.getByRole('option', { name: 'CHF · Swiss franc' }).click();
  await expect(page).toHaveURL('/admin/rates?quote=CHF');
  await expect(page.getByRole('row', { name: /^EUR\/CHF/ })).toContainText(/0\.\d{6}/);
});

test('search and filters are in the address', async ({ page }) => {
  await page.goto('/admin/assets');
  await page.getByRole('searchbox', { name: 'Search assets' }).fill('coin');
  await page.getByRole('combobox', { name: 'Category' }).click();
  await page.getByRole('option', { name: 'Stablecoin' }).click();
  await expect(page).toHaveURL('/admin/assets?q=coin&category=stablecoin');
  const rows = page.getByRole('row', { name: /USDC/ });
  await expect(rows).toBeVisible();
  await page.reload();
  await expect(rows).toBeVisible();
  await expect(page.getByRole('searchbox', { name: 'Search assets' })).toHaveValue('coin');
  await page.getByRole('searchbox', { name: 'Search assets' }).fill('no such thing');
  await page.getByRole('button', { name: 'Show all assets' }).click();
  await expect(page).toHaveURL('/admin/assets');
});
