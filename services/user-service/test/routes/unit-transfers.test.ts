import { isoTime } from '@cnop/common/core/brands';
import { assetBalanceRecord, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { assetRecord, createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { Asset, AssetStatus } from '@cnop/common/entities/inventory/asset';
import { anAssetId, aQuantity, aTime, aUsd, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookTrade } from '../portfolio/booked-trade.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, startUserService } from '../user-service-under-test.ts';

const BTC = anAssetId('BTC');
const NOW = '2026-01-15T12:00:00.000Z';
const LATER = '2026-01-15T12:00:30.000Z';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService({ transferLimits: { dailyAmount: aUsd('500.00') } });
  const assets = createAssetDao(service.store);
  await assets.createAsset(anAsset({ asset_id: 'BTC', current_price: '130.00', last_price_update: NOW }));
  await assets.createAsset(
    anAsset({ asset_id: 'ART', category: 'nft', quantity_scale: 0, last_price_update: NOW }),
  );
});
afterAll(() => service.stop());

let pairs = 0;

/** Creates a sender with 3 BTC for 100 USD each and a recipient without any. */
async function aPair() {
  service.clock.set(NOW);
  await changeBtc({ last_price_update: aTime(NOW) });
  pairs += 1;
  const [sender, recipient] = [aUsername(`giver${pairs}`), aUsername(`taker${pairs}`)];
  const headers = await service.signedIn(sender);
  await service.addUser({ username: recipient });
  await service.runtime.fund(sender, '300.00');
  await bookTrade(service, { username: sender, assetId: 'BTC', units: '3', cash: '300.00' });
  service.clock.set(LATER);
  const body = (quantity: string, assetId: string) => ({ to: recipient, asset_id: assetId, quantity });
  return {
    sender,
    recipient,
    headers,
    send: (quantity: string, { assetId = 'BTC', ...extra }: Record<string, string> = {}) =>
      service.call('POST', '/transfers/units', {
        headers: { ...headers, ...extra },
        body: body(quantity, assetId),
      }),
    preview: (quantity: string) =>
      service.call('POST', '/transfers/units/preview', { headers, body: body(quantity, 'BTC') }),
  };
}

/** Changes BTC as it is stored. */
async function changeBtc(changes: Partial<Asset>): Promise<void> {
  await service.store.transact({ btc: assetRecord.key({ asset_id: BTC }) }, ({ btc }) => {
    const changed = { ...assetRecord.readIfPresent(btc)!, ...changes };
    return { writes: [assetRecord.replace(changed)], result: undefined };
  });
}

const positionOf = async (username: string) =>
  assetBalanceRecord.readIfPresent(
    await service.store.get(assetBalanceRecord.key({ username: aUsername(username), asset_id: BTC })),
  );

const historyOf = async (username: string) => {
  const headers = await service.runtime.signIn(username);
  return (await service.call('GET', '/portfolio/history?range=all', { headers })).body.data;
};

