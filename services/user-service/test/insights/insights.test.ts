import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isoTime } from '@cnop/common/core/brands';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { orderDocumentRecord } from '@cnop/common/dao/order/order-dao';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { anOrderDocument } from '@cnop/testing/builders/order';
import { afterEach, describe, expect, it } from 'vitest';
import { bookTrade } from '../portfolio/booked-trade.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { fieldErrors, startUserService } from '../user-service-under-test.ts';

const ENDLESS = 'x'.repeat(100_000);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Finding {
  readonly code: string;
  readonly asset_id: string | null;
  readonly values: readonly { readonly name: string; readonly value: string }[];
  readonly text: string | null;
}

async function open(provider?: { readonly url: string; readonly timeoutMilliseconds?: number }) {
  const insightsProvider = provider && { token: 'a secret', timeoutMilliseconds: 5_000, ...provider };
  const service = await startUserService({ insightsProvider });
  cleanups.push(() => service.stop());
  const assets = createAssetDao(service.store);
  const at = isoTime(service.clock.now());
  await assets.createAsset(anAsset({ asset_id: 'BTC', current_price: '100.00', last_price_update: at }));
  await assets.createAsset(anAsset({ asset_id: 'ETH', current_price: '10.00', last_price_update: at }));
  return service;
}

/** Adds a user with 850 of 1,000 dollars in BTC. */
async function investor(service: UserServiceUnderTest, name: string) {
  const username = aUsername(name);
  await service.addUser({ username, email: `${name}@example.com` });
  await service.runtime.fund(username, '1000.00');
  await bookTrade(service, { username, assetId: 'BTC', units: '8.5', cash: '850.00' });
  const headers = await service.runtime.signIn(username);
  const call = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object) =>
    service.call(method, `/portfolio/${path}`, { headers, ...(body && { body }) });
  const read = async () => {
    const answer = await call('GET', 'insights');
    expect(answer.status, answer.text).toBe(200);
    return answer.body as unknown as { readonly data: readonly Finding[]; readonly wording: string };
  };
  return { username, call, read };
}

describe('insights', () => {
  it('are findings with the numbers behind them', async () => {
    const { read } = await investor(await open(), 'finder');
    expect(await read()).toEqual({
      data: [
        {
          code: 'concentration',
          severity: 'serious',
          asset_id: 'BTC',
          values: [
            { name: 'share', unit: 'share', value: '0.85' },
            { name: 'value', unit: 'usd', value: '850.00' },
          ],
          threshold: '0.8',
          action: 'sell_asset',
          text: null,
        },
        {
          code: 'no_stop',
          severity: 'info',
          asset_id: 'BTC',
          values: [
            { name: 'share', unit: 'share', value: '0.85' },
            { name: 'value', unit: 'usd', value: '850.00' },
          ],
          threshold: '0.1',
          action: 'place_stop',
          text: null,
        },
      ],
      wording: 'plain',
    });
  });

  it('count open stops alone as protection', async () => {
    const service = await open();
    const { username, read } = await investor(service, 'stopper');
    await bookTrade(service, { username, assetId: 'ETH', units: '10', cash: '100.00' });
    const created_at = isoTime(service.clock.now());
    const orders = [
      { order_id: 'stop', order_type: 'stop_loss', quantity: '6', status: 'queued' },
      { order_id: 'trail', order_type: 'trailing_stop', quantity: '2', status: 'queued' },
      { order_id: 'limit', order_type: 'limit_sell', quantity: '0.5', status: 'queued' },
      { order_id: 'gone', order_type: 'stop_loss', quantity: '8.5', status: 'cancelled' },
    ] as const;
    const writes = orders.map((order) =>
      orderDocumentRecord.create(anOrderDocument({ username, asset_id: 'BTC', created_at, ...order })),
    );
    await service.store.transact({}, () => ({ writes, result: undefined }));
    const key = assetBalanceRecord.key({ username, asset_id: anAssetId('BTC') });
    await service.store.transact({ key }, (items) => {
      const holding = assetBalanceRecord.readIfPresent(items.key)!;
      return {
        writes: [assetBalanceRecord.replace({ ...holding, held_quantity: holding.quantity })],
        result: undefined,
      };
    });
    // Half a unit of BTC is less than a tenth of the portfolio, and so are all units of ETH.
    expect((await read()).data.map(({ code }) => code)).toEqual(['concentration']);
  });

  it('warn of prices that are old', async () => {
    const service = await open();
    const { read } = await investor(service, 'waiter');
    service.clock.advanceMilliseconds(901_000);
    const { data } = await read();
    expect(data.find(({ code }) => code === 'stale_price')?.values[0]).toMatchObject({
      name: 'age',
      value: '901',
    });
  });

  it('are not found without an account', async () => {
    const service = await open();
    const headers = await service.runtime.signIn('ghost');
    expect(await service.call('GET', '/portfolio/insights', { headers })).toMatchObject({ status: 404 });
  });
});

