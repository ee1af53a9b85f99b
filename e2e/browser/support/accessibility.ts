import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Base UI puts them around what is open: they get the focus only to pass it on, which axe cannot know. */
const FOCUS_GUARDS = '[data-base-ui-focus-guard]';

/** What axe finds wrong with the page as it is now, a line for each element; by one rule alone where it is named. */
export async function findBarriers(page: Page, only?: string): Promise<string[]> {
  // In the middle of a fade every contrast is too low.
  await page.evaluate(async () => {
    const finite = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(finite.map(({ finished }) => finished));
  });
  // Its legacy mode looks at the page in one go; the other opens a second page for each look, to join what it found in
  // frames, and here are none.
  const axe = new AxeBuilder({ page }).setLegacyMode().exclude(FOCUS_GUARDS);
  const { violations } = await (only ? axe.withRules(only) : axe.withTags(RULES)).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary ?? ''}`,
    ),
  );
}

/** @param state what the page shows, for the message */
export async function expectNoBarriers(page: Page, state: string, only?: string): Promise<void> {
  expect(await findBarriers(page, only), `barriers on ${page.url()}, ${state}`).toEqual([]);
}

/** The same in both themes. They differ in colours alone, so in the second one only those are looked at. */
export async function expectNoBarriersInAnyTheme(page: Page, state: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await expectNoBarriers(page, `${state}, light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectNoBarriers(page, `${state}, dark`, 'color-contrast');
}
