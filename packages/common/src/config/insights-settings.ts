import { z } from 'zod';
import { integerSetting } from './settings.ts';

const TIMEOUT_LIMITS_MILLISECONDS = { min: 100, max: 30_000 };
const MAX_TOKEN_LENGTH = 500;

/** The settings of what words the insights into a portfolio. */
export const insightsSettings = z.object({
  /** `http` sends the codes and rounded shares of findings to a language model; off by default. */
  INSIGHTS_PROVIDER: z.enum(['off', 'http']).default('off'),
  /** The address of the provider. */
  INSIGHTS_PROVIDER_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Sent as a bearer token. */
  INSIGHTS_PROVIDER_TOKEN: z.string().min(1).max(MAX_TOKEN_LENGTH).optional(),
  /** Findings are shown without its words when the provider takes longer. */
  INSIGHTS_PROVIDER_TIMEOUT_MILLISECONDS: integerSetting(TIMEOUT_LIMITS_MILLISECONDS).default(3_000),
});

/** The address of a provider of words, and how to call it. */
export interface InsightsProviderOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly timeoutMilliseconds: number;
}

/** Returns how to call the provider; undefined when it is off. */
export function insightsProviderOf({
  INSIGHTS_PROVIDER,
  INSIGHTS_PROVIDER_URL: url,
  INSIGHTS_PROVIDER_TOKEN: token,
  INSIGHTS_PROVIDER_TIMEOUT_MILLISECONDS: timeoutMilliseconds,
}: z.output<typeof insightsSettings>): InsightsProviderOptions | undefined {
  return INSIGHTS_PROVIDER === 'off' || url === undefined ? undefined : { url, token, timeoutMilliseconds };
}

/** Refuses a provider without an address, or with one that is not encrypted in production. Use it as a zod `superRefine`: it adds an issue to `context`. */
export function refuseProviderWithoutAddress(
  settings: z.output<typeof insightsSettings> & { readonly NODE_ENV: string },
  context: z.RefinementCtx,
): void {
  const { INSIGHTS_PROVIDER, INSIGHTS_PROVIDER_URL: url, NODE_ENV } = settings;
  if (INSIGHTS_PROVIDER === 'off') return;
  const refuse = (message: string) =>
    context.addIssue({ code: 'custom', path: ['INSIGHTS_PROVIDER_URL'], message });
  if (url === undefined) refuse('must be set when INSIGHTS_PROVIDER is http');
  else if (NODE_ENV === 'production' && !url.startsWith('https:'))
    refuse('must begin with https in production');
}
