import { z } from 'zod';
import { usdInput } from '../entities/fields.ts';
import type { MoneyLimits, TierLimits } from '../entities/user/tier-limits.ts';
import { userTierSchema } from '../entities/user/user.ts';
import { listSetting } from './settings.ts';

const EXAMPLE = 'such as standard.deposit=10000,standard.withdrawal=5000,verified.order=50000';
const limitNameSchema = z.enum(['deposit', 'withdrawal', 'order']);
const amountSchema = usdInput({ sign: 'non-negative' });

/** The limits on money of each tier of users. The user service and the order service need the same value. */
export const tierSettings = z.object({
  /** Such as `standard.deposit=10000,standard.order=10000`, in USD; without it there are no limits. */
  TIER_LIMITS: listSetting.transform(readLimits).default({}),
});

function readLimits(entries: readonly string[], context: z.RefinementCtx): TierLimits {
  const limits = new Map<string, MoneyLimits>();
  const refuse = (message: string): void => {
    context.addIssue({ code: 'custom', message });
  };
  for (const entry of entries) {
    const [, tierName = '', limitName = '', text = ''] = /^(\w+)\.(\w+)=(.+)$/.exec(entry) ?? [];
    const tier = userTierSchema.safeParse(tierName).data;
    const name = limitNameSchema.safeParse(limitName).data;
    const amount = amountSchema.safeParse(text).data;
    if (tierName === '') refuse(`has "${entry}", which must be tier.limit=amount, ${EXAMPLE}`);
    else if (!tier) refuse(`has "${tierName}", which is no tier: ${userTierSchema.options.join(', ')}`);
    else if (!name) refuse(`has "${limitName}", which is no limit: ${limitNameSchema.options.join(', ')}`);
    else if (amount === undefined) refuse(`has "${text}", which is no amount of USD such as 10000 or 99.50`);
    else if (limits.get(tier)?.[name] !== undefined) refuse(`has two values of ${tier}.${name}`);
    else limits.set(tier, { ...limits.get(tier), [name]: amount });
  }
  return Object.fromEntries(limits);
}
