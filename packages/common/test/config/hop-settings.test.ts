import { gatewayProcessSettings, refuseUnprovenHop } from '@cnop/common/config/gateway-settings';
import { readConfig } from '@cnop/common/config/read-config';
import {
  hopSettings,
  processSettings,
  refuseUnknownGateway,
  trustedPeersOf,
} from '@cnop/common/config/settings';
import { describe, expect, it } from 'vitest';

const SECRET = 'x'.repeat(32);
const REMOTE = { USER_SERVICE_URLS: 'http://user.internal:8000' };

const serviceSchema = processSettings.extend(hopSettings.shape).superRefine(refuseUnknownGateway);
const gatewaySchema = processSettings.extend(gatewayProcessSettings.shape).superRefine(refuseUnprovenHop);

describe('a service in a separate process', () => {
  it.each([
    ['GATEWAY_SECRET', { NODE_ENV: 'production' }],
    ['GATEWAY_SECRET', { NODE_ENV: 'production', TRUSTED_PROXIES: '10.0.0.0/8' }],
    ['GATEWAY_SECRET', { GATEWAY_SECRET: 'short' }],
    ['GATEWAY_SECRET', { GATEWAY_SECRET: `${SECRET},short` }],
    ['TRUSTED_PROXIES', { HOST: '0.0.0.0' }],
    ['TRUSTED_PROXIES', { HOST: '10.1.2.3' }],
  ])('does not start without a valid %s: %j', (name, environment) => {
    expect(() => readConfig(serviceSchema, environment)).toThrow(name);
  });

  it.each([
    {},
    { HOST: 'localhost' },
    { HOST: '::1' },
    { HOST: '0.0.0.0', GATEWAY_SECRET: SECRET },
    { HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.0/8' },
    { NODE_ENV: 'production', HOST: '0.0.0.0', GATEWAY_SECRET: SECRET },
  ])('starts with %j', (environment) => {
    expect(() => readConfig(serviceSchema, environment)).not.toThrow();
  });

  it('trusts this machine by default, and no peer with `none`', () => {
    expect(trustedPeersOf(readConfig(serviceSchema, {}))).toEqual(['127.0.0.1', '::1']);
    expect(trustedPeersOf(readConfig(serviceSchema, { TRUSTED_PROXIES: 'none' }))).toEqual([]);
  });
});

describe('a gateway in front of separate services', () => {
  it.each([
    ['GATEWAY_SECRET', { NODE_ENV: 'production', TRUSTED_PROXIES: 'none' }],
    ['TRUSTED_PROXIES', { ...REMOTE }],
    ['TRUSTED_PROXIES', { ...REMOTE, GATEWAY_SECRET: SECRET }],
    ['TRUSTED_PROXIES', { USER_SERVICE_URLS: 'dns://user.internal:8000' }],
    ['TRUSTED_PROXIES', { USER_SERVICE_URLS: 'file:///etc/cnop/users.txt' }],
  ])('does not start without %s: %j', (name, environment) => {
    expect(() => readConfig(gatewaySchema, environment)).toThrow(name);
  });

  it.each([
    {},
    { ...REMOTE, TRUSTED_PROXIES: 'none' },
    { ...REMOTE, TRUSTED_PROXIES: '10.0.0.0/8' },
    { USER_SERVICE_URLS: 'http://localhost:8000,http://127.0.0.2:8000,http://[::1]:8000' },
    { NODE_ENV: 'production', GATEWAY_SECRET: SECRET },
  ])('starts with %j', (environment) => {
    expect(() => readConfig(gatewaySchema, environment)).not.toThrow();
  });
});
