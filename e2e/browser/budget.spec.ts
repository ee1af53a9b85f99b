import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, test } from './support/test.ts';

const MAX_FIRST_ROUTE_BYTES = 200_000;

/** Collects the scripts of a page with their compressed sizes. */
function followScripts(page: Page): Map<string, number> {
  const scripts = new Map<string, number>();
  page.on('response', async (response) => {
    if (!response.url().endsWith('.js')) return;
    const name = new URL(response.url()).pathname;
    scripts.set(name, 0);
    scripts.set(name, gzipSync(await response.body(), { level: 9 }).length);
  });
  return scripts;
}

test('the first page needs less than 200 kB of script, without chart and menus', async ({ page }) => {
  const scripts = followScripts(page);
  await page.goto('/', { waitUntil: 'networkidle' });
  await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toBeVisible();
  const total = [...scripts.values()].reduce((sum, size) => sum + size, 0);
  test.info().annotations.push({ type: 'bytes', description: String(total) });
  expect(scripts.size).toBeGreaterThan(3);
  expect(total).toBeLessThan(MAX_FIRST_ROUTE_BYTES);
  expect([...scripts.keys()].filter((name) => /chart|menu|orders-page|sign-/.test(name))).toEqual([]);
});

test('the chart is loaded with the page of an asset', async ({ page }) => {
  const scripts = followScripts(page);
  await page.goto('/assets/BTC');
  await expect(page.locator('canvas').first()).toBeVisible();
  expect([...scripts.keys()].filter((name) => name.includes('chart-canvas'))).toHaveLength(1);
});

test('a price that moves changes only its own cells among fifty rows', async ({
  trader: { page },
  platform,
}) => {
  await platform.setPrice('BTC', '50000.00');
  await page.goto('/');
  // The header row and the catalogue; other tests may have added assets.
  await expect.poll(() => page.getByRole('row').count()).toBeGreaterThanOrEqual(51);
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Live');
  const follow = () =>
    page.evaluate(() => {
      const state = window as unknown as { changedRows: string[]; observer?: MutationObserver };
      state.observer?.disconnect();
      state.changedRows = [];
      state.observer = new MutationObserver((changes) => {
        for (const { target } of changes) {
          const element = target instanceof Element ? target : target.parentElement;
          state.changedRows.push(
            element?.closest('tr')?.querySelector('a')?.getAttribute('href') ?? element?.className ?? '?',
          );
        }
      });
      state.observer.observe(document.querySelector('table')!, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
    });
  const changed = () =>
    page.evaluate(() => [...new Set((window as unknown as { changedRows: string[] }).changedRows)]);
  await follow();
  await platform.setPrice('BTC', '50001.00');
  await expect(page.getByRole('row', { name: /Bitcoin BTC/ })).toContainText('$50,001.00');
  expect(await changed()).toEqual(['/assets/BTC']);
  // The observer sees a planted change elsewhere.
  await page
    .getByRole('row', { name: /Ethereum ETH/ })
    .evaluate((row) => row.setAttribute('data-planted', '1'));
  await expect.poll(changed).toContain('/assets/ETH');
});