describe('a transfer of units', () => {
  it('moves them with their cost, in one transaction for both positions, and tells both users', async () => {
    const { sender, recipient, headers, send } = await aPair();
    const answer = await send('0.5');
    expect(answer).toMatchObject({
      status: 201,
      body: {
        message: `Transferred 0.5 BTC to ${recipient}`,
        asset_id: 'BTC',
        quantity: '0.5',
        new_quantity: '2.5',
      },
    });
    expect(await positionOf(sender)).toMatchObject({ quantity: '2.5', total_invested: '250.00' });
    expect(await positionOf(recipient)).toMatchObject({
      quantity: '0.5',
      total_invested: '50.00',
      average_purchase_price: '100',
      realized_pnl: '0.00',
      transferred_gain: '15.00',
    });
    const trades = createAssetTransactionDao(service.store);
    const page = { limit: 1, offset: 0, after: undefined };
    for (const [username, other, direction] of [
      [sender, recipient, 'out'],
      [recipient, sender, 'in'],
    ] as const) {
      const { items } = await trades.getUserAssetTransactions(username, BTC, page);
      expect(items).toMatchObject([
        {
          transaction_id: answer.body.transaction_id,
          transaction_type: 'transfer',
          counterpart: `user:${other}`,
          direction,
          quantity: '0.5',
          price: '130.00',
          total_amount: '65.00',
          cost: '50.00',
        },
      ]);
    }
    const data = (quantity: string) => ({
      balance: expect.anything() as unknown,
      holding: { asset_id: 'BTC', quantity, held_quantity: '0' },
    });
    const events = async (of: { authorization: string }) =>
      (await service.call('GET', '/events?after=0', { headers: of })).body.data;
    expect((await events(headers)).at(-1)).toMatchObject({ type: 'holding.changed', data: data('2.5') });
    expect((await events(await service.runtime.signIn(recipient))).at(-1)).toMatchObject({
      type: 'holding.changed',
      data: { ...data('0.5'), cause: 'transfer_received' },
    });
  });

  it('is a deposit and a withdrawal of its value in both histories, and no profit', async () => {
    const { sender, recipient, send } = await aPair();
    await send('2');
    const shown = async (username: string) =>
      (await historyOf(username)).map(({ total_value, net_deposits }) => [total_value, net_deposits]);
    expect((await shown(sender)).slice(-2)).toEqual([
      ['390.00', '300.00'],
      ['130.00', '40.00'],
    ]);
    expect((await shown(recipient)).slice(-2)).toEqual([
      ['0.00', '0.00'],
      ['260.00', '260.00'],
    ]);
  });

  it('takes effect once for each key', async () => {
    const { recipient, send } = await aPair();
    const once = () => send('1', { 'idempotency-key': 'units-1' });
    const answers = await Promise.all([once(), once(), once()]);
    expect(countByStatus(answers)).toEqual({ 201: 3 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await positionOf(recipient)).toMatchObject({ quantity: '1' });
    expect(fieldErrors(await send('2', { 'idempotency-key': 'units-1' }))).toEqual({
      'Idempotency-Key': 'key_reused',
    });
  });

  it('of more than is available is refused: held units stay', async () => {
    const { sender, send } = await aPair();
    const key = assetBalanceRecord.key({ username: sender, asset_id: BTC });
    await service.store.transact({ position: key }, ({ position }) => {
      const held = { ...assetBalanceRecord.readIfPresent(position)!, held_quantity: aQuantity('2.5') };
      return { writes: [assetBalanceRecord.replace(held)], result: undefined };
    });
    expect(await send('0.6')).toMatchObject({
      status: 422,
      body: { code: 'BUS_001', available: '0.5', required: '0.6' },
    });
    expect((await send('0.5')).status).toBe(201);
  });

  it.each<[string, object, Record<string, string>]>([
    ['nothing', { quantity: '0' }, { quantity: 'too_small' }],
    ['more digits than the asset has', { quantity: '0.123456789' }, { quantity: 'too_precise' }],
    ['an asset without a quantity', { quantity: undefined }, { quantity: 'required' }],
    ['a quantity without an asset', { asset_id: undefined }, { asset_id: 'required' }],
    ['a part of an asset of whole units', { asset_id: 'ART', quantity: '0.5' }, { quantity: 'too_precise' }],
  ])('of %s is refused', async (_what, change, expected) => {
    const { recipient, headers } = await aPair();
    const body = { to: recipient, asset_id: 'BTC', quantity: '1', ...change };
    expect(fieldErrors(await service.call('POST', '/transfers/units', { headers, body }))).toEqual(expected);
  });

  it('to oneself, to an unknown user, of an unknown asset, or by staff is refused', async () => {
    const { sender, headers } = await aPair();
    const send = async (body: object, as = headers) =>
      service.call('POST', '/transfers/units', {
        headers: as,
        body: { asset_id: 'BTC', quantity: '1', ...body },
      });
    expect(fieldErrors(await send({ to: sender }))).toEqual({ to: 'own_account' });
    expect((await send({ to: 'unknown_user' })).status).toBe(404);
    expect((await send({ to: 'unknown_user', asset_id: 'NONE' })).status).toBe(404);
    const staff = await service.signedIn(`staff${pairs}`, 'moderator');
    expect((await send({ to: sender }, staff)).body.code).toBe('AUTH_002');
  });

  it.each<[AssetStatus, number]>([
    ['close_only', 201],
    ['cancel_only', 422],
    ['suspended', 422],
  ])('of an asset that is %s answers %i', async (status, expected) => {
    const { send } = await aPair();
    await changeBtc({ status });
    expect((await send('1')).status).toBe(expected);
    await changeBtc({ status: 'active' });
  });
});

describe('the daily limit of units', () => {
  it('counts their value at the mid price together with cash', async () => {
    const { sender, recipient, headers, send } = await aPair();
    await service.runtime.fund(sender, '300.00');
    expect((await send('2')).status).toBe(201);
    const cash = { headers, body: { to: recipient, amount: '240.01' } };
    expect((await service.call('POST', '/transfers', cash)).body).toMatchObject({
      code: 'BUS_004',
      used: '260.00',
    });
    expect(await service.storedBalance(sender)).toMatchObject({
      sent_transfers: { count: 1, amount: '260.00' },
    });
  });

  it('needs a current price', async () => {
    const { send, preview } = await aPair();
    service.clock.set('2026-01-15T12:02:00.000Z');
    expect(await send('1')).toMatchObject({ status: 503, body: { code: 'SVC_001' } });
    expect((await preview('1')).body).toMatchObject({ data: { reasons: [{ code: 'SVC_001' }] } });
    await changeBtc({ last_price_update: isoTime(service.clock.now()) });
    expect((await send('1')).status).toBe(201);
  });
});

describe('a preview of units', () => {
  it('shows the position of the sender before and after, and writes nothing', async () => {
    const { sender, preview } = await aPair();
    expect(await preview('1')).toMatchObject({
      status: 200,
      body: {
        data: {
          would_be: 'completed',
          value: '130.00',
          cost: '100.00',
          position: {
            before: { quantity: '3', held: '0', available: '3' },
            after: { quantity: '2', held: '0', available: '2' },
          },
          reasons: [],
        },
      },
    });
    expect(await positionOf(sender)).toMatchObject({ quantity: '3' });
  });

  it('lists every reason', async () => {
    const { preview } = await aPair();
    expect((await preview('4.000000001')).body).toMatchObject({
      data: { would_be: 'refused', reasons: [{ code: 'VAL_001' }, { code: 'BUS_004' }, { code: 'BUS_001' }] },
    });
  });
});
