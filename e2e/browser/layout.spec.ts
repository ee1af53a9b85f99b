import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { placeOrder, ticketOf } from './support/orders.ts';
import { enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

const TRADER_PAGES = [
  '/',
  '/assets/BTC',
  '/assets/BTC?view=table',
  '/orders',
  '/orders?tab=history',
  '/portfolio',
  '/portfolio/performance?benchmark=BTC',
  '/portfolio/activity',
  '/cash',
  '/cash/transfer',
  '/cash/convert',
  '/cash/statements',
  '/portfolio/tax',
  '/portfolio/recurring',
  '/portfolio/staking',
  '/cash/funding',
  '/profile',
  '/nowhere',
];
const API_DELAY_MILLISECONDS = 200;
const MAX_LAYOUT_SHIFT = 0.05;
const VISITOR_PAGES = ['/', '/assets/BTC', '/assets/BTC?view=table', '/sign-in', '/sign-up', '/nowhere'];

/** Returns by how many pixels the page is wider than the screen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test('at 320 pixels, and at 200 % zoom, no page scrolls sideways', async ({
  openBrowser,
  trader: { account },
  platform,
  page,
  watch,
}) => {
  test.setTimeout(120_000);
  watch.allow('console', /status of 404 .*\/nowhere/);
  await platform.setPrice('BTC', '50000.00');
  await placeOrder(account, { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
  await placeOrder(account, { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.0123', price: '40000' });
  const visitor = await (await openBrowser()).newPage();
  // A zoom of 200 % halves the CSS pixels of a screen.
  const sizes = [
    { width: 640, height: 400 },
    { width: 320, height: 640 },
  ];
  for (const { of, addresses } of [
    { of: page, addresses: TRADER_PAGES },
    { of: visitor, addresses: VISITOR_PAGES },
  ]) {
    for (const address of addresses) {
      await of.goto(address);
      await expect(of.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(of.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
      for (const size of sizes) {
        await of.setViewportSize(size);
        // The chart follows its new size in the next frame.
        await expect.poll(() => overflow(of), `${address} at ${size.width}`).toBeLessThanOrEqual(0);
      }
    }
  }
});

test('pages keep their layout while they load', async ({ trader: { page }, platform }) => {
  test.setTimeout(60_000);
  await platform.setPrice('BTC', '50000.00');
  await page.addInitScript(sumLayoutShifts);
  await page.route('**/api/v1/**', async (route) => {
    // Long enough that each page shows its empty places first.
    if (!route.request().url().includes('/stream')) await delay(API_DELAY_MILLISECONDS);
    await route.continue();
  });
  for (const { address, width } of [
    ...['/profile', '/portfolio', '/cash'].map((address) => ({ address, width: 1280 })),
    ...['/', '/assets/BTC', '/profile', '/portfolio', '/orders', '/cash'].map((address) => ({
      address,
      width: 360,
    })),
  ]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Live');
    const shift = await page.evaluate(() => (window as unknown as { layoutShift: number }).layoutShift);
    expect(shift, `${address} at ${width}`).toBeLessThan(MAX_LAYOUT_SHIFT);
  }
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

/** Runs in the page: adds up how much of it moved. */
function sumLayoutShifts(): void {
  const state = window as unknown as { layoutShift: number };
  state.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) state.layoutShift += Number(Reflect.get(entry, 'value'));
  }).observe({ type: 'layout-shift', buffered: true });
}

test('at 320 pixels the header has room for the longest state of the prices', async ({
  page,
  platform,
  watch,
}) => {
  watch.allow('console', /net::ERR_/);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/');
  await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible();
  await platform.wire.cut();
  await expect(page.getByRole('banner').getByRole('status')).toHaveText(/^Stale since/, { timeout: 15_000 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test('at 320 pixels a dialog, a drawer and a list stay within the screen', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('BTC', '50000.00');
  await placeOrder(account, { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.0123', price: '40000' });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/orders');
  await page
    .getByRole('row', { name: /Limit buy/ })
    .getByRole('link', { name: 'Limit buy' })
    .click();
  await expect(page.getByRole('dialog', { name: 'Order' })).toContainText('What happened');
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  const isInside = await page
    .getByRole('dialog', { name: 'Order' })
    .evaluate(
      (dialog) =>
        dialog.scrollWidth <= dialog.clientWidth && dialog.getBoundingClientRect().right <= innerWidth,
    );
  expect(isInside).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Asset' }).click();
  await expect(page.getByRole('listbox')).toBeInViewport({ ratio: 1 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test('at 1280 x 800 the chart and the button of the ticket are visible', async ({
  trader: { page },
  platform,
}) => {
  await platform.setPrice('BTC', '50000.00');
  await page.goto('/assets/BTC');
  await expect(page.locator('canvas').first()).toBeVisible();
  const ticket = ticketOf(page);
  await ticket.chooseKind('Limit');
  await ticket.limit.fill('45000');
  await ticket.amount.fill('0.1');
  await expect(ticket.figure('Held until it fills')).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await expect(ticket.submit).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('figure')).toBeInViewport({ ratio: 0.9 });
});

test('at 360 pixels price, chart, ticket and orders come in this order, with the value of the position', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('BTC', '50000.00');
  await placeOrder(account, { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/assets/BTC');
  await expect(page.getByRole('region', { name: 'Your position' })).toContainText('$500.00');
  const tops = await Promise.all(
    [
      page.getByRole('heading', { level: 1 }),
      page.getByRole('figure'),
      page.getByRole('region', { name: 'Place an order' }),
      page.getByRole('region', { name: 'Open orders' }),
      page.getByRole('region', { name: 'Your position' }),
    ].map(async (part) => (await part.boundingBox())?.y ?? 0),
  );
  expect(tops).toEqual(tops.toSorted((one, other) => one - other));
  await expect(page.getByText('Unrealised P&L')).toBeVisible();
  await page.goto('/orders?tab=history');
  await expect(page.getByRole('columnheader', { name: 'Total' })).toBeInViewport();
});

test('on paper a page has only its content, black on white', async ({ trader: { page } }) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.goto('/cash');
  await expect(page.getByRole('row', { name: /^Deposit/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Cash', exact: true })).toBeVisible();
  for (const role of ['navigation', 'banner', 'contentinfo', 'button'] as const) {
    await expect(page.getByRole(role)).toHaveCount(0);
  }
  const look = await page
    .getByRole('table', { name: 'Cash activity, newest first' })
    .evaluate((table) => [
      getComputedStyle(document.documentElement).backgroundColor,
      getComputedStyle(table.querySelector('td')!).color,
      getComputedStyle(table.querySelector('thead')!).display,
      getComputedStyle(table.parentElement!).overflowX,
    ]);
  expect(look).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)', 'table-header-group', 'visible']);
});

test('at 320 pixels tabs scroll inside their strip, to the tab of the page', async ({
  page,
  context,
  platform,
}) => {
  await enterAs('admin', context, platform);
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/admin/health');
  const tabs = page.getByRole('navigation', { name: 'Administration' });
  const current = tabs.getByRole('link', { name: 'Health' });
  await expect(current).toHaveAttribute('aria-current', 'page');
  await expect(current).toBeInViewport({ ratio: 0.9 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});
