import { signUp } from '@cnop/testing/system/api-client';
import type { Page } from '@playwright/test';
import { expectNoBarriers, expectNoBarriersInAnyTheme } from './support/accessibility.ts';
import { enterAs } from './support/staff.ts';
import { expect, test } from './support/test.ts';

test.beforeEach(async ({ page, context, platform }) => {
  await enterAs('admin', context, platform);
  // Few rows are enough, since axe checks each of them.
  await page.route(/[?&]limit=50\b/, (route) =>
    route.continue({ url: route.request().url().replace('limit=50', 'limit=5') }),
  );
});

interface View {
  readonly address: string;
  /** The requests of the page. */
  readonly url: string | RegExp;
}

const VIEWS: Readonly<Record<string, View>> = {
  assets: { address: '/admin/assets?q=bit', url: /\/inventory\/assets\?/ },
  'an asset': { address: '/admin/assets/BTC', url: /\/inventory\/assets\?/ },
  rates: { address: '/admin/rates?quote=EUR', url: /\/exchange-rates\?/ },
  users: { address: '/admin/users', url: /\/admin\/users\?/ },
  'a user': { address: '/admin/users/admin', url: '**/api/v1/admin/users/admin' },
  'the audit log': { address: '/admin/audit', url: /\/admin\/audit-events\?/ },
  'withdrawals to review': { address: '/admin/funding', url: /\/admin\/funding\/payments\?/ },
  refunds: { address: '/admin/refunds', url: '**/api/v1/admin/refunds' },
  airdrops: { address: '/admin/airdrops', url: /\/admin\/airdrops\?/ },
  'the house book': { address: '/admin/house', url: /\/admin\/house-book\?/ },
  analytics: { address: '/admin/analytics', url: /\/admin\/analytics\?/ },
  health: { address: '/admin/health', url: /:\d+\/health$/ },
};

const EMPTY_VIEWS: Readonly<Record<string, string>> = {
  'assets, none found': '/admin/assets?q=nothing',
  'a new asset': '/admin/assets/new',
  'users, none found': '/admin/users?q=zzzzzz',
  'users, impossible': '/admin/users?q=@',
  overview: '/admin',
  'the audit log, empty': '/admin/audit?day=2020-01-01',
  'the audit log without a user': '/admin/audit?by=user',
};

const SCREEN = { width: 1280, height: 800 };
const NARROWEST_PHONE = { width: 320, height: 640 };

async function expectLoaded(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
}

/** Expects no barriers on the screen, and neither barriers nor scrolling sideways on the narrowest phone. */
async function expectNoBarriersAtAnySize(page: Page, name: string): Promise<void> {
  await expectNoBarriersInAnyTheme(page, name);
  await page.setViewportSize(NARROWEST_PHONE);
  const surplus = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(surplus, name).toBe(0);
  await expectNoBarriers(page, `${name}, 320 px`);
  await page.setViewportSize(SCREEN);
}

for (const [name, { address, url }] of Object.entries(VIEWS)) {
  test(`${name}: no barriers while it loads, when it fails, and after a retry`, async ({ page, watch }) => {
    watch.allow('console', /status of 500/);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(url, async (route) => {
      await released;
      const problem = { title: 'Broken', status: 500, detail: 'It is broken.', trace_id: 'planted-id' };
      await route.fulfill({ status: 500, json: problem });
    });
    await page.goto(address);
    await expect(page.getByRole('status', { name: /^Loading/ })).toBeVisible();
    await expectNoBarriersInAnyTheme(page, `${name}, loading`);
    release();
    const alert = page.getByRole('alert').filter({ hasText: 'planted-id' });
    await expect(alert).toContainText('It is broken.');
    await expectNoBarriersInAnyTheme(page, `${name}, failed`);
    await page.unroute(url);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expectLoaded(page);
    await expect(alert).toHaveCount(0);
    await expectNoBarriersAtAnySize(page, name);
  });
}

test('forms and empty lists have no barriers', async ({ page }) => {
  test.setTimeout(120_000);
  for (const [name, address] of Object.entries(EMPTY_VIEWS)) {
    await page.goto(address);
    await expectLoaded(page);
    await expectNoBarriersAtAnySize(page, name);
  }
});

/** Opens a dialog, checks it, closes it and checks the page again. */
async function expectNoBarriersInQuestion(page: Page, name: string, role: 'dialog' | 'alertdialog') {
  await page.getByRole('button', { name, exact: true }).click();
  await expect(page.getByRole(role)).toBeVisible();
  await expectNoBarriersInAnyTheme(page, `question of ${name}`);
  await page.keyboard.press('Escape');
  await expect(page.getByRole(role)).toHaveCount(0);
  await expectNoBarriersInAnyTheme(page, `after the question of ${name}`);
}

test('the form and the dialogs of an asset have no barriers', async ({ page }) => {
  await page.goto('/admin/assets/new');
  await page.getByRole('button', { name: 'Create asset' }).click();
  await expect(page.getByLabel('Id', { exact: true })).toBeFocused();
  await expectNoBarriersInAnyTheme(page, 'new asset with errors');
  await page.goto('/admin/assets/BTC');
  await expectNoBarriersInQuestion(page, 'Set price', 'dialog');
  await expectNoBarriersInQuestion(page, 'Deactivate', 'alertdialog');
});

test('the form and the dialogs of a user have no barriers', async ({ page, platform }) => {
  const { username } = await signUp(platform.api, { cash: '10.00' });
  await page.goto(`/admin/users/${username}`);
  await page.getByRole('button', { name: 'Adjust…' }).click();
  await expect(page.getByLabel('Amount')).toBeFocused();
  await expectNoBarriersInAnyTheme(page, 'adjustment with errors');
  await page.getByLabel('Amount').fill('1');
  await page.getByLabel('Description').fill('A gift');
  await expectNoBarriersInQuestion(page, 'Adjust…', 'alertdialog');
  await expectNoBarriersInQuestion(page, 'Suspend', 'alertdialog');
});

test('the details of a security event have no barriers', async ({ page }) => {
  await page.goto('/admin/audit');
  await page
    .getByRole('button', { name: /details$/ })
    .first()
    .click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectNoBarriersInAnyTheme(page, 'details of an event');
});
