import type { Page } from '@playwright/test';
import { expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { placeOrder, ticketOf } from './support/orders.ts';
import { expect, test } from './support/test.ts';

const ACCOUNT_PAGES = [
  '/portfolio',
  '/portfolio/activity',
  '/portfolio/performance?benchmark=BTC',
  '/portfolio/staking',
  '/cash?move=withdraw',
  '/cash/funding',
  '/profile',
];

const VISITOR_PAGES: Record<string, { readonly address: string; readonly ready: string }> = {
  'the market': { address: '/', ready: 'Know what an order does before you place it' },
  'an asset': { address: '/assets/BTC', ready: 'Bitcoin' },
  'sign-in': { address: '/sign-in', ready: 'Sign in' },
  'sign-up': { address: '/sign-up', ready: 'Create an account' },
  'a page that is not there': { address: '/nowhere', ready: 'Page not found' },
};

for (const [name, { address, ready }] of Object.entries(VISITOR_PAGES)) {
  test(`${name} has no barriers for a visitor`, async ({ page, watch }) => {
    watch.allow('console', /status of 404 .*\/nowhere/);
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1, name: ready })).toBeVisible();
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    await expectNoBarriersInAnyTheme(page, 'for a visitor');
  });
}

test('forms with errors have no barriers', async ({ page, watch }) => {
  watch.allow('console', /status of 4\d\d/);
  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('First name')).toBeFocused();
  await expectNoBarriersInAnyTheme(page, 'sign-up with errors');
  await page.goto('/sign-in');
  await page.getByLabel('Username').fill('unknown_user');
  await page.getByLabel('Password').fill('Wrong-Password-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('Username or password is wrong.');
  await expectNoBarriersInAnyTheme(page, 'sign-in refused');
});

test('menus have no barriers, open and closed again', async ({ trader: { page, account } }) => {
  await page.goto('/orders');
  for (const name of ['Appearance', `Account ${account.username}`]) {
    await page.getByRole('button', { name }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    await expectNoBarriersInAnyTheme(page, `menu ${name}`);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toHaveCount(0);
    await expect(page.getByRole('button', { name })).toBeFocused();
  }
  await expectNoBarriersInAnyTheme(page, 'orders, empty, after menus');
});

test('an asset has no barriers for a trader: with a ticket, errors, a dialog, an order, a table', async ({
  trader: { page, account },
  platform,
}) => {
  test.setTimeout(90_000);
  await platform.setPrice('DOT', '5.00');
  await placeOrder(account, { asset_id: 'DOT', order_type: 'market_buy', quantity: '100' });
  await placeOrder(account, {
    asset_id: 'DOT',
    order_type: 'trailing_stop',
    quantity: '50',
    trail_percent: '5',
  });
  await page.goto('/assets/DOT');
  const ticket = ticketOf(page);
  await expect(page.getByRole('row', { name: /Trailing stop/ })).toBeVisible();
  await expect(page.locator('canvas').first()).toBeVisible();
  await ticket.submit.click();
  await expect(ticket.amount).toHaveAttribute('aria-invalid', 'true');
  await expectNoBarriersInAnyTheme(page, 'ticket with an error');

  await ticket.chooseKind('Limit');
  await ticket.limit.fill('2.5');
  await ticket.amount.fill('10');
  await expect(ticket.root.getByText('% below the price')).toBeVisible();
  await ticket.submit.click();
  await expect(ticket.confirm).toBeFocused();
  await expectNoBarriersInAnyTheme(page, 'confirmation');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await expect(ticket.submit).toBeFocused();
  await expectNoBarriersInAnyTheme(page, 'after the confirmation');

  await page.keyboard.press('Enter');
  await ticket.confirm.click();
  await expect(ticket.root.getByText('is open.')).toBeVisible();
  await page.getByRole('button', { name: 'View as table' }).click();
  await expectNoBarriersInAnyTheme(page, 'placed, chart as table');
});

test('orders have no barriers: open, with a dialog, as history, with details, with an open list', async ({
  trader: { page, account },
  platform,
}) => {
  test.setTimeout(90_000);
  await platform.setPrice('AAVE', '200.00');
  await placeOrder(account, { asset_id: 'AAVE', order_type: 'market_buy', quantity: '1' });
  await placeOrder(account, {
    asset_id: 'AAVE',
    order_type: 'take_profit',
    quantity: '1',
    stop_price: '300',
  });
  await page.goto('/orders');
  await page.getByRole('button', { name: 'Cancel all' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'cancel all');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Cancel all' })).toBeFocused();
  await expectNoBarriersInAnyTheme(page, 'open orders');

  await page.getByRole('tab', { name: 'History' }).click();
  const details = page.getByRole('link', { name: 'Market buy AAVE, details' });
  await details.click();
  await expect(page.getByRole('dialog', { name: 'Order' })).toContainText('What happened');
  await expectNoBarriersInAnyTheme(page, 'order details');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Order' })).toHaveCount(0);
  await expect(details).toBeFocused();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await expect(page.getByRole('listbox')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'list of states');
  await page.keyboard.press('Escape');
  await expectNoBarriersInAnyTheme(page, 'history');
});

test('failures and empty places have no barriers', async ({ trader: { page }, watch }) => {
  watch.allow('console', /status of 503/);
  const failure = { status: 503, json: { title: 'Planted', status: 503, trace_id: 'planted-request' } };
  await page.route(/\/api\/v1\/(orders|inventory\/assets\/[A-Z]+\/candles|balance\/assets)/, (route) =>
    route.fulfill(failure),
  );
  await page.goto('/assets/BTC');
  await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toHaveCount(3);
  await expectNoBarriersInAnyTheme(page, 'asset with failures');
  await page.unrouteAll();
  await page.goto('/orders?tab=history');
  await expect(page.getByText('No orders', { exact: true })).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'history, empty');
});

test('targets are at least 24 pixels wide and high', async ({ trader: { page, account }, platform }) => {
  await platform.setPrice('UNI', '8.00');
  await placeOrder(account, { asset_id: 'UNI', order_type: 'limit_buy', quantity: '1', price: '5' });
  for (const address of ['/', '/assets/UNI', '/orders', '/orders?tab=history', ...ACCOUNT_PAGES]) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      expect(await findSmallTargets(page), `${address} at ${width}`).toEqual([]);
    }
  }
});

