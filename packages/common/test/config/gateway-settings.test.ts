import { expect, it } from 'vitest';
import { gatewaySettings, webFolderOf } from '../../src/config/gateway-settings.ts';
import { readConfig } from '../../src/config/read-config.ts';

it.each([
  [undefined, undefined, undefined],
  [undefined, '/built', '/built'],
  ['', '/built', '/built'],
  ['/mine', '/built', '/mine'],
  ['/mine', undefined, '/mine'],
  ['off', '/built', undefined],
])('WEB_DIR %j with the built app in %j serves %j', (given, builtApp, served) => {
  expect(webFolderOf(readConfig(gatewaySettings, { WEB_DIR: given }), builtApp)).toBe(served);
});
