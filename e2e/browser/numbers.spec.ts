import type { Page } from '@playwright/test';
import { placeOrder, ticketOf } from './support/orders.ts';
import { expect, test } from './support/test.ts';

/** Runs in the page: returns the numeric table cells with their style. */
function badlySetNumbers(): string[] {
  return [...document.querySelectorAll('td')].flatMap((cell) => {
    const text = cell.innerText.trim();
    // Amounts with currency, sign, percent or unit; not names with a digit.
    if (!/^[≤≥+\-−$]?\s?[$\d][\d,.]*(?:[KMBT%]|\s[A-Z]+)?$/.test(text)) return [];
    const figures = [cell, ...cell.querySelectorAll<HTMLElement>('span')].filter(
      (part) => part.innerText.trim() === text,
    );
    const isTabular = figures.some((part) =>
      getComputedStyle(part).fontVariantNumeric.includes('tabular-nums'),
    );
    const isAtEnd = ['right', 'end'].includes(getComputedStyle(cell).textAlign);
    return isTabular && isAtEnd ? [] : [`${text}: tabular ${isTabular}, at the end ${isAtEnd}`];
  });
}

test('numbers in every table have digits of one width and are aligned at the end', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('BTC', '50000.00');
  await placeOrder(account, { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
  await placeOrder(account, { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.01', price: '40000' });
  for (const address of ['/', '/assets/BTC?view=table', '/assets/BTC', '/orders', '/orders?tab=history']) {
    await page.goto(address);
    await expect(page.getByRole('table').first()).toBeVisible();
    const cells = await page.locator('td').count();
    expect(cells, address).toBeGreaterThan(3);
    expect(await page.evaluate(badlySetNumbers), address).toEqual([]);
  }
  // The check finds a planted bad cell.
  await page
    .locator('td')
    .nth(2)
    .evaluate((cell) => {
      cell.style.textAlign = 'left';
      cell.textContent = '$1.00';
    });
  expect(await page.evaluate(badlySetNumbers)).toHaveLength(1);
});

test('a column keeps its width from tick to tick', async ({ page, platform }) => {
  await platform.setPrice('BTC', '51111.11');
  await page.goto('/');
  const cell = page
    .getByRole('row', { name: /Bitcoin BTC/ })
    .getByRole('cell')
    .nth(1);
  await expect(cell).toContainText('$51,111.11');
  // Rows below the fold are rendered later, and one of them may need more space.
  await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(30);
  const before = await cell.evaluate((element) => element.getBoundingClientRect().width);
  await platform.setPrice('BTC', '48888.88');
  await expect(cell).toContainText('$48,888.88');
  expect(await cell.evaluate((element) => element.getBoundingClientRect().width)).toBe(before);
});

test('a price of a millionth keeps its digits in the table, the ticket and the chart', async ({
  trader,
  platform,
}) => {
  const { page } = trader;
  const price = '0.00000123';
  // With the price scale of the asset.
  const shown = '$0.0000012300';
  await platform.setPrice('PEPE', price);
  await page.goto('/?q=pepe');
  await expect(page.getByRole('row', { name: /PEPE/ }).getByRole('cell').nth(1)).toContainText(shown);
  await page.goto('/assets/PEPE');
  await expect(page.getByRole('figure')).toContainText(`last ${shown}`);
  const ticket = ticketOf(page);
  await expect(ticket.figure('Price now')).toHaveText(shown);
});

test('a gain and a loss differ in sign and colour, and zero has neither', async ({ trader, platform }) => {
  const { page, account } = trader;
  await platform.setPrice('NEAR', '4.00');
  await placeOrder(account, { asset_id: 'NEAR', order_type: 'market_buy', quantity: '100' });
  await page.goto('/assets/NEAR');
  const result = page
    .getByRole('region', { name: 'Your position' })
    .locator('dl > div')
    .filter({ hasText: 'Unrealised P&L' })
    .locator('dd span')
    .first();
  const colour = () => result.evaluate((element) => getComputedStyle(element).color);
  const colours: string[] = [];
  for (const [price, shown] of [
    ['4.50', '+$50.00'],
    ['3.50', '-$50.00'],
    ['4.00', '$0.00'],
  ] as const) {
    await platform.setPrice('NEAR', price);
    await expect(result).toHaveText(shown);
    colours.push(await colour());
  }
  expect(new Set(colours).size).toBe(3);
});

test('a missing value is a dash', async ({ page, platform }) => {
  // A new asset: no rank, no statistics.
  const asset = {
    asset_id: 'NEWCO',
    symbol: 'NEWCO',
    name: 'New Coin',
    category: 'token',
    current_price: '1.50',
  };
  const created = await platform.admin.send('POST', '/inventory/assets', { body: asset });
  expect([201, 409], created.text).toContain(created.status);
  await page.goto('/?q=newco');
  await expect(page.getByRole('row', { name: /New Coin/ })).toBeVisible();
  const cells = await page
    .getByRole('row', { name: /New Coin/ })
    .getByRole('cell')
    .allInnerTexts();
  expect(cells.filter((text) => text.trim() === '—').length).toBeGreaterThan(0);
  await expectNoLeak(page);
});

/** Besides the general watch: no empty cell in place of a figure. */
async function expectNoLeak(page: Page): Promise<void> {
  const empty = await page
    .locator('td.numeric:not(:has(svg, [class*="h-7"]))')
    .evaluateAll(
      (cells) =>
        cells.filter((cell) => cell.textContent.trim() === '' && getComputedStyle(cell).display !== 'none')
          .length,
    );
  expect(empty).toBe(0);
}

test('hidden amounts are hidden everywhere, prices are not', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('ENJ', '0.10');
  await placeOrder(account, { asset_id: 'ENJ', order_type: 'market_buy', quantity: '12345' });
  await placeOrder(account, { asset_id: 'ENJ', order_type: 'limit_buy', quantity: '76543', price: '0.09' });
  // Unusual quantities, costs and balances that no price equals by chance.
  const OWN_AMOUNTS = /12,?345|76,?543|1,?234\.50|6,?888\.87|8,?765\.50|1,?876\.63/;
  await page.goto('/');
  await expect(page.getByRole('banner')).toContainText(OWN_AMOUNTS);
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Hide my amounts' }).click();
  for (const address of ['/', '/assets/ENJ', '/orders', '/orders?tab=history']) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    const text = await page.locator('body').innerText();
    expect(text, address).not.toMatch(OWN_AMOUNTS);
    const names = await page
      .locator('[aria-label], [title]')
      .evaluateAll((elements) =>
        elements
          .map((each) => `${each.getAttribute('aria-label') ?? ''} ${each.getAttribute('title') ?? ''}`)
          .join('\n'),
      );
    expect(names, address).not.toMatch(OWN_AMOUNTS);
  }
});
