import { placeOrder } from './support/orders.ts';
import { expect, test } from './support/test.ts';

test('search, category and order of the market are in the address; reload and Back keep them', async ({
  page,
}) => {
  await page.goto('/');
  await page.getByRole('radio', { name: 'Stablecoins' }).check({ force: true });
  await expect(page).toHaveURL(/category=stablecoin/);
  await page.getByRole('button', { name: 'Asset', exact: true }).click();
  await page.getByRole('searchbox').fill('usd');
  await expect(page).toHaveURL(/q=usd/);
  const names = async () => {
    const cells = await page.getByRole('rowheader').allInnerTexts();
    return cells.map((text) => text.split('\n')[1] ?? '');
  };
  await expect(page.getByRole('columnheader', { name: 'Asset' })).toHaveAttribute('aria-sort', 'ascending');
  const before = await names();
  expect(before.length).toBeGreaterThan(1);
  expect(before).toEqual(before.toSorted((one, other) => one.localeCompare(other)));

  await page.reload();
  await expect(page.getByRole('searchbox')).toHaveValue('usd');
  await expect(page.getByRole('radio', { name: 'Stablecoins' })).toBeChecked();
  await expect.poll(names).toEqual(before);

  await page.getByRole('rowheader').first().getByRole('link').click();
  await expect(page.getByRole('region', { name: 'Place an order' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('searchbox')).toHaveValue('usd');
  await expect.poll(names).toEqual(before);
  // Typing makes no history entries, so Back leads to the sorted column.
  await page.goBack();
  await expect(page).not.toHaveURL(/q=|sort=/);
  await expect(page.getByRole('radio', { name: 'Stablecoins' })).toBeChecked();
});

test('timeframe and table of the chart are in the address', async ({ page }) => {
  await page.goto('/assets/BTC');
  await page.getByRole('radio', { name: '1h' }).check({ force: true });
  await page.getByRole('button', { name: 'View as table' }).click();
  await expect(page).toHaveURL(/interval=1h/);
  await expect(page).toHaveURL(/view=table/);
  await page.reload();
  await expect(page.getByRole('radio', { name: '1h' })).toBeChecked();
  await expect(page.getByRole('button', { name: 'View as chart' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('button', { name: 'View as table' })).toBeVisible();
});

test('tab, filters and the opened order are in the address', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('BTC', '50000.00');
  await placeOrder(account, { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
  await page.goto('/orders');
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Filled' }).click();
  await page.getByRole('link', { name: 'Market buy BTC, details' }).click();
  await expect(page.getByRole('dialog', { name: 'Order' })).toContainText('What happened');
  await page.reload();
  await expect(page.getByRole('dialog', { name: 'Order' })).toContainText('What happened');
  await page.goBack();
  await expect(page.getByRole('dialog', { name: 'Order' })).toHaveCount(0);
  await expect(page.getByRole('tab', { name: 'History' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('combobox', { name: 'Status' })).toHaveText('Filled');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page).not.toHaveURL(/status=/);
});

test('invalid search parameters are ignored', async ({ page }) => {
  await page.goto('/?sort=nonsense&dir=up&category=cars&q[]=1');
  await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible();
  await page.goto('/assets/BTC?interval=7y&view=poem');
  await expect(page.getByRole('radio', { name: '15m' })).toBeChecked();
});

test('a sign-in never redirects to another site', async ({ trader: { page }, platform }) => {
  for (const redirect of ['https://example.com/', '//example.com', '/\\example.com', 'javascript:alert(1)']) {
    await page.goto(`/sign-in?redirect=${encodeURIComponent(redirect)}`);
    await expect(page).toHaveURL(`${platform.url}/portfolio`);
  }
});

test('an unknown address and an unknown asset lead back', async ({ page, watch }) => {
  watch.allow('console', /status of 404/);
  for (const address of ['/nowhere', '/assets/NONE', '/orders/1/2/3']) {
    await page.goto(address);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    await expect(page).toHaveTitle(/Page not found/);
    await page.getByRole('link', { name: 'Go to the markets' }).click();
    await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible();
  }
});
