import path from 'node:path';
import { expectStatus } from '@cnop/testing/system/api-client';
import type { Page } from '@playwright/test';
import { enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

// Takes a picture of every page for people to look at. Nothing is compared.

const FOLDER = path.join(import.meta.dirname, 'results/screenshots');

interface Look {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

const LOOKS: readonly Look[] = [
  { name: 'light', width: 1280, height: 800, theme: 'light' },
  { name: 'dark', width: 1280, height: 800, theme: 'dark' },
  { name: 'tablet', width: 768, height: 1024, theme: 'light' },
  { name: 'phone', width: 360, height: 740, theme: 'light' },
  { name: 'phone-dark', width: 360, height: 740, theme: 'dark' },
];

test.use({ feed: 'moving', cash: '25000.00' });
test.setTimeout(120_000);

async function shoot(page: Page, name: string): Promise<void> {
  for (const look of LOOKS) {
    await page.evaluate(() => scrollTo(0, 0));
    await page.setViewportSize(look);
    await page.emulateMedia({ colorScheme: look.theme });
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    // The canvas follows its new size and colours in the next frames.
    await page.waitForTimeout(300);
    await page.screenshot({ path: path.join(FOLDER, `${name}.${look.name}.png`) });
    await page.screenshot({ path: path.join(FOLDER, `${name}.${look.name}.full.png`), fullPage: true });
  }
}

const VISITOR_PAGES: Readonly<Record<string, string>> = {
  welcome: '/',
  'sign-in': '/sign-in',
  'sign-up': '/sign-up',
  'asset-as-visitor': '/assets/BTC',
  'not-found': '/nowhere',
};

const ACCOUNT_PAGES: Readonly<Record<string, string>> = {
  portfolio: '/portfolio',
  activity: '/portfolio/activity',
  'portfolio-result': '/portfolio?show=result&range=1d',
  performance: '/portfolio/performance?benchmark=BTC&range=1y',
  'performance-table': '/portfolio/performance?view=table&range=1w',
  cash: '/cash',
  transfer: '/cash/transfer',
  convert: '/cash/convert',
  statements: '/cash/statements',
  taxes: '/portfolio/tax',
  staking: '/portfolio/staking',
  recurring: '/portfolio/recurring',
  funding: '/cash/funding',
  profile: '/profile',
};

for (const [name, address] of Object.entries(VISITOR_PAGES)) {
  test(`${name} @screenshots`, async ({ page }) => {
    await page.goto(address);
    await expect(page.getByRole('heading').first()).toBeVisible();
    await shoot(page, name);
  });
}

test('pages of a trader @screenshots', async ({ trader, platform }) => {
  const { page, account } = trader;
  const { current_price: price } = (await platform.api('GET', '/inventory/assets/BTC')).json<{
    data: { current_price: string };
  }>().data;
  const percentOf = (percent: number): string => ((Number(price) * percent) / 100).toFixed(2);
  const orders = [
    { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.05' },
    { asset_id: 'ETH', order_type: 'market_buy', quantity: '1.5' },
    { asset_id: 'SOL', order_type: 'market_buy', quantity: '12' },
    { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.02', price: percentOf(95) },
    { asset_id: 'BTC', order_type: 'trailing_stop', quantity: '0.03', trail_percent: '5' },
    { asset_id: 'BTC', order_type: 'take_profit', quantity: '0.02', stop_price: percentOf(110) },
  ];
  for (const body of orders) expectStatus(await account.send('POST', '/orders', { body }), 201);
  const rate = { rate_percent: '4.5', cooldown_days: 7 };
  expectStatus(await platform.admin.send('PUT', '/admin/staking/SOL', { body: rate }), 200);
  const stake = { asset_id: 'SOL', quantity: '10' };
  expectStatus(await account.send('POST', '/staking/stake', { body: stake }), 201);
  expectStatus(await account.send('POST', '/staking/unstake', { body: { ...stake, quantity: '2.5' } }), 201);

  await page.goto('/');
  await expect(page.getByRole('row')).not.toHaveCount(0);
  await shoot(page, 'market');
  await page.goto('/assets/BTC');
  await expect(page.locator('canvas').first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Amount' }).fill('0.05');
  await expect(page.getByText('Available cash')).toBeVisible();
  await shoot(page, 'asset');
  await page.getByRole('button', { name: 'Buy BTC' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await shoot(page, 'asset-confirm');
  await page.goto('/orders');
  await expect(page.getByRole('row')).not.toHaveCount(0);
  await shoot(page, 'orders');
  await page.goto('/orders?tab=history');
  await expect(page.getByRole('row')).not.toHaveCount(0);
  await shoot(page, 'orders-history');
  await page
    .getByRole('link', { name: /Trailing stop BTC, details/ })
    .first()
    .click();
  await expect(page.getByText('What happened')).toBeVisible();
  await shoot(page, 'order');
  for (const [name, address] of Object.entries(ACCOUNT_PAGES)) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await shoot(page, name);
  }
  expectStatus(
    await account.send('POST', '/balance/deposit', { body: { amount: '1500', currency: 'EUR' } }),
    201,
  );
  await page.goto('/cash/convert?from=EUR');
  await page.getByRole('textbox', { name: 'You give' }).fill('200');
  await expect(page.getByText('Age of the rate')).toBeVisible();
  await shoot(page, 'convert-preview');
  await page.goto('/cash?currency=EUR');
  await expect(page.getByRole('row', { name: /^Deposit/ })).toBeVisible();
  await shoot(page, 'cash-euro');
  await page.goto('/cash');
  await page.getByRole('link', { name: 'Buy' }).first().click();
  await expect(page.getByRole('dialog', { name: 'Entry' })).toContainText('Where it went');
  await shoot(page, 'cash-entry');
});

const ADMIN_PAGES: Readonly<Record<string, string>> = {
  'admin-overview': '/admin',
  'admin-assets': '/admin/assets',
  'admin-asset': '/admin/assets/BTC',
  'admin-new-asset': '/admin/assets/new',
  'admin-rates': '/admin/rates',
  'admin-users': '/admin/users',
  'admin-user': '/admin/users/admin',
  'admin-refunds': '/admin/refunds',
  'admin-airdrops': '/admin/airdrops',
  'admin-funding': '/admin/funding',
  'admin-house': '/admin/house',
  'admin-analytics': '/admin/analytics',
  'admin-audit': '/admin/audit',
  'admin-health': '/admin/health',
};

test('pages of an administrator @screenshots', async ({ page, context, platform }) => {
  await enterAs('admin', context, platform);
  for (const [name, address] of Object.entries(ADMIN_PAGES)) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await shoot(page, name);
  }
});
