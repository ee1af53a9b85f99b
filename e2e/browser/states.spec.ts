import type { Page } from '@playwright/test';
import { ticketOf } from './support/orders.ts';
import { expect, test } from './support/test.ts';

interface View {
  readonly address: string;
  /** The requests of the page. */
  readonly url: string | RegExp;
  /** The accessible name of its skeleton. */
  readonly loading: string;
  /** The title of its error. */
  readonly failure: string;
  /** An element that is shown only when loaded. */
  readonly loaded: (page: Page) => Promise<void>;
  /** Whether the page works without a session and so without a stream. */
  readonly isNeededForStream?: boolean;
}

const PROBLEM = {
  status: 503,
  contentType: 'application/problem+json',
  json: {
    type: 'about:blank',
    title: 'Service unavailable',
    status: 503,
    detail: 'The service is being restarted.',
    code: 'SVC_001',
    trace_id: 'planted-request-id',
  },
};

const VIEWS: Record<string, View> = {
  'the market': {
    address: '/',
    url: /\/inventory\/assets\?/,
    loading: 'Loading the market',
    failure: 'The market could not be loaded',
    loaded: (page) => expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible(),
  },
  'the asset': {
    address: '/assets/BTC',
    url: /\/inventory\/assets\?/,
    loading: 'Loading the asset',
    failure: 'The asset could not be loaded',
    loaded: (page) => expect(page.getByRole('heading', { name: 'Bitcoin', exact: true })).toBeVisible(),
  },
  'the payments': {
    address: '/cash/funding',
    url: /\/funding\/payments\?/,
    loading: 'Loading the payments',
    failure: 'The payments could not be loaded',
    loaded: (page) => expect(page.getByText('No payments yet')).toBeVisible(),
  },
  'the position': {
    address: '/assets/BTC',
    url: '**/api/v1/balance/assets',
    loading: 'Loading your position',
    failure: 'Your position could not be loaded',
    loaded: (page) => expect(page.getByText('You hold no BTC yet.')).toBeVisible(),
  },
  'open orders of an asset': {
    address: '/assets/BTC',
    url: /\/orders\?.*status=queued/,
    loading: 'Loading your orders',
    failure: 'Your orders could not be loaded',
    loaded: (page) => expect(page.getByText('No open orders')).toBeVisible(),
  },
  'open orders': {
    address: '/orders',
    url: /\/api\/v1\/orders\?/,
    loading: 'Loading your orders',
    failure: 'Your orders could not be loaded',
    loaded: (page) => expect(page.getByText('No open orders')).toBeVisible(),
  },
  'the history of orders': {
    address: '/orders?tab=history',
    url: /\/api\/v1\/orders\?/,
    loading: 'Loading your orders',
    failure: 'Your orders could not be loaded',
    loaded: (page) => expect(page.getByText('No orders', { exact: true })).toBeVisible(),
  },
  'the portfolio': {
    address: '/portfolio',
    url: '**/api/v1/portfolio',
    loading: 'Loading your portfolio',
    failure: 'Your portfolio could not be loaded',
    loaded: (page) => expect(page.getByRole('table', { name: 'Allocation' })).toBeVisible(),
  },
  'the history of a portfolio': {
    address: '/portfolio',
    url: '**/portfolio/history?*',
    loading: 'Loading the history',
    failure: 'The history could not be loaded',
    // One deposit is too little for a history.
    loaded: (page) => expect(page.getByText('The chart needs a little more history')).toBeVisible(),
  },
  'the tax report': {
    address: '/portfolio/tax',
    url: /\/api\/v1\/tax\/\d{4}$/,
    loading: 'Loading the tax report',
    failure: 'The tax report could not be loaded',
    loaded: (page) => expect(page.getByText(/^No sales in/)).toBeVisible(),
  },
  'the stakes': {
    address: '/portfolio/staking',
    url: '**/api/v1/staking',
    loading: 'Loading your stakes',
    failure: 'Your stakes could not be loaded',
    // Another test may have opened an asset.
    loaded: (page) =>
      expect(
        page.getByRole('table', { name: 'Stakes' }).or(page.getByText('No asset can be staked yet')),
      ).toBeVisible(),
  },
  'the recurring buys': {
    address: '/portfolio/recurring',
    url: '**/api/v1/recurring-buys',
    loading: 'Loading your recurring buys',
    failure: 'Your recurring buys could not be loaded',
    loaded: (page) => expect(page.getByText('No recurring buys')).toBeVisible(),
  },
  'a statement': {
    address: '/cash/statements',
    url: /\/api\/v1\/statements\/\d{4}-\d\d\?/,
    loading: 'Loading the statement',
    failure: 'The statement could not be loaded',
    loaded: (page) => expect(page.getByRole('row', { name: /^Deposit/ })).toBeVisible(),
  },
  'the performance': {
    address: '/portfolio/performance',
    url: '**/portfolio/performance?*',
    loading: 'Loading the performance',
    failure: 'Your performance could not be loaded',
    loaded: (page) => expect(page.getByText('Time-weighted return').first()).toBeVisible(),
  },
  insights: {
    address: '/portfolio/performance',
    url: '**/portfolio/insights',
    loading: 'Loading the findings',
    failure: 'The findings could not be loaded',
    loaded: (page) => expect(page.getByText('Much of your portfolio is cash.')).toBeVisible(),
  },
  'the movements of cash': {
    address: '/cash',
    url: '**/balance/transactions?*',
    loading: 'Loading the activity',
    failure: 'The activity could not be loaded',
    loaded: (page) => expect(page.getByRole('row', { name: /^Deposit/ })).toBeVisible(),
  },
  'the wallets': {
    address: '/cash',
    url: '**/balance/wallets',
    loading: 'Loading your wallets',
    failure: 'Your wallets could not be loaded',
    loaded: (page) => expect(page.getByRole('row', { name: /^USD/ })).toBeVisible(),
  },
  'the conversions': {
    address: '/cash/convert',
    url: '**/api/v1/conversions?*',
    loading: 'Loading your conversions',
    failure: 'Your conversions could not be loaded',
    loaded: (page) => expect(page.getByText('No conversions yet')).toBeVisible(),
  },
  'the balance': {
    address: '/cash',
    url: '**/api/v1/balance',
    loading: 'Loading your balance',
    failure: 'Your balance could not be loaded',
    loaded: (page) => expect(page.getByRole('main').getByText('$10,000.00').first()).toBeVisible(),
  },
  'the profile': {
    address: '/profile',
    url: '**/auth/profile',
    loading: 'Loading your details',
    failure: 'Your details could not be loaded',
    loaded: (page) => expect(page.getByLabel('First name')).toHaveValue('Ada'),
    isNeededForStream: true,
  },
  'the sessions': {
    address: '/profile',
    url: '**/auth/sessions',
    loading: 'Loading your sessions',
    failure: 'Your sessions could not be loaded',
    loaded: (page) => expect(page.getByText('This device')).toBeVisible(),
  },
};

