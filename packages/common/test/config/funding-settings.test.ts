import { fundingOf, fundingSettings, refuseUnsignedFunding } from '@cnop/common/config/funding-settings';
import { readConfig } from '@cnop/common/config/read-config';
import { expect, it } from 'vitest';

const SECRET = 'x'.repeat(32);
const settings = fundingSettings.superRefine(refuseUnsignedFunding);

it('moves money at once by default, and lets no withdrawal wait', () => {
  expect(fundingOf(readConfig(settings, {}))).toEqual({
    provider: 'instant',
    bankSeconds: 10,
    webhookSecrets: [],
    reviewAbove: undefined,
  });
});

it('takes several secrets, so that one can be replaced', () => {
  const environment = { FUNDING_PROVIDER: 'webhook', FUNDING_WEBHOOK_SECRET: `${SECRET},${SECRET}2` };
  expect(fundingOf(readConfig(settings, environment))).toMatchObject({
    provider: 'webhook',
    webhookSecrets: [SECRET, `${SECRET}2`],
  });
});

it.each([
  [{ FUNDING_PROVIDER: 'stripe' }, 'FUNDING_PROVIDER'],
  [{ FUNDING_PROVIDER: 'webhook' }, 'FUNDING_WEBHOOK_SECRET: must be the secret'],
  [{ FUNDING_WEBHOOK_SECRET: 'short' }, 'at least 32 characters'],
  [{ SIMULATED_BANK_SECONDS: '-1' }, 'SIMULATED_BANK_SECONDS'],
  [{ WITHDRAWAL_REVIEW_USD: '0.001' }, 'WITHDRAWAL_REVIEW_USD'],
])('%j is refused: %s', (environment, fault) => {
  expect(() => readConfig(settings, environment)).toThrow(fault);
});
