import { readConfig } from '@cnop/common/config/read-config';
import { tierSettings } from '@cnop/common/config/tier-settings';
import { expect, it } from 'vitest';

it.each([
  [undefined, {}],
  ['standard.deposit=10000', { standard: { deposit: '10000' } }],
  [
    'standard.deposit=10000, standard.order=99.50,verified.withdrawal=0',
    { standard: { deposit: '10000', order: '99.50' }, verified: { withdrawal: '0' } },
  ],
])('%s are the limits %j', (TIER_LIMITS, limits) => {
  expect(readConfig(tierSettings, { TIER_LIMITS })).toEqual({ TIER_LIMITS: limits });
});

it.each([
  ['10000', 'has "10000", which must be tier.limit=amount'],
  ['gold.deposit=1', 'has "gold", which is no tier: standard, verified, professional'],
  ['standard.transfer=1', 'has "transfer", which is no limit: deposit, withdrawal, order'],
  ['standard.order=1.001', 'has "1.001", which is no amount of USD'],
  ['standard.order=-1', 'has "-1", which is no amount of USD'],
  ['standard.order=1,standard.order=2', 'has two values of standard.order'],
])('%s is refused: it %s', (TIER_LIMITS, fault) => {
  expect(() => readConfig(tierSettings, { TIER_LIMITS })).toThrow(`TIER_LIMITS: ${fault}`);
});
