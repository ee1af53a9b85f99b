import { readFile } from 'node:fs/promises';
import { expectStatus, signUp } from '@cnop/testing/system/api-client';
import type { Page, Request } from '@playwright/test';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { enter, expect, test } from './support/test.ts';

const amountField = (page: Page) => page.getByRole('textbox', { name: 'Amount' });
const depositButton = (page: Page) => page.getByRole('button', { name: 'Deposit', exact: true });
/** The rows of the ledger with its header. */
const entriesOf = (page: Page) =>
  page.getByRole('table', { name: 'Cash activity, newest first' }).getByRole('row');
const balance = (page: Page, label: string) =>
  page.getByRole('term').filter({ hasText: label }).locator('xpath=following-sibling::dd');

/** Collects the requests that move cash. */
function movementsOf(page: Page): Request[] {
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (/\/balance\/(deposit|withdraw)$/.test(request.url())) sent.push(request);
  });
  return sent;
}

test('a new user is led to the first deposit', async ({ page, context, platform }) => {
  const { username } = await signUp(platform.api);
  await enter(context, platform, username);
  await page.goto('/');
  await page.getByRole('link', { name: 'Deposit' }).click();
  await expect(page.getByRole('heading', { name: 'Cash', level: 1 })).toBeVisible();
  await expect(page.getByText('No activity yet')).toBeVisible();
  await page.getByRole('button', { name: 'Deposit cash' }).click();
  await expect(amountField(page)).toBeFocused();

  await page.keyboard.type('100');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: '$100.00 deposited' })).toBeVisible();
  await page.getByRole('link', { name: 'Markets' }).first().click();
  await expect(page.getByRole('heading', { name: 'Markets', level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Deposit' })).toHaveCount(0);
});
test('if users may not credit themselves the app offers no deposit and says who can', async ({
  page,
  context,
  platform,
}) => {
  await page.route('**/api/v1/app-info', async (route) => {
    const { data } = (await (await route.fetch()).json()) as { data: object };
    await route.fulfill({ json: { data: { ...data, demo_accounts: false, free_deposits: false } } });
  });
  const { username } = await signUp(platform.api);
  await enter(context, platform, username);
  await page.goto('/');
  await expect(page.getByText('No cash yet: ask an administrator')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Deposit' })).toHaveCount(0);
  await page.goto('/cash');
  await expect(page.getByText('ask an administrator to credit your account')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Withdraw', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Deposit cash' })).toHaveCount(0);
  await expect(depositButton(page)).toHaveCount(0);
});

test('an amount with a decimal comma or with groups is deposited as it is meant', async ({
  trader: { page },
}) => {
  const sent = movementsOf(page);
  await page.goto('/cash');
  for (const [typed, shown, after] of [
    ['12,5', '$12.50', '$10,012.50'],
    ['1,000', '$1,000.00', '$11,012.50'],
  ] as const) {
    await amountField(page).fill(typed);
    await expect(page.getByRole('definition').filter({ hasText: after })).toBeVisible();
    await depositButton(page).click();
    await expect(page.getByRole('row').filter({ hasText: `+${shown}` })).toContainText(after);
    await expect(balance(page, 'Available')).toHaveText(after);
  }
  expect(sent.map((request) => request.postDataJSON() as unknown)).toEqual([
    { amount: '12.5' },
    { amount: '1000' },
  ]);
  expect(sent[0]?.headers()['idempotency-key']).toMatch(/^[\w-]{16,}$/);
});

/** Ways to submit the form twice. */
const DOUBLE_SUBMITS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'Enter twice': async (page) => {
    await amountField(page).press('Enter');
    await amountField(page).press('Enter');
  },
  'a double click': (page) => depositButton(page).dblclick(),
  'Enter and a click': async (page) => {
    await amountField(page).press('Enter');
    // Clicks without waiting for the button to be ready.
    await depositButton(page).click({ force: true });
  },
};

