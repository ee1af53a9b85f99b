import { z } from 'zod';
import type { Usd } from '../core/brands.ts';
import { usdInput } from '../entities/fields.ts';
import type { FundingProviderName } from '../entities/user/payment.ts';
import { fundingProviderSchema } from '../entities/user/payment.ts';
import { integerSetting, listSetting } from './settings.ts';

const BANK_DELAY_LIMITS = { min: 0, max: 604_800 };
const DEFAULT_BANK_DELAY_SECONDS = 10;
/** The length of the HMAC key in characters. */
const MIN_SECRET_LENGTH = 32;

/** The settings of deposits and withdrawals. */
export const fundingSettings = z.object({
  /** Who moves the money outside of the platform. */
  FUNDING_PROVIDER: fundingProviderSchema.default('instant'),
  /** The time that the simulated bank takes for each of its two steps. */
  SIMULATED_BANK_SECONDS: integerSetting(BANK_DELAY_LIMITS).default(DEFAULT_BANK_DELAY_SECONDS),
  /** One or more secrets with commas, by which the events of the provider are signed; all of them are accepted. */
  FUNDING_WEBHOOK_SECRET: listSetting
    .pipe(
      z
        .array(
          z.string().min(MIN_SECRET_LENGTH, {
            error: `must have at least ${MIN_SECRET_LENGTH} characters`,
          }),
        )
        .min(1),
    )
    .optional(),
  /** A withdrawal above this many USD waits for a member of staff; without it none does. */
  WITHDRAWAL_REVIEW_USD: usdInput({ sign: 'non-negative' }).optional(),
});

/** How deposits and withdrawals are carried out. */
export interface Funding {
  readonly provider: FundingProviderName;
  /** The time that the simulated bank takes for each step. */
  readonly bankSeconds: number;
  /** The secrets of the provider's events; none are accepted without one. */
  readonly webhookSecrets: readonly string[];
  /** USD above which a withdrawal waits for staff. */
  readonly reviewAbove: Usd | undefined;
}

/** Returns how deposits and withdrawals are carried out. */
export function fundingOf(settings: z.output<typeof fundingSettings>): Funding {
  return {
    provider: settings.FUNDING_PROVIDER,
    bankSeconds: settings.SIMULATED_BANK_SECONDS,
    webhookSecrets: settings.FUNDING_WEBHOOK_SECRET ?? [],
    reviewAbove: settings.WITHDRAWAL_REVIEW_USD,
  };
}

/** Refuses a provider whose events could not be told from forged ones. Use it as a zod `superRefine`. */
export function refuseUnsignedFunding(
  { FUNDING_PROVIDER, FUNDING_WEBHOOK_SECRET }: z.output<typeof fundingSettings>,
  context: z.RefinementCtx,
): void {
  if (FUNDING_PROVIDER !== 'webhook' || FUNDING_WEBHOOK_SECRET !== undefined) return;
  const message =
    'must be the secret that the provider signs its events with, where FUNDING_PROVIDER=webhook';
  context.addIssue({ code: 'custom', path: ['FUNDING_WEBHOOK_SECRET'], message });
}
