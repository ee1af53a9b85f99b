import { expectStatus, signUp } from '@cnop/testing/system/api-client';
import type { Page } from '@playwright/test';
import { expectNoBarriers, expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { placeOrder } from './support/orders.ts';
import { addAsset } from './support/staff.ts';
import { enter, expect, test } from './support/test.ts';

const figure = (page: Page, label: string) =>
  page
    .getByRole('term')
    .filter({ hasText: new RegExp(`^${label}`) })
    .locator('xpath=following-sibling::dd');
const history = (page: Page) => page.getByRole('figure', { name: /P&L$/ });
/** The paths of the chart: grid, area and, last, the line. */
const lines = (page: Page) => history(page).locator('svg[preserveAspectRatio="none"] path');
const holdings = (page: Page) => page.getByRole('region', { name: /^Positions/ });
const holding = (page: Page, asset: string) => holdings(page).getByRole('row', { name: asset });

test('from deposit over a purchase and a rise in price to a realised gain', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('ALGO', '10.00');
  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '100' });
  await page.goto('/portfolio');
  await expect(figure(page, 'Cost of positions')).toHaveText('$1,000.00');
  await expect(holding(page, 'Algorand')).toContainText('100$10.000');
  await expect(figure(page, 'Unrealised P&L')).toHaveText('$0.000.00%');

  await platform.setPrice('ALGO', '12.00');
  await expect(holding(page, 'Algorand')).toContainText('$1,200.00');
  await expect(holding(page, 'Algorand')).toContainText('+$200.00+20.00%');
  await expect(figure(page, 'Unrealised P&L')).toHaveText('+$200.00+20.00%');
  await expect(figure(page, 'Total value')).toHaveText('$10,200.00');
  await expect(history(page)).toContainText('Past day P&L+$200.00+2.00%');
  await expect(figure(page, 'Realised P&L')).toHaveText('$0.00');

  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_sell', quantity: '100' });
  await expect(figure(page, 'Realised P&L')).toHaveText('+$200.00');
  await expect(figure(page, 'Unrealised P&L')).toHaveText('$0.00—');
  await expect(page.getByText('You hold no assets')).toBeVisible();
  const closed = page.getByRole('table', { name: 'Closed positions' });
  await expect(closed.getByRole('row', { name: /ALGO/ })).toContainText('+$200.00');
  await expect(history(page)).toContainText('Past day P&L+$200.00+2.00%');
  const { data } = expectStatus(await account.send('GET', '/portfolio/history?range=1m'), 200).json<{
    data: readonly { readonly total_value: string }[];
  }>();
  expect(data.at(-1)?.total_value).toBe('10200.00');
  await expect(figure(page, 'Total value')).toHaveText('$10,200.00');
});

test('a deposit is no gain, and deposits and trades are steps of the chart', async ({
  trader: { page, account },
  platform,
}) => {
  const asset = await addAsset(platform, '10.00');
  expectStatus(
    await platform.admin.send('PUT', `/inventory/assets/${asset}`, { body: { fee_bps: 100 } }),
    200,
  );
  await page.goto('/portfolio');
  await expect(figure(page, 'Total value')).toHaveText('$10,000.00');
  await expect(history(page)).toContainText('Past day P&L$0.00');
  // A deposit and the present are too few points for a chart.
  await expect(history(page)).toContainText('The chart needs a little more history');
  await expect(lines(page)).toHaveCount(0);
  const results: string[] = [];
  await page.exposeFunction('noteResult', (text: string) => results.push(text));
  await history(page).evaluate((element) => {
    new MutationObserver(() => {
      const { noteResult } = window as unknown as { noteResult: (text: string) => void };
      noteResult(element.querySelector('p')?.textContent ?? '');
    }).observe(element, { subtree: true, childList: true, characterData: true });
  });
  expectStatus(await account.send('POST', '/balance/deposit', { body: { amount: '5000' } }), 201);
  await expect(figure(page, 'Total value')).toHaveText('$15,000.00');
  await expect(history(page)).toContainText('now $15,000.00');
  await expect.poll(() => results.length, 'what the figure said on the way').toBeGreaterThan(0);
  expect(results.filter((text) => /[1-9]/.test(text.split('%')[0] ?? ''))).toEqual([]);
  await expect.poll(() => slopesOf(page)).toEqual(['flat', 'up at once', 'flat']);

  await placeOrder(account, { asset_id: asset, order_type: 'market_buy', quantity: '100' });
  await expect(history(page)).toContainText('now $14,990.00');
  await history(page).getByRole('radio', { name: 'P&L' }).check({ force: true });
  await expect(history(page)).toContainText('Past day P&L-$10.00-0.07%');
  await page.reload();
  // Flat over both deposits; the fee is lost at the trade.
  await expect.poll(() => slopesOf(page)).toEqual(['flat', 'down at once', 'flat']);
});

