import type { z } from 'zod';

/** The lowest cost that is safe on current hardware. */
const MIN_BCRYPT_COST = 10;

/** The settings with values that production refuses. A process has only those that it reads. */
interface CheckedSettings {
  readonly NODE_ENV: string;
  readonly BCRYPT_COST?: number;
  readonly SIGNING_KEY_FILE?: string | undefined;
  readonly RATE_LIMIT_AUTH?: number;
  readonly RATE_LIMIT_ORDERS?: number;
  readonly RATE_LIMIT_READS?: number;
  readonly PRICE_FEED?: string;
  readonly ALLOW_SIMULATED_PRICES?: 'on' | 'off' | undefined;
  readonly DEMO_ACCOUNTS?: 'on' | 'off' | undefined;
}

interface Rule {
  /** The setting to change. */
  readonly setting: keyof CheckedSettings;
  readonly isBroken: (settings: CheckedSettings) => boolean;
  /** The rest of the sentence that starts with the name of the setting. */
  readonly demand: string;
}

const noLimit = (setting: 'RATE_LIMIT_AUTH' | 'RATE_LIMIT_ORDERS' | 'RATE_LIMIT_READS'): Rule => ({
  setting,
  isBroken: (settings) => settings[setting] === 0,
  demand: 'must not be 0 (no limit) in production',
});

/** The values that are dangerous in production; docs/operating/production.md gives the reasons. */
const RULES: readonly Rule[] = [
  {
    setting: 'BCRYPT_COST',
    isBroken: ({ BCRYPT_COST }) => BCRYPT_COST !== undefined && BCRYPT_COST < MIN_BCRYPT_COST,
    demand: `must be at least ${MIN_BCRYPT_COST} in production`,
  },
  {
    setting: 'SIGNING_KEY_FILE',
    isBroken: (settings) => settings.BCRYPT_COST !== undefined && settings.SIGNING_KEY_FILE === undefined,
    demand: 'must name the file of the signing keys in production',
  },
  noLimit('RATE_LIMIT_AUTH'),
  noLimit('RATE_LIMIT_ORDERS'),
  noLimit('RATE_LIMIT_READS'),
  {
    setting: 'ALLOW_SIMULATED_PRICES',
    isBroken: (settings) => settings.PRICE_FEED === 'simulated' && settings.ALLOW_SIMULATED_PRICES !== 'on',
    demand: 'must be `on` to use simulated prices in production; or choose another PRICE_FEED',
  },
  {
    setting: 'DEMO_ACCOUNTS',
    isBroken: ({ DEMO_ACCOUNTS }) => DEMO_ACCOUNTS === 'on',
    demand: 'must not be `on` in production',
  },
];

/**
 * Refuses settings that are dangerous in production. Use it as a zod `superRefine`: it adds issues to `context`.
 * @see docs/operating/production.md
 */
export function refuseUnsafeInProduction(settings: CheckedSettings, context: z.RefinementCtx): void {
  if (settings.NODE_ENV !== 'production') return;
  for (const { setting, isBroken, demand } of RULES) {
    if (isBroken(settings)) context.addIssue({ code: 'custom', path: [setting], message: demand });
  }
}