describe('a target allocation', () => {
  it('is stored, replaced and removed, and the drift from it is found', async () => {
    const { call, read } = await investor(await open(), 'planner');
    expect(await call('GET', 'target-allocation')).toMatchObject({ status: 200, body: { data: null } });
    const first = { cash: '15', assets: [{ asset_id: 'btc', percentage: '85.00' }] };
    expect(await call('PUT', 'target-allocation', first)).toMatchObject({ status: 200 });
    expect((await read()).data.map(({ code }) => code)).not.toContain('drift');
    const second = {
      cash: '0.5',
      assets: [
        { asset_id: 'BTC', percentage: '70' },
        { asset_id: 'ETH', percentage: '29.5' },
      ],
    };
    const stored = { data: { ...second, updated_at: expect.any(String) as string } };
    expect((await call('PUT', 'target-allocation', second)).body).toEqual(stored);
    expect((await call('GET', 'target-allocation')).body).toEqual(stored);
    const drift = (await read()).data.filter(({ code }) => code === 'drift');
    expect(drift.map(({ asset_id, values }) => [asset_id, values[0]?.value])).toEqual([
      ['ETH', '-0.295'],
      ['BTC', '0.15'],
      [null, '0.145'],
    ]);
    expect(await call('DELETE', 'target-allocation')).toMatchObject({ status: 200, body: { data: null } });
    expect(await call('DELETE', 'target-allocation')).toMatchObject({ status: 200 });
    expect((await read()).data.map(({ code }) => code)).not.toContain('drift');
  });

  it('is refused unless it names known assets, each once, and makes up the whole', async () => {
    const { call } = await investor(await open(), 'guesser');
    const half = { asset_id: 'BTC', percentage: '50' };
    for (const [body, errors] of [
      [{ cash: '50', assets: [] }, { assets: 'invalid_sum' }],
      [{ cash: '0', assets: [half, half] }, { assets: 'duplicate' }],
      [{ cash: '50', assets: [{ ...half, asset_id: 'XRP' }] }, { 'assets.0.asset_id': 'unknown_asset' }],
      [{ cash: '-1', assets: [half] }, { cash: 'invalid_decimal' }],
      [{ cash: '50.001', assets: [half] }, { cash: 'too_precise' }],
      [{ cash: '100', assets: [{ ...half, percentage: '0' }] }, { 'assets.0.percentage': 'too_small' }],
    ] as const) {
      const answer = await call('PUT', 'target-allocation', body);
      expect(answer.status, answer.text).toBe(422);
      expect(fieldErrors(answer)).toEqual(errors);
    }
    expect((await call('GET', 'target-allocation')).body).toEqual({ data: null });
  });
});

/** Starts a provider that gives each answer in turn, and keeps what it was sent. */
async function startProvider(
  answer: (body: string) => { readonly status?: number; readonly body?: string } | 'never',
) {
  const received: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const headers = Object.entries(request.headers).filter(([name]) => !/^(?:host|connection)$/.test(name));
      const lines = headers.map(([name, value]) => `${name}: ${String(value)}`).toSorted();
      received.push([`${request.method} ${request.url}`, ...lines, '', body].join('\n'));
      const result = answer(body);
      if (result === 'never') return;
      response.writeHead(result.status ?? 200, { 'content-type': 'application/json' }).end(result.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/word`, received };
}

describe('a provider of words', () => {
  it('is told codes and rounded shares, and nothing else', async () => {
    const provider = await startProvider(() => ({ body: JSON.stringify({ texts: ['One.', 'Two.'] }) }));
    const service = await open(provider);
    const { username, read } = await investor(service, 'private_person');
    await bookTrade(service, { username, assetId: 'ETH', units: '1.25', cash: '12.34' });
    const { data, wording } = await read();
    expect(wording).toBe('provider');
    expect(data.map(({ text: words }) => words)).toEqual(['One.', 'Two.']);
    const body =
      '{"language":"en","findings":[' +
      '{"code":"concentration","severity":"serious","shares":{"share":"0.85"},"action":"sell_asset"},' +
      '{"code":"no_stop","severity":"info","shares":{"share":"0.85"},"action":"place_stop"}]}';
    expect(provider.received).toEqual([
      [
        'POST /word',
        'accept-encoding: identity',
        'accept-language: en',
        'accept: application/json',
        'authorization: Bearer a secret',
        `content-length: ${body.length}`,
        'content-type: application/json',
        'sec-fetch-mode: cors',
        'user-agent: cnop',
        '',
        body,
      ].join('\n'),
    ]);
  });

  it('is not asked without findings', async () => {
    const provider = await startProvider(() => ({ body: '{"texts":[]}' }));
    const service = await open(provider);
    await service.addUser({ username: 'empty', email: 'empty@example.com' });
    const headers = await service.runtime.signIn('empty');
    const answer = await service.call('GET', '/portfolio/insights', { headers });
    expect(answer.body).toEqual({ data: [], wording: 'plain' });
    expect(provider.received).toEqual([]);
  });

  it.each([
    ['fails', () => ({ status: 500, body: '{"texts":["a","b"]}' })],
    ['sends another number of texts', () => ({ body: '{"texts":["a"]}' })],
    ['sends something else', () => ({ body: 'words' })],
    ['sends a text that is too long', () => ({ body: JSON.stringify({ texts: ['a', 'x'.repeat(501)] }) })],
    ['sends control characters', () => ({ body: JSON.stringify({ texts: ['a', 'b\u0007'] }) })],
    ['sends more than it may', () => ({ body: JSON.stringify({ texts: ['a', 'b'], more: ENDLESS }) })],
    ['redirects', () => ({ status: 302 })],
    ['does not answer', () => 'never' as const],
  ])('that %s leaves the findings plain', async (_, answer) => {
    const provider = await startProvider(answer);
    const service = await open({ ...provider, timeoutMilliseconds: 200 });
    const { read } = await investor(service, 'patient');
    const { data, wording } = await read();
    expect(wording).toBe('plain');
    expect(data.map(({ code, text: words }) => [code, words])).toEqual([
      ['concentration', null],
      ['no_stop', null],
    ]);
    expect(provider.received).toHaveLength(1);
  });
});