test('a double submit deposits once', async ({ trader: { page } }) => {
  const sent = movementsOf(page);
  await page.goto('/cash');
  for (const [index, [how, submitTwice]] of Object.entries(DOUBLE_SUBMITS).entries()) {
    // So that the second submit comes during the first request.
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(
      '**/balance/deposit',
      async (route) => {
        await released;
        await route.continue();
      },
      { times: 1 },
    );
    const amount = index + 5;
    await amountField(page).fill(String(amount));
    await submitTwice(page);
    await expect(depositButton(page), how).toHaveAttribute('aria-busy', 'true');
    release();
    await expect(page.getByText(`$${amount}.00 deposited`), how).toBeVisible();
    expect(sent, how).toHaveLength(index + 1);
  }
  await expect(balance(page, 'Available')).toHaveText('$10,018.00');
});

test('an invalid amount is reported at the field and not sent', async ({ trader: { page } }) => {
  const sent = movementsOf(page);
  await page.goto('/cash');
  for (const typed of ['', '1e5', '-1', '0', '1.234', '1,00,000.00', '0,125', '1000000.01']) {
    await amountField(page).fill(typed);
    await depositButton(page).click();
    await expect(amountField(page), typed).toBeFocused();
    await expect(amountField(page), typed).toHaveAttribute('aria-invalid', 'true');
    await expect(amountField(page), typed).toHaveAccessibleDescription(
      /\. At most \$1,000,000\.00 at once\.$/,
    );
  }
  expect(sent).toEqual([]);
});

test('a request whose answer got lost is repeated with the same key, and takes effect once', async ({
  trader: { page },
  watch,
}) => {
  watch.allow('console', /Failed to load resource: net::ERR_FAILED/);
  const sent = movementsOf(page);
  await page.goto('/cash');
  await page.route(
    '**/balance/deposit',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await amountField(page).fill('7');
  await depositButton(page).click();
  await expect(page.getByRole('alert')).toContainText('it takes effect once');
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByText('$7.00 deposited')).toBeVisible();
  await expect(balance(page, 'Available')).toHaveText('$10,007.00');
  const keys = sent.map((request) => request.headers()['idempotency-key']);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

test('a withdrawal is limited to the available balance', async ({ trader: { page, account } }) => {
  const order = { asset_id: 'XMR', order_type: 'limit_buy', quantity: '1', price: '4.00' };
  expectStatus(await account.send('POST', '/orders', { body: order }), 201);
  await page.goto('/cash?move=withdraw');
  await expect(balance(page, 'Held by open orders')).not.toHaveText('$0.00');
  await amountField(page).fill('10000');
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await expect(amountField(page)).toHaveAccessibleDescription(/[Ee]xceeds the available balance/);
  await page.getByRole('button', { name: 'All available' }).click();
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await expect(page.getByText('withdrawn. The balance is')).toBeVisible();
  await expect(balance(page, 'Available')).toHaveText('$0.00');
});

test('filters are in the address, and the CSV contains what they show', async ({
  trader: { page, account },
}) => {
  const withdraw = (amount: string) =>
    account.send('POST', '/balance/withdraw', { body: { amount, description: '=1+1' } });
  expectStatus(await withdraw('1.00'), 201);
  expectStatus(await withdraw('2.50'), 201);
  await page.goto('/cash');
  await expect(entriesOf(page)).toHaveCount(4);
  await page.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'Withdrawal' }).click();
  await expect(entriesOf(page)).toHaveCount(3);
  await expect(page).toHaveURL(/type=withdraw/);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^cnop-transactions-\d{4}-\d{2}-\d{2}\.csv$/);
  const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('new_balance');
  expect(lines[1]).toMatch(/withdraw.*-2\.50,9999\.00,9996\.50/);
  expect(lines[1]).not.toMatch(/,=/);

  await page.getByLabel('From', { exact: true }).fill('2020-01-01');
  await page.getByLabel('To', { exact: true }).fill('2020-01-02');
  await expect(page.getByText('No activity matches')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('To', { exact: true })).toHaveValue('2020-01-02');
  await expect(page.getByText('No activity matches')).toBeVisible();
  await page.getByLabel('From', { exact: true }).fill('2020-01-03');
  await expect(page.getByText('The first day is after the last day.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(entriesOf(page)).toHaveCount(4);
});

test('a failed CSV export says why', async ({ trader: { page }, watch }) => {
  watch.allow('console', /503/);
  await page.route('**/balance/transactions/export*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Busy', status: 503, detail: 'Please try again.', trace_id: 'trace-7' }),
    }),
  );
  await page.goto('/cash');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  await expect(page.getByText('The activity was not saved')).toBeVisible();
  await expect(page.getByText('Please try again. Request trace-7')).toBeVisible();
});

