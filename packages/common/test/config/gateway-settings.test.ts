import { expect, it } from 'vitest';
import { gatewayProcessSettings, gatewaySettings, webFolderOf } from '../../src/config/gateway-settings.ts';
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

it('takes origins, names and files as the sources of instances', () => {
  const sources = [
    'http://10.0.0.1:8002',
    'https://order.example.com',
    'dns://order.internal:8002',
    'srv://_http._tcp.order.internal',
    'file:///etc/cnop/orders.txt',
  ];
  const { ORDER_SERVICE_URLS } = readConfig(gatewayProcessSettings, {
    ORDER_SERVICE_URLS: sources.join(','),
  });
  expect(ORDER_SERVICE_URLS.map(String).map((source) => source.replace(/\/$/, ''))).toEqual(sources);
});

it.each([
  'dns://order.internal',
  'dns://order.internal:8002/path',
  'srv://order.internal',
  'srv://_http._tcp.order.internal:8002',
  'file://instances.txt',
  'http://10.0.0.1:8002/path',
  'ftp://10.0.0.1',
  '10.0.0.1:8002',
])('refuses %j as the source of instances', (source) => {
  expect(() => readConfig(gatewayProcessSettings, { ORDER_SERVICE_URLS: source })).toThrow(
    'ORDER_SERVICE_URLS',
  );
});

it.each(['10.0.0.2', '10.0.0.2:5353,10.0.0.3', '[fd00::2]:53', 'fd00::2'])(
  'takes %j as DNS servers',
  (servers) => {
    expect(readConfig(gatewayProcessSettings, { DNS_SERVERS: servers }).DNS_SERVERS).toEqual(
      servers.split(','),
    );
  },
);

it.each(['resolver.internal', '10.0.0.2:', '10.0.0'])('refuses %j as DNS servers', (servers) => {
  expect(() => readConfig(gatewayProcessSettings, { DNS_SERVERS: servers })).toThrow('DNS_SERVERS');
});
