import { z } from 'zod';

const switchSetting = z.enum(['on', 'off']).optional();

/** Whether cash of this installation may be play money; the gateway and the user service need the same. */
export const playMoneySettings = z.object({
  /** Whether users may credit their own account without paying. */
  ALLOW_FREE_DEPOSITS: switchSetting,
  /** Whether anyone may open an account with play money in one step. */
  DEMO_ACCOUNTS: switchSetting,
});

/** What an installation gives away. */
export interface PlayMoney {
  readonly freeDeposits: boolean;
  readonly demoAccounts: boolean;
}

/** Returns what the settings allow: outside production everything that they do not turn off, in production nothing. */
export function playMoneyOf({
  NODE_ENV,
  ALLOW_FREE_DEPOSITS,
  DEMO_ACCOUNTS,
}: z.output<typeof playMoneySettings> & { readonly NODE_ENV: string }): PlayMoney {
  const isProduction = NODE_ENV === 'production';
  const freeDeposits = ALLOW_FREE_DEPOSITS === undefined ? !isProduction : ALLOW_FREE_DEPOSITS === 'on';
  return { freeDeposits, demoAccounts: freeDeposits && !isProduction && DEMO_ACCOUNTS !== 'off' };
}

/**
 * Refuses demo accounts without the deposit that makes them.
 * @throws through `context`: use it as a zod `superRefine`
 */
export function refuseDemoWithoutDeposits(
  settings: z.output<typeof playMoneySettings>,
  context: z.RefinementCtx,
): void {
  if (settings.DEMO_ACCOUNTS !== 'on' || settings.ALLOW_FREE_DEPOSITS !== 'off') return;
  const message = 'needs ALLOW_FREE_DEPOSITS=on: a demo account begins with a free deposit';
  context.addIssue({ code: 'custom', path: ['DEMO_ACCOUNTS'], message });
}
