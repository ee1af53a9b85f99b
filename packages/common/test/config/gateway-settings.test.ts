import { expect, it } from 'vitest';
import { gatewaySettings, offersDemoAccounts, webFolderOf } from '../../src/config/gateway-settings.ts';
import { readConfig } from '../../src/config/read-config.ts';

it.each([
  [undefined, undefined, undefined],
  [undefined, '/built', '/built'],
  ['', '/built', '/built'],
  ['/mine', '/built', '/mine'],
  ['/mine', undefined, '/mine'],
  ['off', '/built', undefined],
])('WEB_DIR %j serves, where the built app is %j, %j', (given, builtApp, served) => {
  expect(webFolderOf(readConfig(gatewaySettings, { WEB_DIR: given }), builtApp)).toBe(served);
});

it.each([
  [undefined, 'development', true],
  [undefined, 'test', true],
  [undefined, 'production', false],
  ['off', 'development', false],
  ['on', 'production', true],
])('DEMO_ACCOUNTS %j in %s offers them: %j', (given, mode, isOffered) => {
  const settings = readConfig(gatewaySettings, { DEMO_ACCOUNTS: given });
  expect(offersDemoAccounts({ ...settings, NODE_ENV: mode })).toBe(isOffered);
});
