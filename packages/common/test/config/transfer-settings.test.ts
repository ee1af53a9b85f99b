import { readConfig } from '@cnop/common/config/read-config';
import { transferLimitsOf, transferSettings } from '@cnop/common/config/transfer-settings';
import { expect, it } from 'vitest';

it.each([
  [{}, {}],
  [
    { MAX_DAILY_TRANSFER_USD: '10000.50', MAX_DAILY_TRANSFERS: '20' },
    { dailyAmount: '10000.50', dailyCount: 20 },
  ],
  [{ MAX_DAILY_TRANSFERS: '0' }, { dailyCount: 0 }],
])('%j are the limits %j', (environment, limits) => {
  expect(transferLimitsOf(readConfig(transferSettings, environment))).toEqual(limits);
});

it.each([
  { MAX_DAILY_TRANSFER_USD: '-1' },
  { MAX_DAILY_TRANSFER_USD: '0.001' },
  { MAX_DAILY_TRANSFERS: '1.5' },
])('%j is refused', (environment) => {
  expect(() => readConfig(transferSettings, environment)).toThrow(/MAX_DAILY_TRANSFER/);
});
