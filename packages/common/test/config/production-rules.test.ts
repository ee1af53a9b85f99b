import { gatewaySettings } from '@cnop/common/config/gateway-settings';
import {
  playMoneyOf,
  playMoneySettings,
  refuseDemoWithoutDeposits,
} from '@cnop/common/config/play-money-settings';
import { priceSettings } from '@cnop/common/config/price-settings';
import { refuseUnsafeInProduction } from '@cnop/common/config/production-rules';
import { readConfig } from '@cnop/common/config/read-config';
import { accountSettings, processSettings } from '@cnop/common/config/settings';
import { describe, expect, it } from 'vitest';

const schema = processSettings
  .extend(accountSettings.shape)
  .extend(gatewaySettings.shape)
  .extend(priceSettings.shape)
  .superRefine(refuseUnsafeInProduction)
  .superRefine(refuseDemoWithoutDeposits);
const SAFE = {
  NODE_ENV: 'production',
  SIGNING_KEY_FILE: '/run/secrets/signing-keys.json',
  PRICE_FEED: 'exchange',
};

it.each([
  ['BCRYPT_COST', { BCRYPT_COST: '9' }],
  ['SIGNING_KEY_FILE', { SIGNING_KEY_FILE: '' }],
  ['RATE_LIMIT_AUTH', { RATE_LIMIT_AUTH: '0' }],
  ['RATE_LIMIT_ORDERS', { RATE_LIMIT_ORDERS: '0' }],
  ['RATE_LIMIT_READS', { RATE_LIMIT_READS: '0' }],
  ['ALLOW_SIMULATED_PRICES', { PRICE_FEED: 'simulated' }],
  ['ALLOW_SIMULATED_PRICES', { PRICE_FEED: '' }],
  ['ALLOW_SIMULATED_PRICES', { PRICE_FEED: 'simulated', ALLOW_SIMULATED_PRICES: 'off' }],
  ['DEMO_ACCOUNTS', { DEMO_ACCOUNTS: 'on' }],
  ['DEMO_ACCOUNTS', { DEMO_ACCOUNTS: 'on', ALLOW_FREE_DEPOSITS: 'on' }],
])('production refuses %s with %j, and development accepts it', (name, change) => {
  expect(() => readConfig(schema, { ...SAFE, ...change })).toThrow(`${name}: `);
  expect(() => readConfig(schema, { ...SAFE, ...change, NODE_ENV: 'development' })).not.toThrow();
});

it.each([
  {},
  { PRICE_FEED: 'simulated', ALLOW_SIMULATED_PRICES: 'on' },
  { ALLOW_FREE_DEPOSITS: 'on' },
  { DEMO_ACCOUNTS: 'off', RATE_LIMIT_AUTH: '1' },
])('production starts with %j', (change) => {
  expect(() => readConfig(schema, { ...SAFE, ...change })).not.toThrow();
});

describe('play money', () => {
  it.each([
    [{ NODE_ENV: 'development' }, true, true],
    [{ NODE_ENV: 'test' }, true, true],
    [{ NODE_ENV: 'production' }, false, false],
    [{ NODE_ENV: 'production', ALLOW_FREE_DEPOSITS: 'on' }, true, false],
    [{ NODE_ENV: 'development', ALLOW_FREE_DEPOSITS: 'off' }, false, false],
    [{ NODE_ENV: 'development', DEMO_ACCOUNTS: 'off' }, true, false],
  ])('with %j: free deposits %j, demo accounts %j', (environment, freeDeposits, demoAccounts) => {
    const settings = readConfig(processSettings.extend(playMoneySettings.shape), environment);
    expect(playMoneyOf(settings)).toEqual({ freeDeposits, demoAccounts });
  });

  it('refuses demo accounts without free deposits', () => {
    const environment = { DEMO_ACCOUNTS: 'on', ALLOW_FREE_DEPOSITS: 'off' };
    expect(() => readConfig(schema, environment)).toThrow('DEMO_ACCOUNTS: ');
  });
});
