import type { Page } from '@playwright/test';
import { expect, test } from './support/test.ts';

const canvasColour = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const token = (page: Page, name: string) =>
  page.evaluate((of) => {
    const probe = document.createElement('i');
    probe.style.color = `var(--${of})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, name);

async function choose(page: Page, choice: string): Promise<void> {
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemradio', { name: choice }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
}

test('the theme follows the system until one is chosen, and the choice stays', async ({ page }) => {
  await page.goto('/sign-in');
  const light = await canvasColour(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await canvasColour(page);
  expect(dark).not.toBe(light);
  await choose(page, 'Light');
  expect(await canvasColour(page)).toBe(light);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light');
  await page.reload();
  expect(await canvasColour(page)).toBe(light);
  await choose(page, 'System');
  expect(await canvasColour(page)).toBe(dark);
});

test('a choice reaches all open tabs at once', async ({ trader }) => {
  const { page } = trader;
  await page.goto('/');
  const other = await page.context().newPage();
  await other.goto('/cash');
  await expect(other.getByRole('main').getByText('$10,000.00').first()).toBeVisible();
  const before = await canvasColour(other);
  await page.emulateMedia({ colorScheme: 'light' });
  await choose(page, 'Dark');
  await expect.poll(() => canvasColour(other)).not.toBe(before);
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Hide my amounts' }).click();
  await expect(other.getByRole('main').getByText('$10,000.00')).toHaveCount(0);
});

test('a chosen theme is applied before the first paint', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/sign-in');
  await choose(page, 'Dark');
  const dark = await canvasColour(page);
  await page.addInitScript(() => {
    const seen: string[] = [];
    (window as unknown as { grounds: string[] }).grounds = seen;
    const look = (): void => {
      // Before the style sheet there is nothing to see.
      if (document.body) seen.push(getComputedStyle(document.documentElement).backgroundColor);
      if (seen.length < 60) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  const grounds = await page.evaluate(() => (window as unknown as { grounds: string[] }).grounds);
  expect(grounds.length).toBeGreaterThan(0);
  expect([...new Set(grounds)].filter((ground) => ground !== 'rgba(0, 0, 0, 0)')).toEqual([dark]);
});

test('the colours of gains and losses have enough contrast in all themes and palettes', async ({ page }) => {
  await page.goto('/sign-in');
  for (const palette of ['Green and red', 'Blue and orange']) {
    await choose(page, palette);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const pair of [
        ['gain', 'surface'],
        ['loss', 'surface'],
        ['gain', 'gain-soft'],
        ['loss', 'loss-soft'],
        ['on-trade', 'gain'],
        ['on-trade', 'loss'],
      ] as const) {
        const [text, ground] = await Promise.all(pair.map(async (name) => token(page, name)));
        expect(
          contrast(text!, ground!),
          `${pair.join(' on ')}, ${palette}, ${colorScheme}`,
        ).toBeGreaterThanOrEqual(4.5);
      }
    }
  }
});

/** The relative luminance as WCAG defines it. */
function contrast(one: string, other: string): number {
  const [bright, dim] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (bright! + 0.05) / (dim! + 0.05);
}

function luminance(rgb: string): number {
  const [red = 0, green = 0, blue = 0] = (rgb.match(/[\d.]+/g) ?? []).map(Number).map((channel) => {
    const part = channel / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.describe('with prices that move', () => {
  test.use({ feed: 'moving' });

  test('the palette changes table, badges and candles together, and a theme recolours the chart', async ({
    trader: { page },
  }) => {
    await page.goto('/assets/BTC');
    await expect.poll(() => chartHas(page, 'gain')).toBe(true);
    await expect.poll(() => chartHas(page, 'loss')).toBe(true);
    const green = await token(page, 'gain');
    await choose(page, 'Blue and orange');
    const blue = await token(page, 'gain');
    expect(blue).not.toBe(green);
    await expect.poll(() => chartHas(page, 'gain')).toBe(true);
    await expect.poll(() => chartHasColour(page, green)).toBe(false);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await token(page, 'gain')).not.toBe(blue);
    await expect.poll(() => chartHas(page, 'gain')).toBe(true);
    await expect.poll(() => chartHasColour(page, blue)).toBe(false);
    await page.goto('/');
    const change = page.getByRole('table').getByText(/^\+\d/).filter({ visible: true }).first();
    await expect(change).toBeVisible();
    expect(await change.evaluate((element) => getComputedStyle(element).color)).toBe(
      await token(page, 'gain'),
    );
  });

  test('the chart keeps its visible range when a price comes, and leaves no canvas behind', async ({
    trader: { page },
  }) => {
    await page.goto('/assets/BTC?interval=1m');
    await expect.poll(() => chartHas(page, 'gain')).toBe(true);
    const figure = page.getByRole('figure');
    const box = (await figure.locator('canvas').first().boundingBox())!;
    const axis = () =>
      figure.locator('canvas').evaluateAll((canvases) => {
        // The time axis is the widest of the low canvases.
        const [time] = canvases
          .filter((canvas) => canvas.clientHeight < 60)
          .toSorted((one, other) => other.clientWidth - one.clientWidth);
        return (time as HTMLCanvasElement).toDataURL();
      });
    const atFirst = await axis();
    // Scrolls far back, so that nothing visible moves with the price.
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 700, box.y + 100, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(box.x + 100, box.y - 60);
    await expect.poll(axis).not.toBe(atFirst);
    const before = await axis();
    const caption = figure.locator('figcaption');
    for (let ticks = 0; ticks < 3; ticks += 1) {
      const said = await caption.textContent();
      await expect.poll(() => caption.textContent()).not.toBe(said);
    }
    expect(await axis()).toBe(before);

    await page.getByRole('banner').getByRole('link', { name: 'Orders' }).click();
    await expect(page.getByRole('heading', { name: 'Orders', exact: true })).toBeVisible();
    await expect(page.locator('canvas')).toHaveCount(0);
  });
});

async function chartHas(page: Page, name: 'gain' | 'loss'): Promise<boolean> {
  return chartHasColour(page, await token(page, name));
}

/** Returns whether a pixel of the chart has a colour. */
function chartHasColour(page: Page, colour: string): Promise<boolean> {
  return page.locator('figure canvas').evaluateAll((canvases, rgb) => {
    const [red, green, blue] = (rgb.match(/[\d.]+/g) ?? []).map(Number);
    return canvases.some((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const pixels =
        (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      for (let at = 0; at < pixels.length; at += 4) {
        if (
          pixels[at] === red &&
          pixels[at + 1] === green &&
          pixels[at + 2] === blue &&
          pixels[at + 3] === 255
        )
          return true;
      }
      return false;
    });
  }, colour);
}
