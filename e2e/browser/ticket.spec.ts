import type { Page } from '@playwright/test';
import { followOrders, ordersOf, ticketOf } from './support/orders.ts';
import type { Trader } from './support/test.ts';
import { expect, test } from './support/test.ts';

/** The price of the asset that these tests buy. Quotes have no spread and no fee unless a test says otherwise. */
const PRICE = '50.00';

test.beforeEach(async ({ platform }) => {
  await platform.setPrice('ATOM', PRICE);
});

async function openTicket({ page }: Trader) {
  await page.goto('/assets/ATOM');
  const ticket = ticketOf(page);
  await expect(ticket.submit).toBeEnabled();
  return { ticket, sent: followOrders(page) };
}

/** Acts while the confirmation is open and expects one order. */
const PRESSES: Record<string, (page: Page) => Promise<void>> = {
  'a click': async (page) => ticketOf(page).confirm.click(),
  'a double click': async (page) => ticketOf(page).confirm.dblclick(),
  'the Enter key': async (page) => page.keyboard.press('Enter'),
  'the Enter key held down': async (page) => {
    for (let repeats = 0; repeats < 5; repeats += 1) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
  },
  'the Enter key and a click at once': async (page) => {
    const button = ticketOf(page).confirm;
    const { x, y, width, height } = (await button.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width / 2, y + height / 2);
    await Promise.all([page.keyboard.press('Enter'), page.mouse.down().then(() => page.mouse.up())]);
  },
};

test('a confirmation sends one order, with a key, however it is pressed', async ({ trader }) => {
  const { page, account } = trader;
  const { ticket, sent } = await openTicket(trader);
  for (const [index, [name, press]] of Object.entries(PRESSES).entries()) {
    const quantity = index + 2;
    await ticket.amount.fill(String(quantity));
    await page.keyboard.press('Enter');
    await expect(ticket.confirm, name).toBeFocused();
    await press(page);
    await expect(ticket.root.getByText(`Bought ${quantity} ATOM at $50.00`), name).toBeVisible();
    expect(sent, name).toHaveLength(index + 1);
    expect(sent[index]?.headers()['idempotency-key'], name).toMatch(/^[0-9a-f-]{36}$/);
  }
  const placed = await ordersOf(account);
  expect(placed.map(({ status }) => status)).toEqual(sent.map(() => 'completed'));
  expect(new Set(placed.map((order) => order.client_order_id))).toEqual(
    new Set(sent.map((request) => request.headers()['idempotency-key'])),
  );
});

