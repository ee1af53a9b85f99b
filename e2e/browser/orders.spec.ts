import { expectStatus } from '@cnop/testing/system/api-client';
import type { Page, Route } from '@playwright/test';
import { ordersOf, placeOrder, ticketOf } from './support/orders.ts';
import { expect, test } from './support/test.ts';

const ASSET = 'ALGO';
/** How long a cancelled order stays in place, and how long actions are inert after rows moved. */
const KEPT_MILLISECONDS = 5_000;
const SETTLE_MILLISECONDS = 600;
const LIMIT_BUY = { asset_id: ASSET, order_type: 'limit_buy', quantity: '10', price: '0.15' };

test.beforeEach(async ({ platform }) => {
  await platform.setPrice(ASSET, '0.20');
});

/** Holds back the requests of a page to a route until released. */
async function holdBack(page: Page, url: string, before: (route: Route) => Promise<() => Promise<void>>) {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(url, async (route) => {
    const goOn = await before(route);
    await released;
    await goOn();
  });
  return { release: () => release() };
}

async function sendLimitBuy(page: Page) {
  await page.goto(`/assets/${ASSET}`);
  const ticket = ticketOf(page);
  await ticket.chooseKind('Limit');
  await ticket.limit.fill('0.15');
  await ticket.amount.fill('10');
  await expect(ticket.figure('Held until it fills')).toHaveText('$1.50');
  await ticket.submit.click();
  await expect(ticket.confirm).toBeFocused();
  return ticket;
}

