import { z } from 'zod';

const switchSetting = z.enum(['on', 'off']).optional();

/** The settings of play money. The gateway and the user service need the same values. */
export const playMoneySettings = z.object({
  /** Allows users to deposit cash without paying. */
  ALLOW_FREE_DEPOSITS: switchSetting,
  /** Allows any client to open an account with play money in one step. */
  DEMO_ACCOUNTS: switchSetting,
});

/** The kinds of play money that an installation offers. */
export interface PlayMoney {
  readonly freeDeposits: boolean;
  readonly demoAccounts: boolean;
}

/**
 * Returns the play money that the settings allow. Outside production, all of it unless turned off; in production, only
 * free deposits, and only when turned on.
 */
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
 * Refuses demo accounts without free deposits, which a demo account begins with. Use it as a zod `superRefine`: it adds
 * an issue to `context`.
 */
export function refuseDemoWithoutDeposits(
  settings: z.output<typeof playMoneySettings>,
  context: z.RefinementCtx,
): void {
  if (settings.DEMO_ACCOUNTS !== 'on' || settings.ALLOW_FREE_DEPOSITS !== 'off') return;
  const message = 'needs ALLOW_FREE_DEPOSITS=on: a demo account begins with a free deposit';
  context.addIssue({ code: 'custom', path: ['DEMO_ACCOUNTS'], message });
}
