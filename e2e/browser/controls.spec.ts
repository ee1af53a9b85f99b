import type { Page } from '@playwright/test';
import { findBarriers } from './support/accessibility.ts';
import { expect, test } from './support/test.ts';

// The watch must find the faults planted here; otherwise a blind watch would pass every page.

const PLANTED: Record<string, { readonly plant: (page: Page) => Promise<unknown>; readonly fault: object }> =
  {
    'an error in the console': {
      plant: (page) => page.evaluate(() => console.error('planted line')),
      fault: { kind: 'console', detail: expect.stringContaining('planted line') },
    },
    'an uncaught exception': {
      plant: (page) =>
        page.evaluate(
          () =>
            void setTimeout(() => {
              throw new Error('planted exception');
            }),
        ),
      fault: { kind: 'exception', detail: expect.stringContaining('planted exception') },
    },
    'an unhandled rejection': {
      plant: (page) => page.evaluate(() => void Promise.reject(new Error('planted rejection'))),
      fault: { kind: 'exception', detail: expect.stringContaining('planted rejection') },
    },
    'an inline script': {
      plant: (page) =>
        page.evaluate(() => {
          const script = document.createElement('script');
          script.textContent = 'window.planted = true';
          document.body.append(script);
        }),
      fault: { kind: 'policy', detail: expect.stringContaining('script-src') },
    },
    'an inline style': {
      plant: (page) =>
        page.evaluate(() => {
          const style = document.createElement('style');
          style.textContent = 'body { color: red }';
          document.head.append(style);
        }),
      fault: { kind: 'policy', detail: expect.stringContaining('style-src') },
    },
    'code made from text': {
      plant: (page) =>
        // Delayed, since the policy does not apply while a test evaluates code.
        page.evaluate(() => {
          setTimeout(() => {
            try {
              // oxlint-disable-next-line no-implied-eval -- the very thing that has to be caught
              void new Function('return 1');
            } catch {
              // The policy refuses it, and the refusal is reported.
            }
          });
        }),
      fault: { kind: 'policy', detail: expect.stringContaining('eval') },
    },
    'text with a missing value': {
      plant: (page) => page.evaluate(() => document.querySelector('h1')?.append(String(undefined))),
      fault: { kind: 'text', detail: 'undefined' },
    },
    'a number that is none, shown for a moment': {
      plant: (page) =>
        page.evaluate(async () => {
          const text = document.createTextNode('0');
          document.body.append(text);
          await Promise.resolve();
          text.data = `${Number('x')} USD`;
          await Promise.resolve();
          text.data = '0 USD';
          text.data = 'NaN';
          await Promise.resolve();
          text.remove();
        }),
      fault: { kind: 'text', detail: 'NaN' },
    },
    'an object in an accessible name': {
      plant: (page) =>
        page.evaluate(() => document.querySelector('button')?.setAttribute('aria-label', '[object Object]')),
      fault: { kind: 'text', detail: '[object Object]' },
    },
    // The last one, since it leaves the page.
    'a request to another origin': {
      plant: async (page) => {
        const elsewhere = page.url().replace('127.0.0.1', 'localhost');
        await page.route(elsewhere, (route) => route.fulfill({ body: '' }));
        await page.goto(elsewhere);
      },
      fault: { kind: 'foreign-request', detail: expect.stringContaining('localhost') },
    },
  };

test('the watch reports every kind of fault', async ({ page, watch }) => {
  await page.goto('/');
  await expect(page.getByRole('table')).toBeVisible();
  expect(await watch.takeFaults()).toEqual([]);
  for (const [name, { plant, fault }] of Object.entries(PLANTED)) {
    await plant(page);
    await expect.poll(() => watch.takeFaults(), name).toContainEqual(fault);
  }
  // Side effects of the planted faults, such as a console message.
  await watch.takeFaults();
});

test('the watch follows a page that the app opens and a browser that a test opens', async ({
  context,
  openBrowser,
  watch,
}) => {
  for (const each of [context, await openBrowser()]) {
    const page = await each.newPage();
    await page.goto('/');
    await page.evaluate(() => console.error('planted'));
    await expect
      .poll(() => watch.takeFaults())
      .toContainEqual({ kind: 'console', detail: expect.stringContaining('planted') });
  }
});

test('the watch allows only what a test allows', async ({ page, watch }) => {
  await page.goto('/');
  watch.allow('console', /expected/);
  await page.evaluate(() => {
    console.error('expected');
    console.error('planted');
  });
  await expect
    .poll(() => watch.takeFaults())
    .toEqual([{ kind: 'console', detail: expect.stringContaining('planted') }]);
});

const BARRIERS: Record<string, { readonly plant: () => void; readonly rule: string }> = {
  'a button without a name': {
    plant: () => document.querySelector('main')?.append(document.createElement('button')),
    rule: 'button-name',
  },
  'text that is too pale': {
    plant: () => {
      const text = document.createElement('p');
      text.style.color = '#ccc';
      text.style.background = '#fff';
      text.textContent = 'planted';
      document.querySelector('main')?.append(text);
    },
    rule: 'color-contrast',
  },
  'a field without a label': {
    plant: () => document.querySelector('main')?.append(document.createElement('input')),
    rule: 'label',
  },
  'a target that is too small': {
    plant: () => {
      for (const name of ['one', 'other']) {
        const button = document.createElement('button');
        button.textContent = '·';
        button.setAttribute('aria-label', name);
        button.style.cssText = 'width: 8px; height: 8px; padding: 0; overflow: hidden;';
        document.querySelector('main')?.prepend(button);
      }
    },
    rule: 'target-size',
  },
};

test('axe reports every planted barrier', async ({ page }) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  for (const { plant } of Object.values(BARRIERS)) await page.evaluate(plant);
  const barriers = await findBarriers(page);
  for (const [name, { rule }] of Object.entries(BARRIERS)) {
    expect(barriers, name).toContainEqual(expect.stringContaining(`${rule} (`));
  }
});