/** Returns the targets of less than 24 pixels, one line for each. */
function findSmallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const targets = [
      ...document.querySelectorAll('a[href], button, [role="tab"], [role="combobox"], label:has(input)'),
    ];
    return targets.flatMap((target) => {
      const { width: wide, height: high } = target.getBoundingClientRect();
      const isHidden = wide === 0 || high === 0 || getComputedStyle(target).visibility === 'hidden';
      // The rule exempts links within a sentence.
      const isInSentence = target.matches('p a, figcaption a');
      const isFine = isHidden || isInSentence || (wide >= 24 && high >= 24);
      return isFine ? [] : [`${target.tagName} ${target.textContent.slice(0, 30)} ${wide}x${high}`];
    });
  });
}

test('tables have a caption, header cells with a scope, and announce their sorting', async ({
  trader: { page, account },
  platform,
}) => {
  await platform.setPrice('BTC', '50000.00');
  await placeOrder(account, { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' });
  await placeOrder(account, { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.01', price: '40000' });
  for (const address of [
    '/',
    '/assets/BTC?view=table',
    '/orders',
    '/orders?tab=history',
    '/portfolio?view=table',
    '/portfolio/performance?view=table',
    '/cash',
  ]) {
    await page.goto(address);
    await expect(page.getByRole('table').first()).toBeVisible();
    const faults = await page.evaluate(() =>
      [...document.querySelectorAll('table')].flatMap((table) => [
        ...(table.caption?.textContent ? [] : ['no caption']),
        ...[...table.querySelectorAll('th:not([scope])')].map((head) => `no scope: ${head.textContent}`),
        ...(table.querySelector('tbody tr:not(:has(th[scope="row"]))') ? ['a row without a head'] : []),
      ]),
    );
    expect(faults, address).toEqual([]);
  }
  await page.goto('/');
  const head = page.getByRole('columnheader', { name: 'Price', exact: true });
  await expect(head).toHaveAttribute('aria-sort', 'none');
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await page.goto('/orders');
  await expect(page.getByRole('button', { name: 'Cancel order Limit buy 0.01 BTC' })).toBeVisible();
});

test('the chart is a figure with a name, a sentence and a table', async ({ page, platform }) => {
  await platform.setPrice('BTC', '50000.00');
  await page.goto('/assets/BTC');
  const figure = page.getByRole('figure', { name: 'Price of Bitcoin' });
  await expect(figure).toContainText(/last \$50,000\.00, high \$[\d,.]+, low \$[\d,.]+, change [+-]?\d/);
  await expect(figure).toContainText('Europe/Berlin time');
  await expect(figure.getByRole('img')).toHaveCount(0);
  await figure.getByRole('button', { name: 'View as table' }).click();
  await expect(
    figure.getByRole('table', { name: 'Prices of the chart' }).getByRole('row').nth(1),
  ).toContainText('$50,000.00');
});