/** Returns the segments of the chart line in order: flat, up or down, gradual or a step. */
async function slopesOf(page: Page): Promise<string[]> {
  const drawn = (await lines(page).last().getAttribute('d')) ?? '';
  const points = drawn.match(/[-\d.]+,[-\d.]+/g)?.map((pair) => pair.split(',').map(Number)) ?? [];
  const slopes = points.slice(1).map(([x = 0, y = 0], index) => {
    const [fromX = 0, fromY = 0] = points[index] ?? [];
    if (y === fromY) return 'flat';
    return `${y < fromY ? 'up' : 'down'} ${x === fromX ? 'at once' : 'slowly'}`;
  });
  return slopes.filter((slope, index) => slope !== slopes[index - 1]);
}

test('range, measure, table and sorting are in the address, and the range is named beside its result', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('ALGO', '10.00');
  await platform.setPrice('GRT', '1.00');
  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '1' });
  await placeOrder(account, { asset_id: 'GRT', order_type: 'market_buy', quantity: '100' });
  await page.goto('/portfolio');
  await expect(history(page).getByRole('heading', { name: 'Past day P&L' })).toBeVisible();
  for (const [choice, name] of [
    ['1W', 'Past week'],
    ['1M', 'Past month'],
    ['3M', 'Past 3 months'],
    ['1Y', 'Past year'],
    ['All', 'All time'],
  ] as const) {
    await history(page).getByRole('radio', { name: choice }).check({ force: true });
    await expect(history(page).getByRole('heading', { name: `${name} P&L` })).toBeVisible();
    await expect(history(page)).toContainText(/Value since .* now \$/);
  }
  await history(page).getByRole('radio', { name: 'P&L' }).check({ force: true });
  await expect(history(page)).toContainText(/P&L since .* started at \$0\.00/);
  await history(page).getByRole('button', { name: 'View as table' }).click();
  await holdings(page).getByRole('button', { name: 'Asset' }).click();
  const names = () => holdings(page).getByRole('rowheader').allInnerTexts();
  await expect.poll(async () => (await names()).join()).toMatch(/Algorand.*The Graph/s);
  await page.reload();
  await expect(page).toHaveURL(/range=all.*show=result.*view=table.*sort=name/);
  const table = history(page).getByRole('table', { name: 'Value over time' });
  await expect(table.getByRole('row').nth(1)).toContainText(/\$\d/);
  await expect.poll(async () => (await names()).join()).toMatch(/Algorand.*The Graph/s);
  await page.goBack();
  await page.goBack();
  await expect(history(page).getByRole('button', { name: 'View as table' })).toBeVisible();
});

test('a new account is led to its first deposit', async ({ page, context, platform }) => {
  const { username } = await signUp(platform.api);
  await enter(context, platform, username);
  await page.goto('/portfolio');
  await expect(page.getByText('Your account is empty')).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoBarriers(page, `empty, ${colorScheme}`);
  }
  await page.getByRole('link', { name: 'Deposit cash' }).click();
  await expect(page).toHaveURL(/\/cash$/);
});

test('an incomplete history says so', async ({ trader: { page } }) => {
  // Creating more ledger entries than the server reads back would take minutes.
  await page.route('**/portfolio/history?*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), complete: false } });
  });
  await page.goto('/portfolio');
  await expect(history(page).getByRole('note')).toContainText('The history is not complete');
  // A pending history request still needs the page for its answer.
  await page.unrouteAll({ behavior: 'wait' });
});