for (const [name, { address, url, loading, failure, loaded, isNeededForStream }] of Object.entries(VIEWS)) {
  test(`${name} keeps its place while it loads, says what failed, in which request, and retries`, async ({
    trader: { page },
    watch,
  }) => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(url, async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(address);
    await expect(page.getByRole('status', { name: loading })).toBeVisible();
    const shift = await followLayoutShift(page);
    release();
    await loaded(page);
    await expect(page.getByRole('status', { name: loading })).toHaveCount(0);
    expect(await shift.total(), await shift.moved()).toBeLessThan(0.05);
    await page.unrouteAll();

    watch.allow('console', /status of 503/);
    let isUp = false;
    await page.route(url, (route) => (isUp ? route.continue() : route.fulfill(PROBLEM)));
    // The stream reads everything again, which would repair the page without the button.
    const isStreaming = isNeededForStream ? undefined : page.waitForResponse(/\/stream/);
    await page.goto(address);
    await isStreaming;
    const alert = page.getByRole('alert').filter({ hasText: failure });
    await expect(alert).toContainText('The service is being restarted.');
    await expect(alert).toContainText('planted-request-id');
    const retry = alert.getByRole('button', { name: 'Try again' });
    await expect(retry).toBeVisible();
    isUp = true;
    await retry.click();
    await loaded(page);
    await expect(alert).toHaveCount(0);
  });
}

/** Returns the layout shifts that the user did not cause (CLS), with the shifted elements. */
async function followLayoutShift(page: Page) {
  await page.evaluate(() => {
    interface Shift extends PerformanceEntry {
      readonly value: number;
      readonly hadRecentInput: boolean;
      readonly sources: readonly { readonly node: Node | null }[];
    }
    const state = window as unknown as { shift: number; moved: string[] };
    state.shift = 0;
    state.moved = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
        if (hadRecentInput) continue;
        state.shift += value;
        for (const { node } of sources) state.moved.push(`${value} ${node?.textContent?.slice(0, 40) ?? ''}`);
      }
    }).observe({ type: 'layout-shift' });
  });
  return {
    total: () => page.evaluate(() => (window as unknown as { shift: number }).shift),
    moved: () => page.evaluate(() => (window as unknown as { moved: string[] }).moved.join('\n')),
  };
}

test('the measure of layout shifts finds one', async ({ page }) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('heading')).toBeVisible();
  const shift = await followLayoutShift(page);
  await page.evaluate(() => {
    const planted = document.createElement('div');
    planted.style.height = '300px';
    document.querySelector('main')?.prepend(planted);
  });
  await expect.poll(shift.total).toBeGreaterThan(0.05);
});