test('Enter and a click before the confirmation open it once and send nothing', async ({ trader }) => {
  const { page } = trader;
  const { ticket, sent } = await openTicket(trader);
  await ticket.amount.fill('2');
  await ticket.submit.dblclick({ noWaitAfter: true });
  await expect(page.getByRole('alertdialog')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await expect(ticket.submit).toBeFocused();
  expect(sent).toEqual([]);
});

test('an attempt whose answer was lost is repeated with the same key and takes effect once', async ({
  trader,
  watch,
}) => {
  const { page, account } = trader;
  watch.allow('console', /net::ERR_FAILED/);
  const { ticket, sent } = await openTicket(trader);
  await page.route(
    '**/api/v1/orders',
    async (route) => {
      // The server placed the order; its answer gets lost.
      await route.fetch();
      await route.abort('failed');
    },
    { times: 1 },
  );
  await ticket.amount.fill('2');
  await ticket.submit.click();
  await ticket.confirm.click();
  await expect(ticket.root.getByRole('alert')).toContainText(
    'It is not known yet whether the order was placed',
  );
  await expect(ticket.amount).toHaveValue('2');
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(ticket.root.getByText('Bought 2 ATOM at $50.00')).toBeVisible();
  expect(sent.map((request) => request.headers()['idempotency-key'])).toEqual(
    Array.from({ length: 2 }, () => sent[0]?.headers()['idempotency-key']),
  );
  expect(sent[1]?.postData()).toBe(sent[0]?.postData());
  expect(await ordersOf(account)).toHaveLength(1);
});

test('fields follow the order type; hidden ones are neither checked nor sent', async ({ trader }) => {
  const { page } = trader;
  const { ticket, sent } = await openTicket(trader);
  await ticket.chooseKind('Limit');
  await ticket.limit.fill('no price at all');
  await expect(ticket.limit).toHaveAttribute('aria-invalid', 'true');
  await ticket.chooseKind('Market');
  await expect(ticket.limit).toHaveCount(0);
  await ticket.amount.fill('1');
  await ticket.submit.click();
  await ticket.confirm.click();
  await expect(ticket.root.getByText('Bought 1 ATOM')).toBeVisible();
  expect(Object.keys(sent[0]?.postDataJSON() as object).toSorted()).toEqual([
    'asset_id',
    'client_order_id',
    'order_type',
    'quantity',
  ]);

  await page.keyboard.press('s');
  await ticket.chooseKind('Trailing stop');
  await expect(ticket.root.getByRole('textbox', { name: 'Trail below the peak' })).toBeVisible();
  await expect(ticket.limit).toHaveCount(0);
  await ticket.chooseKind('Stop-loss');
  await expect(ticket.root.getByRole('textbox', { name: 'Sell when the price falls to' })).toBeVisible();
});

test('switching the side keeps the quantity', async ({ trader }) => {
  const { ticket } = await openTicket(trader);
  await ticket.amount.fill('1.25');
  await ticket.side('Sell').check({ force: true });
  await expect(ticket.amount).toHaveValue('1.25');
  await ticket.side('Buy').check({ force: true });
  await expect(ticket.amount).toHaveValue('1.25');
});

test('an amount may have a comma, spaces and needless zeros', async ({ trader }) => {
  const { ticket, sent } = await openTicket(trader);
  for (const typed of ['12.5', ' 12.50 ', '012.5', '12,5']) {
    await ticket.amount.fill('1');
    await expect(ticket.figure('You pay')).toHaveText('$50.00');
    await ticket.amount.fill(typed);
    await expect(ticket.figure('You pay'), typed).toHaveText('$625.00');
  }
  await ticket.submit.click();
  await ticket.confirm.click();
  await expect(ticket.root.getByText('Bought 12.5 ATOM')).toBeVisible();
  expect(sent[0]?.postDataJSON()).toMatchObject({ quantity: '12.5' });
});

const BAD_AMOUNTS: Record<string, string> = {
  '': 'Required.',
  '   ': 'Required.',
  '1e5': 'Enter a number such as 12.5.',
  '-1': 'Enter a number above 0.',
  '0': 'Enter a number above 0.',
  '0.0': 'Enter a number above 0.',
  '1.2.3': 'Group digits by threes, such as 1,000, or not at all.',
  '1,00,000.5': 'Group digits by threes, such as 1,000, or not at all.',
  '0,125': 'Use a point for decimals, such as 0.125.',
  '1.000,50': 'Use a point for decimals, such as 1000.50.',
  '0x10': 'Enter a number such as 12.5.',
  NaN: 'Enter a number such as 12.5.',
  '0.1234567': 'Use at most 6 digits after the point.',
  '1000000000000000000000000000': 'Too large.',
};

test('an invalid amount is explained at its field, gets the focus and is not sent', async ({
  trader,
  watch,
}) => {
  watch.allow('text', /NaN/);
  const { page } = trader;
  const { ticket, sent } = await openTicket(trader);
  for (const [typed, message] of Object.entries(BAD_AMOUNTS)) {
    await ticket.amount.fill(typed);
    await ticket.submit.click();
    await expect(ticket.amount, typed).toBeFocused();
    await expect(ticket.amount, typed).toHaveAttribute('aria-invalid', 'true');
    await expect(ticket.amount, typed).toHaveAccessibleDescription(message);
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
  }
  expect(sent).toEqual([]);
});

test('an amount beyond the cash is refused at its field before it is sent', async ({ trader }) => {
  const { page } = trader;
  const { ticket, sent } = await openTicket(trader);
  await ticket.amount.fill('200.02');
  await expect(ticket.amount).toHaveAccessibleDescription('This needs $10,001.00; $10,000.00 is available.');
  // One thousand, never one.
  await ticket.amount.fill('1,000');
  await expect(ticket.amount).toHaveAccessibleDescription('This needs $50,000.00; $10,000.00 is available.');
  await ticket.submit.click();
  await expect(ticket.amount).toBeFocused();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  expect(sent).toEqual([]);
});

test('cost, fee and remaining cash are shown before, and match the server', async ({ trader, platform }) => {
  const { page, account } = trader;
  // An asset with spread and fee, so that neither is zero by chance.
  const change = { fee_bps: 25, spread_bps: 20 };
  expect((await platform.admin.send('PUT', '/inventory/assets/XLM', { body: change })).status).toBe(200);
  await platform.setPrice('XLM', '0.4321');
  await page.goto('/assets/XLM');
  const ticket = ticketOf(page);
  await ticket.amount.fill('1234.5');
  await expect(ticket.figure('Available cash')).toContainText('$10,000.00');
  const shown = {
    cash: await ticket.figure('You pay').innerText(),
    fees: await ticket.figure('Fee').innerText(),
    after: (await ticket.figure('Available cash').locator('span').last().innerText()).trim(),
  };
  expect(shown.fees).not.toBe('$0.00');
  await ticket.submit.click();
  await ticket.confirm.click();
  await expect(page.getByRole('region', { name: 'Your position' })).toContainText('1,234.5 XLM');
  await expect(page.getByRole('banner').getByText(shown.after)).toBeVisible();
  const [order] = (await account.send('GET', '/orders')).json<{
    data: { total_amount: string; fees: string }[];
  }>().data;
  const { available_balance: available } = (await account.send('GET', '/balance')).json<{
    available_balance: string;
  }>();
  const plain = (money: string): string => money.replaceAll(/[$,]/g, '');
  expect(plain(shown.after)).toBe(available);
  expect(plain(shown.fees)).toBe(order?.fees);
  expect(plain(shown.cash)).toBe((10_000 - Number(available)).toFixed(2));
});

test('a price far from the market warns but does not prevent the order', async ({ trader }) => {
  const { page } = trader;
  const { ticket } = await openTicket(trader);
  await ticket.chooseKind('Limit');
  await ticket.amount.fill('1');
  await ticket.limit.fill('49');
  await expect(ticket.figure('Held until it fills')).toHaveText('$49.00');
  await expect(ticket.root.getByText('% below the price')).toHaveCount(0);
  await ticket.limit.fill('25');
  await expect(ticket.figure('Held until it fills')).toHaveText('$25.00');
  await expect(ticket.root.getByText('25 is 50.00 % below the price, which is 50.')).toBeVisible();
  await ticket.submit.click();
  await ticket.confirm.click();
  await expect(page.getByRole('row', { name: /Limit buy/ })).toContainText('≤ $25.00');
});

test('a session that ends in the ticket leads through sign-in back to the same page and input', async ({
  trader,
  watch,
  platform,
}) => {
  const { page, account } = trader;
  watch.allow('console', /status of 401/);
  const { ticket, sent } = await openTicket(trader);
  await ticket.chooseKind('Limit');
  await ticket.limit.fill('40');
  await ticket.amount.fill('3');
  await expect(ticket.figure('Held until it fills')).toHaveText('$120.00');
  // All sessions are ended from elsewhere.
  await page.context().clearCookies();
  await page.route('**/api/v1/**', async (route) => {
    const headers = { ...route.request().headers(), authorization: 'Bearer expired' };
    await route.continue({ headers });
  });
  await ticket.submit.click();
  await ticket.confirm.click();
  await expect(ticket.root.getByRole('alert')).toContainText(
    'Your session has ended and the order was not placed.',
  );
  await page.unrouteAll();
  await page.getByRole('link', { name: 'Sign in to continue' }).click();
  await page.getByLabel('Username').fill(account.username);
  await page.getByLabel('Password').fill('Whole-System-Test-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${platform.url}/assets/ATOM`);
  await expect(ticket.limit).toHaveValue('40');
  await expect(ticket.amount).toHaveValue('3');
  await ticket.submit.click();
  await ticket.confirm.click();
  await expect(page.getByRole('row', { name: /Limit buy/ })).toContainText('≤ $40.00');
  expect(sent.length).toBeGreaterThan(1);
  expect(await ordersOf(account)).toHaveLength(1);
});
