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
  /** What the account can do without the browser. */
  readonly account: Account;
  readonly page: Page;
}

interface TestFixtures {
  /** Which prices the test wants: `test.use({ feed: 'moving' })`. */
  feed: Feed;
  platform: Platform;
  watch: PageWatch;
  /** Another browser, watched like the first, for a second user or other settings. */
  openBrowser: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** A new account with cash, signed in to `page`; `trader.page` is `page`. */
  trader: Trader;
  /** USD that the account of `trader` begins with. */
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
    // Whatever a test did to the network, the next one finds it in order.
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
    // Their faults have to be known before they are gone.
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
 * Signs in to a browser without its form, as somebody who was here before: the gateway keeps the refresh token in a
 * cookie, and the next page that is opened renews the session.
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
  // With the mark that a session is worth asking for, which the sign-in form would have left.
  const { cookies } = await context.storageState();
  const localStorage = [{ name: 'cnop.session', value: '1' }];
  await context.setStorageState({ cookies, origins: [{ origin: platform.url, localStorage }] });
}
