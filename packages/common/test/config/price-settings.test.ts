import { priceSettings, refuseReplayOfNothing, refuseUnsafePrices } from '@cnop/common/config/price-settings';
import { readConfig } from '@cnop/common/config/read-config';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const settings = priceSettings.superRefine(refuseReplayOfNothing);
const read = (environment: Readonly<Record<string, string>>) => readConfig(settings, environment);

describe('the settings of prices', () => {
  test('simulate prices each second by default', () => {
    expect(read({})).toMatchObject({
      PRICE_FEED: 'simulated',
      PRICE_TICK_MILLISECONDS: 1_000,
      PRICE_MAX_JUMP_PERCENT: 20,
      PRICE_PERSIST_SECONDS: 5,
    });
  });

  test('name the file of each asset to replay', () => {
    const { PRICE_REPLAY_FILES } = read({
      PRICE_FEED: 'replay',
      PRICE_REPLAY_FILES: ' btc=./a=b.csv, USDC=/c.csv ,',
    });
    expect([...PRICE_REPLAY_FILES]).toEqual([
      ['BTC', './a=b.csv'],
      ['USDC', '/c.csv'],
    ]);
  });

  test.each(['0.5', '1', '3600'])('accept a speed of %s', (speed) => {
    expect(read({ PRICE_REPLAY_SPEED: speed }).PRICE_REPLAY_SPEED).toBe(Number(speed));
  });

  test.each([
    ['PRICE_FEED', 'stored'],
    ['PRICE_FEED', 'random'],
    ['PRICE_SEED', 'x'.repeat(101)],
    ['PRICE_TICK_MILLISECONDS', '9'],
    ['PRICE_TICK_MILLISECONDS', '60001'],
    ['PRICE_TICK_MILLISECONDS', '1e3'],
    ['PRICE_REPLAY_FILES', './btc.csv'],
    ['PRICE_REPLAY_FILES', 'BTC='],
    ['PRICE_REPLAY_FILES', 'BTC=a.csv,btc=b.csv'],
    ['PRICE_REPLAY_FILES', 'B!=a.csv'],
    ['PRICE_REPLAY_SPEED', '0'],
    ['PRICE_REPLAY_SPEED', '-1'],
    ['PRICE_REPLAY_SPEED', '2000000'],
    ['PRICE_EXCHANGE', 'Kraken!'],
    ['PRICE_EXCHANGE_URL', 'ftp://relay'],
    ['PRICE_MAX_JUMP_PERCENT', '0'],
    ['PRICE_MAX_JUMP_PERCENT', '20.5'],
    ['PRICE_PERSIST_SECONDS', '0'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(name);
  });

  test('refuse a replay without files', () => {
    expect(() => read({ PRICE_FEED: 'replay' })).toThrow('PRICE_REPLAY_FILES');
  });
});

describe('production', () => {
  const production = priceSettings.extend({ NODE_ENV: z.string() }).superRefine(refuseUnsafePrices);

  test.each([
    ['production', '51', false],
    ['production', '50', true],
    ['development', '999999999', true],
  ])(
    'in %s a manual price change of %s %% by one administrator is accepted: %s',
    (environment, percent, isAccepted) => {
      const { success, error } = production.safeParse({
        NODE_ENV: environment,
        PRICE_MANUAL_MAX_PERCENT: percent,
      });
      expect(success).toBe(isAccepted);
      if (!isAccepted) expect(error?.issues[0]?.path).toEqual(['PRICE_MANUAL_MAX_PERCENT']);
    },
  );

  test('refuses a seed, which makes prices predictable', () => {
    const read = (environment: Readonly<Record<string, string>>) => production.safeParse(environment);
    expect(read({ NODE_ENV: 'production' }).success).toBe(true);
    expect(read({ NODE_ENV: 'development', PRICE_SEED: 'demo' }).success).toBe(true);
    const refused = read({ NODE_ENV: 'production', PRICE_SEED: 'demo' });
    expect(refused.error?.issues.map(({ path }) => path)).toEqual([['PRICE_SEED']]);
  });
});