test('more ledger entries are loaded on demand', async ({ trader: { page, account } }) => {
  for (let cents = 1; cents <= 52; cents += 1) {
    const amount = `0.${String(cents).padStart(2, '0')}`;
    expectStatus(await account.send('POST', '/balance/deposit', { body: { amount } }), 201);
  }
  await page.goto('/cash');
  await expect(entriesOf(page)).toHaveCount(51);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(entriesOf(page)).toHaveCount(54);
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0);
});

test('a deposit made elsewhere appears without a reload', async ({ trader: { page, account } }) => {
  await page.goto('/cash');
  await expect(entriesOf(page)).toHaveCount(2);
  await expect(page.getByRole('banner').getByText('Live', { exact: true })).toBeVisible();
  expectStatus(await account.send('POST', '/balance/deposit', { body: { amount: '3' } }), 201);
  await expect(page.getByRole('row', { name: /\+\$3\.00 \$10,003\.00/ })).toBeVisible();
  await expect(balance(page, 'Available')).toHaveText('$10,003.00');
});

test('hidden amounts appear nowhere on the page', async ({ trader: { page, account } }) => {
  const body = { asset_id: 'XMR', order_type: 'market_buy', quantity: '0.75' };
  expectStatus(await account.send('POST', '/orders', { body }), 201);
  await page.addInitScript(() =>
    localStorage.setItem('cnop.appearance', JSON.stringify({ hideAmounts: true })),
  );
  await page.goto('/cash?move=withdraw');
  await expect(entriesOf(page)).toHaveCount(3);
  await page.getByRole('textbox', { name: 'Amount' }).fill('1');
  expect(await page.locator('body').innerText()).not.toMatch(/\$\d|0\.75/);
});

test('has no barriers', async ({ trader: { page }, watch }) => {
  watch.allow('console', /400/);
  await page.goto('/cash');
  await expect(entriesOf(page)).toHaveCount(2);
  await expectNoBarriersInAnyTheme(page, 'with movements');
  await amountField(page).fill('x');
  await depositButton(page).click();
  // Tabs that are scrolled below the header are partly covered.
  await page.evaluate(() => scrollTo(0, 0));
  await expectNoBarriersInAnyTheme(page, 'with a bad amount');
  await page.goto('/cash?from=2020-01-01&to=2020-01-02');
  await expect(page.getByText('No activity matches')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'without movements');
  await page.route('**/api/v1/balance*', (route) => route.fulfill({ status: 400, body: '' }));
  await page.route('**/balance/transactions?*', (route) => route.fulfill({ status: 400, body: '' }));
  await page.reload();
  await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toHaveCount(2);
  await expectNoBarriersInAnyTheme(page, 'with errors');
});

test('fits a narrow phone', async ({ trader: { page } }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/cash?move=withdraw');
  await expect(entriesOf(page)).toHaveCount(2);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  const table = page.getByRole('group', { name: 'Cash activity, newest first' });
  expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});