test('a failed portfolio leaves its history, and the other way round', async ({
  trader: { page },
  watch,
}) => {
  watch.allow('console', /status of 503/);
  const failure = { status: 503, json: { title: 'Planted', status: 503 } };
  await page.route('**/api/v1/portfolio', (route) => route.fulfill(failure));
  await page.goto('/portfolio');
  await expect(page.getByText('Your portfolio could not be loaded')).toBeVisible();
  await expect(history(page)).toContainText('now $10,000.00');
  await expectNoBarriers(page, 'without the portfolio');
  await page.unrouteAll();
  await page.route('**/portfolio/history?*', (route) => route.fulfill(failure));
  await page.reload();
  await expect(page.getByText('The history could not be loaded')).toBeVisible();
  await expect(figure(page, 'Total value')).toHaveText('$10,000.00');
  await expectNoBarriers(page, 'without the history');
});

test('hidden amounts appear nowhere on the page, as chart or as table', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('ALGO', '10.00');
  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '123.5' });
  await page.addInitScript(() =>
    localStorage.setItem('cnop.appearance', JSON.stringify({ hideAmounts: true })),
  );
  for (const view of ['', '?view=table', '?show=result']) {
    await page.goto(`/portfolio${view}`);
    await expect(holding(page, 'Algorand')).toBeVisible();
    await expect(history(page)).toContainText(/now •+hidden/);
    const texts = await page.locator('main').evaluate((main) => {
      // Prices are public, including the price paid for a unit.
      for (const cell of main.querySelectorAll('tr > :nth-child(3), tr > :nth-child(4)')) {
        if (cell.closest('section')?.textContent.startsWith('Positions')) cell.remove();
      }
      return main.textContent;
    });
    expect(texts, view).not.toMatch(/\$\d|123\.5/);
  }
});

test('gains and losses have the colours of the palette', async ({ trader: { page, account }, platform }) => {
  await platform.setPrice('ALGO', '10.00');
  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '10' });
  await platform.setPrice('ALGO', '20.00');
  await page.goto('/portfolio?show=result');
  const colours = async () => {
    await expect(holding(page, 'Algorand')).toContainText('+$');
    const text = holding(page, 'Algorand').getByText(/^\+\$/);
    const line = history(page).locator('svg path').last();
    return Promise.all([
      text.evaluate((element) => getComputedStyle(element).color),
      line.evaluate((element) => getComputedStyle(element).stroke),
    ]);
  };
  // The chart has the neutral colour until the live result is there.
  const sameColour = async (): Promise<string> => {
    const [text, line] = await colours();
    return line === text ? text : `${line}, not ${text}`;
  };
  await expect.poll(sameColour).not.toContain('not');
  const text = await sameColour();
  await page.evaluate(() =>
    localStorage.setItem('cnop.appearance', JSON.stringify({ palette: 'blue-orange' })),
  );
  await page.reload();
  await expect.poll(sameColour).not.toContain('not');
  expect(await sameColour()).not.toBe(text);
});

test('the allocation has a table with the shares of the account', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('GRT', '1.00');
  await placeOrder(account, { asset_id: 'GRT', order_type: 'market_buy', quantity: '2500' });
  await page.goto('/portfolio');
  const rows = page.getByRole('table', { name: 'Allocation' }).getByRole('row');
  await expect(rows).toHaveText(['PartShareValue', 'GRT25.00%$2,500.00', 'Cash75.00%$7,500.00']);
});

test('on a phone value and result are shown, and nothing scrolls sideways', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('ALGO', '10.00');
  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '10' });
  for (const width of [320, 360]) {
    await page.setViewportSize({ width, height: 700 });
    await page.goto('/portfolio');
    await expect(holding(page, 'Algorand')).toBeVisible();
    for (const name of ['Value', 'P&L']) {
      await expect(holdings(page).getByRole('columnheader', { name, exact: true })).toBeVisible();
    }
    const overflow = await page.evaluate(() => [
      document.documentElement.scrollWidth - window.innerWidth,
      ...[...document.querySelectorAll('main [role="group"]')].map(
        ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
      ),
    ]);
    expect(overflow, String(width)).toEqual([0, 0, 0]);
  }
});

test('has no barriers', async ({ trader: { page, account }, platform }) => {
  await platform.setPrice('ALGO', '10.00');
  await placeOrder(account, { asset_id: 'ALGO', order_type: 'market_buy', quantity: '10' });
  await page.goto('/portfolio');
  await expect(history(page)).toContainText('now $');
  await expect(holding(page, 'Algorand')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'as chart');
  await history(page).hover();
  await history(page).getByRole('button', { name: 'View as table' }).click();
  await expect(history(page).getByRole('table')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'as table');
});