test('an order is shown as pending within 100 ms, and the balance only changes with the answer', async ({
  trader,
}) => {
  const { page } = trader;
  const gate = await holdBack(page, '**/api/v1/orders', async (route) => () => route.continue());
  const ticket = await sendLimitBuy(page);
  const milliseconds = await ticket.confirm.evaluate(async (button: HTMLElement) => {
    const started = performance.now();
    button.click();
    while (!document.body.innerText.includes('Pending')) {
      if (performance.now() - started > 5_000) break;
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - started;
  });
  expect(milliseconds).toBeLessThan(100);
  await expect(page.getByRole('row', { name: /Pending/ })).toContainText('10');
  await expect(ticket.submit).toHaveAttribute('aria-busy', 'true');
  await expect(page.getByRole('banner').getByText('$10,000.00')).toBeVisible();
  gate.release();
  await expect(page.getByRole('banner').getByText('$9,998.50')).toBeVisible();
  await expect(page.getByRole('row', { name: /Pending/ })).toHaveCount(0);
  await expect(page.getByRole('row', { name: /Limit buy/ })).toHaveCount(1);
  await expect(ticket.root.getByRole('status').getByText('The order for 10 ALGO is open.')).toBeVisible();
});

test('an order that the stream reports before its answer is one row', async ({ trader, platform }) => {
  const { page, account } = trader;
  const gate = await holdBack(page, '**/api/v1/orders', async (route) => {
    const response = await route.fetch();
    return () => route.fulfill({ response });
  });
  await platform.setPrice(ASSET, '0.20');
  const ticket = await sendLimitBuy(page);
  const rows = await countRows(page);
  await ticket.confirm.click();
  // The answer is still held back: this row came by the stream.
  await expect(page.getByRole('row', { name: /≤ \$0\.15/ })).toHaveCount(1);
  gate.release();
  await expect(ticket.root.getByText('is open.')).toBeVisible();
  await expect(page.getByRole('row', { name: /Limit buy/ })).toHaveCount(1);
  expect(await rows.most()).toBe(1);
  expect(await ordersOf(account)).toHaveLength(1);
});

/** The most orders that the list showed at once, checked with every change. */
async function countRows(page: Page) {
  await page.evaluate(() => {
    const state = window as unknown as { mostRows: number };
    state.mostRows = 0;
    const look = (): void => {
      const rows = document.querySelectorAll('section[aria-label="Open orders"] tbody tr').length;
      state.mostRows = Math.max(state.mostRows, rows);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  });
  return { most: () => page.evaluate(() => (window as unknown as { mostRows: number }).mostRows) };
}

test('a refused order disappears, says why and leaves the ticket unchanged', async ({
  trader,
  platform,
  watch,
}) => {
  const { page, account } = trader;
  watch.allow('console', /status of 4\d\d/);
  const gate = await holdBack(page, '**/api/v1/orders', async (route) => () => route.continue());
  const ticket = await sendLimitBuy(page);
  await ticket.confirm.click();
  await expect(page.getByRole('row', { name: /Pending/ })).toBeVisible();
  // The cash is spent in the meantime.
  await account.send('POST', '/balance/withdraw', { body: { amount: '9999.00' } });
  gate.release();
  await expect(ticket.amount).toHaveAttribute('aria-invalid', 'true');
  await expect(ticket.amount).toHaveAccessibleDescription(
    /1\.00.*available|available.*1\.00|[Ii]nsufficient/,
  );
  await expect(page.getByRole('row', { name: /Pending|Limit buy/ })).toHaveCount(0);
  await expect(ticket.amount).toHaveValue('10');
  await expect(ticket.limit).toHaveValue('0.15');
  expect(await ordersOf(account)).toEqual([]);
  await platform.setPrice(ASSET, '0.20');
});

test('only open orders can be cancelled, and once', async ({ trader }) => {
  const { page, account } = trader;
  await placeOrder(account, { asset_id: ASSET, order_type: 'market_buy', quantity: '5' });
  await placeOrder(account, LIMIT_BUY);
  const cancels = followCancels(page);
  const gate = await holdBack(page, '**/cancel', async (route) => () => route.continue());
  await page.clock.install();
  await page.goto('/orders');
  const cancel = page.getByRole('button', { name: 'Cancel order Limit buy 10 ALGO' });
  await cancel.dblclick();
  await expect(cancel).toBeDisabled();
  await expect(cancel).toBeFocused();
  gate.release();
  await expect(page.getByText('Limit buy ALGO cancelled')).toBeVisible();
  await page.clock.fastForward(KEPT_MILLISECONDS);
  await expect(page.getByText('No open orders')).toBeVisible();
  expect(cancels).toHaveLength(1);
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('row', { name: /Market buy/ })).toContainText('Filled');
  await expect(page.getByRole('row', { name: /Limit buy/ })).toContainText('Cancelled');
  await expect(page.getByRole('button', { name: /Cancel/ })).toHaveCount(0);
  await page.getByRole('link', { name: 'Market buy ALGO, details' }).click();
  const details = page.getByRole('dialog', { name: 'Order', exact: true });
  await expect(details).toContainText('What happened');
  await expect(details.getByRole('button', { name: /Cancel/ })).toHaveCount(0);
});

test('clicks on the first × cancel one order, however the rows move', async ({ trader }) => {
  const { page, account } = trader;
  for (const quantity of ['30', '20', '10']) await placeOrder(account, { ...LIMIT_BUY, quantity });
  const cancels = followCancels(page);
  await page.clock.install();
  await page.goto('/orders');
  const rows = page.getByRole('table', { name: 'Open orders' }).locator('tbody tr');
  const first = page.getByRole('button', { name: 'Cancel order Limit buy 10 ALGO' });
  const box = (await first.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const clickThere = () => page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);

  await clickThere();
  await expect(page.getByText('Limit buy ALGO cancelled')).toBeVisible();
  await clickThere();
  await expect(rows.first()).toContainText('Cancelled');
  await expect(rows.first().getByRole('button')).toHaveAccessibleName('Limit buy 10 ALGO is cancelled');
  await expect(rows.first().getByRole('button')).toBeFocused();

  // The row leaves, the next one moves under the pointer, and its button is inert for a moment.
  await page.clock.pauseAt(await page.evaluate((kept) => Date.now() + kept, KEPT_MILLISECONDS));
  await expect(rows).toHaveCount(2);
  await expect(rows.first().getByRole('link', { name: 'Limit buy' })).toBeFocused();
  await clickThere();
  await expect(rows.first().getByRole('button')).toBeDisabled();
  await page.clock.runFor(SETTLE_MILLISECONDS);
  await expect(rows.first().getByRole('button')).toBeEnabled();
  expect(cancels).toHaveLength(1);
  expect((await ordersOf(account)).map(({ status }) => status)).toEqual(['cancelled', 'queued', 'queued']);

  await clickThere();
  await expect(rows.first()).toContainText('Cancelled');
  expect((await ordersOf(account)).map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'queued']);
});

/** Collects the cancellations that a page sends. */
function followCancels(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/cancel')) sent.push(request.url());
  });
  return sent;
}

