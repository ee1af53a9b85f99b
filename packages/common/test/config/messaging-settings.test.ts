import { ConfigError, readConfig } from '@cnop/common/config/read-config';
import { messagingSettings } from '@cnop/common/config/settings';
import { expect, it } from 'vitest';

it.each(['redis://10.0.0.5:6379', 'rediss://user:secret@redis.internal:6380/2'])(
  'accepts %s',
  (REDIS_URL) => {
    expect(readConfig(messagingSettings, { REDIS_URL }).REDIS_URL?.href).toBe(REDIS_URL);
  },
);

it.each([{}, { REDIS_URL: '' }])('works without a server: %o', (environment) => {
  expect(readConfig(messagingSettings, environment)).toEqual({});
});

it.each(['10.0.0.5:6379', 'http://10.0.0.5', 'redis', 'localhost'])(
  'refuses REDIS_URL=%s by name',
  (REDIS_URL) => {
    expect(() => readConfig(messagingSettings, { REDIS_URL })).toThrow(ConfigError);
    expect(() => readConfig(messagingSettings, { REDIS_URL })).toThrow('REDIS_URL');
  },
);
