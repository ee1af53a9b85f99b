import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { placeOrder, ticketOf } from './support/orders.ts';
import { expect, test } from './support/test.ts';

const ACCOUNT_PAGES = [
  '/portfolio',
  '/portfolio/recurring',
  '/portfolio/staking',
  '/cash?move=withdraw',
  '/cash/transfer',
  '/cash/convert',
  '/cash/funding',
  '/profile',
];

test('the first Tab leads to a link that skips the bar', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('table')).toBeVisible();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
});

test('every element reached by Tab shows the focus, uncovered by bars', async ({
  trader: { page, account },
  platform,
}) => {
  test.setTimeout(90_000);
  await platform.setPrice('LINK', '15.00');
  await placeOrder(account, { asset_id: 'LINK', order_type: 'limit_buy', quantity: '1', price: '10' });
  for (const { address, width } of [
    { address: '/assets/LINK', width: 1280 },
    { address: '/assets/LINK', width: 360 },
    { address: '/', width: 360 },
    ...ACCOUNT_PAGES.map((address) => ({ address, width: 360 })),
  ]) {
    await page.setViewportSize({ width, height: 700 });
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    const faults: string[] = [];
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      const fault = await page.evaluate(focusFault);
      if (fault !== undefined) faults.push(`${address} at ${width}: ${fault}`);
    }
    expect(faults).toEqual([]);
  }
});

/** Runs in the page: returns what is wrong with the visible focus of the focused element. */
function focusFault(): string | undefined {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return undefined;
  // A hidden radio button shows its focus on its label, the link of a row on the row.
  const shown = focused.matches('.sr-only') ? (focused.closest('label') ?? focused) : focused;
  const name = (focused.getAttribute('aria-label') ?? focused.textContent ?? '').slice(0, 40);
  const described = `${focused.tagName} ${name || focused.getAttribute('name') || focused.id}`;
  const hasOutline = [getComputedStyle(shown), getComputedStyle(shown, '::after')].some(
    ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px',
  );
  if (!hasOutline) return `${described} shows no focus`;
  const { left, top, width, height } = shown.getBoundingClientRect();
  const points = [0.2, 0.5, 0.8].map((part) => ({ x: left + width / 2, y: top + height * part }));
  const isSeen = points.some(({ x, y }) => {
    const there = document.elementFromPoint(x, y);
    return (
      there !== null &&
      (shown.contains(there) || there.contains(shown) || there.closest('tr')?.contains(shown) === true)
    );
  });
  return isSeen ? undefined : `${described} is covered`;
}

test('shortcuts work outside of text fields and are listed under ?', async ({ trader: { page } }) => {
  await page.goto('/assets/BTC');
  const ticket = ticketOf(page);
  await expect(ticket.submit).toBeEnabled();
  await page.keyboard.press('s');
  await expect(ticket.side('Sell')).toBeChecked();
  await expect(ticket.amount).toBeFocused();
  await page.keyboard.type('b');
  await expect(ticket.amount).toHaveValue('b');
  await expect(ticket.side('Sell')).toBeChecked();
  await page.keyboard.type('?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await ticket.amount.blur();
  await page.keyboard.press('b');
  await expect(ticket.side('Buy')).toBeChecked();
  await ticket.amount.blur();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list).toContainText('Search assets');
  await expect(list).toContainText('Buy');
  await expectNoBarriersInAnyTheme(page, 'shortcuts');
  // A dialog traps the focus.
  await page.keyboard.press('s');
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(ticket.side('Buy')).toBeChecked();
});
