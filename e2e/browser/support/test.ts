import type { Account } from '@cnop/testing/system/api-client';
import { PASSWORD, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { test as base, expect } from '@playwright/test';
import type { PageWatch } from './page-watch.ts';
import { createPageWatch } from './page-watch.ts';
import type { Feed, Platform, Platforms } from './platforms.ts';
import { createPlatforms } from './platforms.ts';

export interface Trader {
  /** A client of the account without the browser. */
  readonly account: Account;
  readonly page: Page;
}

interface TestFixtures {
  /** The price feed of the test: `test.use({ feed: 'moving' })`. */
  feed: Feed;
  platform: Platform;
  watch: PageWatch;
  /** Opens another watched browser, for a second user or other settings. */
  openBrowser: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** A new account with cash, signed in to `page`; `trader.page` is `page`. */
  trader: Trader;
  /** The initial cash of `trader` in USD. */
  cash: string;
}

interface WorkerFixtures {
  platforms: Platforms;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  feed: ['manual', { option: true }],
  cash: ['10000.00', { option: true }],

  platforms: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs
    async ({}, use) => {
      const cleanup = createCleanup();
      await use(createPlatforms(cleanup));
      await cleanup.run();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  platform: async ({ platforms, feed }, use) => {
    const platform = await platforms.get(feed);
    await use(platform);
    // Repairs the network for the next test.
    await platform.wire.mend();
  },
  baseURL: async ({ platform }, use) => use(platform.url),

  watch: [
    async ({ platform, context }, use) => {
      const watch = createPageWatch(platform.url);
      await watch.follow(context);
      await use(watch);
      expect(await watch.takeFaults(), 'faults of the pages').toEqual([]);
    },
    { auto: true },
  ],

  openBrowser: async ({ browser, watch, baseURL, contextOptions, viewport, locale, timezoneId }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({
        ...contextOptions,
        ...(baseURL !== undefined && { baseURL }),
        viewport,
        ...(locale !== undefined && { locale }),
        ...(timezoneId !== undefined && { timezoneId }),
        ...options,
      });
      await watch.follow(context);
      opened.push(context);
      return context;
    });
    // Collects faults before the pages are closed.
    expect(await watch.takeFaults(), 'faults of the pages').toEqual([]);
    await Promise.all(opened.map((context) => context.close()));
  },

  trader: async ({ platform, cash, page }, use) => {
    const account = await signUp(platform.api, { cash });
    await enter(page.context(), platform, account.username);
    await use({ account, page });
  },
});

export { expect };

/**
 * Signs in to a browser without the form, as on a later visit: the gateway keeps the refresh token in a cookie, and the
 * next page renews the session.
 */
export async function enter(
  context: BrowserContext,
  platform: Platform,
  username: string,
  password = PASSWORD,
): Promise<void> {
  const answer = await context.request.post(`${platform.url}/api/v1/auth/login`, {
    headers: { 'X-Session-Mode': 'cookie', Origin: platform.url },
    data: { username, password },
  });
  expect(answer.status()).toBe(200);
  // With the hint that the sign-in form would have stored.
  const { cookies } = await context.storageState();
  const localStorage = [{ name: 'cnop.session', value: '1' }];
  await context.setStorageState({ cookies, origins: [{ origin: platform.url, localStorage }] });
}
