import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Focus guards of Base UI around an open popup: they only pass the focus on, which axe cannot know. */
const FOCUS_GUARDS = '[data-base-ui-focus-guard]';

/** Returns the violations that axe finds, one line for each element; of one rule if named. */
export async function findBarriers(page: Page, only?: string): Promise<string[]> {
  // During a fade every contrast is too low.
  await page.evaluate(async () => {
    const finite = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(finite.map(({ finished }) => finished));
  });
  // The legacy mode of axe checks the page in one go; the other opens a second page to merge frames, of which there are
  // none.
  const axe = new AxeBuilder({ page }).setLegacyMode().exclude(FOCUS_GUARDS);
  const { violations } = await (only ? axe.withRules(only) : axe.withTags(RULES)).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary ?? ''}`,
    ),
  );
}

/**
 * Expects axe to find no violations.
 * @param state what the page shows, for the message
 */
export async function expectNoBarriers(page: Page, state: string, only?: string): Promise<void> {
  expect(await findBarriers(page, only), `barriers on ${page.url()}, ${state}`).toEqual([]);
}

/** Expects no violations in either theme. The themes differ only in colours, so the second run checks only those. */
export async function expectNoBarriersInAnyTheme(page: Page, state: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await expectNoBarriers(page, `${state}, light`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectNoBarriers(page, `${state}, dark`, 'color-contrast');
}
