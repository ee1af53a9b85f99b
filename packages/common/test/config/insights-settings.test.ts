import {
  insightsProviderOf,
  insightsSettings,
  refuseProviderWithoutAddress,
} from '@cnop/common/config/insights-settings';
import { readConfig } from '@cnop/common/config/read-config';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const settings = insightsSettings
  .extend({ NODE_ENV: z.string().default('development') })
  .superRefine(refuseProviderWithoutAddress);
const URL = 'https://words.example.com/insights';

describe('the provider of words for insights', () => {
  it('is off by default', () => {
    expect(insightsProviderOf(readConfig(settings, {}))).toBeUndefined();
    expect(insightsProviderOf(readConfig(settings, { INSIGHTS_PROVIDER_URL: URL }))).toBeUndefined();
  });

  it('has an address, a token and a limit of time', () => {
    const environment = { INSIGHTS_PROVIDER: 'http', INSIGHTS_PROVIDER_URL: URL };
    expect(insightsProviderOf(readConfig(settings, environment))).toEqual({
      url: URL,
      token: undefined,
      timeoutMilliseconds: 3_000,
    });
    const more = { INSIGHTS_PROVIDER_TOKEN: 'a', INSIGHTS_PROVIDER_TIMEOUT_MILLISECONDS: '500' };
    expect(insightsProviderOf(readConfig(settings, { ...environment, ...more }))).toMatchObject({
      token: 'a',
      timeoutMilliseconds: 500,
    });
  });

  it.each([
    [{}, 'INSIGHTS_PROVIDER_URL: must be set'],
    [{ INSIGHTS_PROVIDER_URL: 'ftp://words' }, 'INSIGHTS_PROVIDER_URL'],
    [
      { INSIGHTS_PROVIDER_URL: 'http://words.example.com', NODE_ENV: 'production' },
      'INSIGHTS_PROVIDER_URL: must begin with https in production',
    ],
    [
      { INSIGHTS_PROVIDER_URL: URL, INSIGHTS_PROVIDER_TIMEOUT_MILLISECONDS: '99' },
      'INSIGHTS_PROVIDER_TIMEOUT_MILLISECONDS',
    ],
  ])('refuses %j', (environment, message) => {
    expect(() => readConfig(settings, { INSIGHTS_PROVIDER: 'http', ...environment })).toThrow(message);
  });
});