test('a cancellation that comes too late says so', async ({ trader, platform, watch }) => {
  const { page, account } = trader;
  watch.allow('console', /status of 409/);
  await placeOrder(account, LIMIT_BUY);
  const gate = await holdBack(page, '**/cancel', async (route) => () => route.continue());
  await page.goto('/orders');
  await page.getByRole('button', { name: 'Cancel order Limit buy 10 ALGO' }).click();
  await platform.setPrice(ASSET, '0.14');
  await expect(page.getByText('Limit buy 10 ALGO filled')).toBeVisible();
  gate.release();
  const notice = page.getByRole('dialog').filter({ hasText: 'The order was not cancelled' });
  await expect(notice).toContainText('It was filled first.');

  // Cancelled in another window: the goal is reached, so it is no failure.
  const { order_id: orderId } = await placeOrder(account, { ...LIMIT_BUY, price: '0.10' });
  await page.unrouteAll();
  const second = await holdBack(page, '**/cancel', async (route) => () => route.continue());
  await page.getByRole('button', { name: 'Cancel order Limit buy 10 ALGO' }).click();
  expectStatus(await account.send('POST', `/orders/${orderId}/cancel`), 200);
  second.release();
  await expect(page.getByText('Limit buy ALGO cancelled')).toBeVisible();
  await expect(notice).toHaveCount(1);
});

test('cancelling all orders asks for confirmation, names the count and focuses the safe choice', async ({
  trader,
}) => {
  const { page, account } = trader;
  for (const price of ['0.15', '0.14', '0.13']) await placeOrder(account, { ...LIMIT_BUY, price });
  await page.clock.install();
  await page.goto('/orders');
  await page.getByRole('button', { name: 'Cancel all' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Cancel 3 orders?' });
  await expect(dialog.getByRole('button', { name: 'Keep them' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  expect((await ordersOf(account)).map(({ status }) => status)).toEqual(['queued', 'queued', 'queued']);
  await expect(page.getByRole('button', { name: 'Cancel all' })).toBeFocused();

  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Cancel 3 orders' }).click();
  await expect(page.getByText('3 orders cancelled')).toBeVisible();
  await page.clock.fastForward(KEPT_MILLISECONDS);
  await expect(page.getByText('No open orders')).toBeVisible();
  expect((await ordersOf(account)).map(({ status }) => status)).toEqual([
    'cancelled',
    'cancelled',
    'cancelled',
  ]);
});

test('a stop-loss is only cancelled after a question', async ({ trader }) => {
  const { page, account } = trader;
  await placeOrder(account, { asset_id: ASSET, order_type: 'market_buy', quantity: '5' });
  const stop = { asset_id: ASSET, order_type: 'stop_loss', quantity: '5', stop_price: '0.10' };
  await placeOrder(account, stop);
  await page.goto('/orders');
  const cancel = page.getByRole('button', { name: 'Cancel order Stop-loss 5 ALGO' });
  const question = page.getByRole('alertdialog', { name: 'Cancel this stop-loss?' });
  await cancel.click();
  await expect(question.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(question).toHaveCount(0);
  await expect(cancel).toBeFocused();
  await cancel.click();
  await question.getByRole('button', { name: 'Cancel the order' }).click();
  await expect(page.getByText('Stop-loss ALGO cancelled')).toBeVisible();
});

test('all open orders are shown, not only one page', async ({ trader: { page, account } }) => {
  const order = { ...LIMIT_BUY, quantity: '1' };
  await Promise.all(Array.from({ length: 101 }, () => placeOrder(account, order)));
  await page.goto('/orders');
  await expect(page.getByRole('heading', { name: 'Open orders 101' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel order Limit buy 1 ALGO' })).toHaveCount(101);
});

test('a change of an order made elsewhere is announced politely', async ({ trader }) => {
  const { page, account } = trader;
  const isStreaming = page.waitForResponse(/\/stream/);
  await page.goto('/');
  await isStreaming;
  await placeOrder(account, { asset_id: ASSET, order_type: 'market_buy', quantity: '5' });
  const title = page.getByText('Market buy 5 ALGO filled');
  await expect(title.first()).toBeVisible();
  expect(await title.first().evaluate((element) => element.closest('[aria-live="polite"]') !== null)).toBe(
    true,
  );
});