test('empty pages say what to do next', async ({ trader: { page } }) => {
  await page.goto('/orders');
  await page.getByRole('link', { name: 'Browse the markets' }).click();
  await page.getByRole('searchbox').fill('no such asset');
  await expect(page.getByText('No assets match')).toBeVisible();
  await page.getByRole('button', { name: 'Show all assets' }).click();
  await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible();
});

const CHART_FAILURES: Record<string, { readonly url: string; readonly title: string }> = {
  'whose candles do not load': { url: '**/candles?**', title: 'The chart could not be loaded' },
  'whose code does not load': { url: '**/assets/chart-canvas-*.js', title: 'The chart could not be shown' },
};

for (const [name, { url, title }] of Object.entries(CHART_FAILURES)) {
  test(`a chart ${name} leaves the page working`, async ({ trader: { page }, watch, platform }) => {
    watch.allow('console', /status of 503|dynamically imported module/);
    await platform.setPrice('MKR', '1500.00');
    await page.route(url, (route) => route.fulfill(PROBLEM));
    await page.goto('/assets/MKR');
    await expect(page.getByRole('alert').filter({ hasText: title })).toBeVisible();
    const ticket = ticketOf(page);
    await ticket.amount.fill('1');
    await ticket.submit.click();
    await ticket.confirm.click();
    await expect(ticket.root.getByText('Bought 1 MKR')).toBeVisible();
    await page.unrouteAll();
    await page
      .getByRole('alert')
      .filter({ hasText: title })
      .getByRole('button', { name: 'Try again' })
      .click();
    await expect(page.locator('canvas').first()).toBeVisible();
  });
}

test('a menu whose code does not load says so and works after a reload', async ({ page, watch }) => {
  watch.allow('console', /status of 503|dynamically imported module/);
  await page.route('**/assets/*menu-*.js', (route) => route.fulfill(PROBLEM));
  await page.goto('/');
  await page.getByRole('button', { name: 'Appearance' }).click();
  await expect(page.getByText('The menu could not be loaded').first()).toBeVisible();
  await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible();
  await page.unrouteAll();
  await page.reload();
  await page.getByRole('button', { name: 'Appearance' }).click();
  await expect(page.getByRole('menuitemradio', { name: 'Dark' })).toBeVisible();
});

test('a page whose code does not load can be retried', async ({ trader: { page }, watch }) => {
  watch.allow('console', /status of 503|dynamically imported module/);
  await page.route('**/assets/orders-page-*.js', (route) => route.fulfill(PROBLEM));
  await page.goto('/');
  // The router reloads once by itself, in case there is a newer release.
  const isReloaded = page.waitForEvent('load');
  await page.getByRole('navigation').getByRole('link', { name: 'Orders' }).click();
  await isReloaded;
  await expect(page.getByRole('alert').filter({ hasText: 'This page could not be shown' })).toBeVisible();
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Orders', exact: true })).toBeVisible();
});

test('on a slow network buttons are busy and keep their size', async ({ page, platform }) => {
  await page.goto('/sign-in');
  await page.getByLabel('Username').fill('unknown_user');
  await page.getByLabel('Password').fill('Wrong-Password-1');
  const button = page.getByRole('button', { name: 'Sign in' });
  const before = await button.boundingBox();
  const shift = await followLayoutShift(page);
  platform.wire.stall();
  await button.click();
  await expect(button).toHaveAttribute('aria-busy', 'true');
  expect(await button.boundingBox()).toEqual(before);
  // A second click during the first request does nothing.
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url()));
  await button.click({ force: true });
  await page.keyboard.press('Enter');
  expect(sent.filter((url) => url.endsWith('/auth/login'))).toEqual([]);
  expect(await shift.total()).toBeLessThan(0.05);
  await page.goto('about:blank');
});

test('a page that breaks keeps the shell, says so and can be retried', async ({ page, watch }) => {
  watch.allow('console', /.*/);
  watch.allow('exception', /.*/);
  await page.goto('/sign-in');
  // An answer that matches its schema and breaks the page: a name that is not a text, used for sorting.
  await page.addInitScript(() => {
    const compare: (this: string, other: string) => number = String.prototype.localeCompare;
    String.prototype.localeCompare = function (this: string, other: string) {
      if (!sessionStorage.getItem('mended')) throw new Error('planted');
      return compare.call(this, other);
    };
  });
  await page.goto('/?sort=name');
  await expect(page.getByRole('alert').filter({ hasText: 'This page could not be shown' })).toBeVisible();
  await expect(page.getByRole('banner').getByRole('link', { name: 'Markets', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go to the markets' })).toBeVisible();
  await page.evaluate(() => sessionStorage.setItem('mended', 'yes'));
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible();
});
