import { isoTime } from '@cnop/common/core/brands';
import { createAirdropDao } from '@cnop/common/dao/asset/airdrop-dao';
import { createAssetBalanceDao, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { Airdrop } from '@cnop/common/entities/asset/airdrop';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postAirdrop } from '../../src/airdrops/use-cases/post-airdrop.ts';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { startUserService } from '../user-service-under-test.ts';

type Headers = Readonly<Record<string, string>>;

const FIRST_PAGE = { limit: 100, offset: 0, after: undefined };
const REASON = 'A gift';

let service: UserServiceUnderTest;
let admin: Headers;
let second: Headers;
beforeEach(async () => {
  service = await startUserService();
  admin = await service.signedIn('root', 'admin');
  second = await service.signedIn('second', 'admin');
  const assets = createAssetDao(service.store);
  await assets.createAsset(anAsset({ asset_id: 'DOGE', current_price: '0.5', quantity_scale: 4 }));
});
afterEach(() => service.stop());

const post = async (path: string, body?: object, headers: Headers = admin) =>
  service.call('POST', `/admin/airdrops${path}`, { headers, ...(body && { body }) });
const create = async (body: object, headers: Headers = admin) =>
  post('', { asset_id: 'DOGE', reason: REASON, ...body }, headers);
const dataOf = (answer: { readonly body: object }): Airdrop => (answer.body as { data: Airdrop }).data;
const read = async ({ airdrop_id }: Airdrop) =>
  dataOf(await service.call('GET', `/admin/airdrops/${airdrop_id}`, { headers: admin }));
const report = async ({ airdrop_id }: Airdrop): Promise<string[][]> => {
  const { text } = await service.call('GET', `/admin/airdrops/${airdrop_id}/report`, { headers: admin });
  return text
    .trim()
    .split('\r\n')
    .map((row) => row.split(','));
};

const parts = () => ({
  ...service.runtime,
  assets: createAssetDao(service.store),
  airdrops: createAirdropDao(service.store),
});

/** Does the due work until none is left, or so many runs of it. */
async function work(runs = 1_000): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    service.clock.advanceMilliseconds(1_000);
    const at = isoTime(service.clock.now());
    const { items } = await createDueWorkDao(service.store).getDue('airdrop', { at, limit: 10 });
    if (items.length === 0) return;
    for (const due of items) await postAirdrop(parts(), due);
  }
}

async function addCustomers(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `user${String(index).padStart(3, '0')}`);
  for (const username of names) await service.addUser({ username });
  return names;
}

const positionOf = async (username: string) =>
  createAssetBalanceDao(service.store).getAssetBalance(aUsername(username), anAssetId('DOGE'));

describe('an airdrop to a list', () => {
  it('posts units that cost nothing to each recipient, with an event, and is completed', async () => {
    const [one = '', other = ''] = await addCustomers(2);
    const recipients = [
      { username: one, quantity: '10' },
      { username: other.toUpperCase(), quantity: '2.5' },
    ];
    const created = await create({ recipients });
    expect(created).toMatchObject({
      status: 201,
      body: { data: { status: 'running', recipients: 2, total_quantity: '12.5', total_value: '6.25' } },
    });
    expect(created.text).not.toContain('work_due_at');
    await work();
    expect(await read(dataOf(created))).toMatchObject({
      status: 'completed',
      handled: 2,
      posted: 2,
      skipped: 0,
      failed: 0,
      posted_quantity: '12.5',
    });
    expect(await positionOf(one)).toMatchObject({
      quantity: '10',
      total_invested: '0.00',
      average_purchase_price: '0',
    });
    const trades = createAssetTransactionDao(service.store);
    const { items } = await trades.getUserAssetTransactions(aUsername(one), anAssetId('DOGE'), FIRST_PAGE);
    expect(items).toMatchObject([
      {
        transaction_type: 'airdrop',
        direction: 'in',
        counterpart: 'external:airdrop',
        quantity: '10',
        price: '0.5',
        total_amount: '5.00',
        cost: '0.00',
        description: REASON,
      },
    ]);
    expect(await service.storedBalance(one)).toMatchObject({ event_seq: 1, current_balance: '0.00' });
    expect(await report(dataOf(created))).toEqual([
      ['username', 'quantity', 'outcome', 'problem', 'transaction_id', 'at'],
      [one, '10', 'posted', '', items[0]?.transaction_id, expect.any(String)],
      [other, '2.5', 'posted', '', expect.any(String), expect.any(String)],
    ]);
  });

  it('is created once for one key', async () => {
    const [username] = await addCustomers(1);
    const body = { recipients: [{ username, quantity: '1' }] };
    const key = { ...admin, 'idempotency-key': 'airdrop-1' };
    const [one, other] = [await create(body, key), await create(body, key)];
    expect(other.body).toEqual(one.body);
    await work();
    expect((await positionOf(username ?? ''))?.quantity).toBe('1');
  });

  it('is refused as a whole, and every bad line is named', async () => {
    await addCustomers(2);
    await service.addUser({ username: 'gone', status: 'suspended' });
    const refused = await create({
      recipients: [
        { username: 'user000', quantity: '1' },
        { username: 'unknown', quantity: '1' },
        { username: 'gone', quantity: '1' },
        { username: 'second', quantity: '1' },
        { username: 'user000', quantity: '2' },
        { username: 'user001', quantity: '0.00001' },
      ],
    });
    expect(refused.status).toBe(422);
    const named = refused.body.errors as readonly { readonly field: string; readonly message?: string }[];
    expect(named.map(({ field, message }) => [field, message])).toEqual([
      ['recipients.1', 'There is no such user.'],
      ['recipients.2', 'gone is suspended.'],
      ['recipients.3', 'second belongs to the staff.'],
      ['recipients.4', 'user000 is a recipient already.'],
      ['recipients.5', 'At most 4 digits after the point.'],
    ]);
    expect((await service.call('GET', '/admin/airdrops', { headers: admin })).body.data).toEqual([]);
  });
});

describe('an airdrop to a table', () => {
  it('reads usernames and quantities, with quotes, blanks and empty lines', async () => {
    await addCustomers(2);
    const created = await create({ csv: 'username,quantity\r\nuser000, 1\r\n\r\n"user001","2"\r\n' });
    expect(dataOf(created)).toMatchObject({ recipients: 2, total_quantity: '3' });
  });

  it.each([
    ['no header', 'user000,1', ['Begin the table with the line "username,quantity".']],
    ['no lines', 'username,quantity\n', ['Give 1 to 1000 recipients.']],
    [
      'bad lines',
      'username,quantity\nuser000,1\nuser000\nuser000,-1\nuser000,1,2',
      [3, 4, 5].map((line) => `Line ${line}: This is not a username and a quantity above 0.`),
    ],
    ['an unknown user', 'username,quantity\nnot_there,1', ['Line 2: There is no such user.']],
  ])('with %s is refused', async (_what, csv, messages) => {
    await addCustomers(1);
    const refused = await create({ csv });
    const errors = refused.body.errors as readonly { readonly message?: string }[];
    expect(errors.map(({ message }) => message)).toEqual(messages);
  });
});

describe('an airdrop to a group', () => {
  it('goes to all active customers', async () => {
    await addCustomers(2);
    await service.addUser({ username: 'gone', status: 'inactive' });
    const created = await create({ group: 'active_users', quantity: '1' });
    expect(dataOf(created).recipients).toBe(2);
  });

  it('goes to the holders of an asset', async () => {
    await addCustomers(3);
    await create({ recipients: [{ username: 'user001', quantity: '1' }] });
    await work();
    const preview = await post('/preview', {
      asset_id: 'DOGE',
      group: 'holders',
      held_asset_id: 'DOGE',
      quantity: '2',
    });
    expect(preview.body.data).toEqual({
      recipients: 1,
      total_quantity: '2',
      total_value: '1.00',
      needs_approval: false,
      first_recipients: ['user001'],
    });
  });

  it.each([
    ['no recipients at all', {}],
    ['two ways of naming them', { group: 'active_users', quantity: '1', csv: 'username,quantity' }],
    ['no quantity', { group: 'active_users' }],
    ['no held asset', { group: 'holders', quantity: '1' }],
    ['too many digits', { group: 'active_users', quantity: '0.00001' }],
    ['no member', { group: 'holders', held_asset_id: 'DOGE', quantity: '1' }],
  ])('is refused with %s', async (_what, body) => {
    await addCustomers(1);
    expect((await create(body)).status).toBe(422);
  });
});

describe('a large airdrop', () => {
  it('waits for another administrator, who approves or rejects it', async () => {
    await addCustomers(1);
    const large = { recipients: [{ username: 'user000', quantity: '2001' }] };
    const [approved, rejected] = [dataOf(await create(large)), dataOf(await create(large))];
    expect(approved.status).toBe('proposed');
    await work();
    expect(await positionOf('user000')).toBeUndefined();
    expect((await post(`/${approved.airdrop_id}/approve`)).status).toBe(403);
    expect((await post(`/${rejected.airdrop_id}/reject`, undefined, second)).status).toBe(200);
    const answer = await post(`/${approved.airdrop_id}/approve`, undefined, second);
    expect(dataOf(answer)).toMatchObject({ status: 'running', approved_by: 'second' });
    await work();
    expect((await positionOf('user000'))?.quantity).toBe('2001');
    expect(await read(rejected)).toMatchObject({ status: 'cancelled', handled: 0 });
    expect((await post(`/${rejected.airdrop_id}/approve`, undefined, second)).status).toBe(409);
  });

  it('is also one of many small ones of a day', async () => {
    await addCustomers(1);
    const half = { recipients: [{ username: 'user000', quantity: '1200' }] };
    expect(dataOf(await create(half)).status).toBe('running');
    expect(dataOf(await create(half)).status).toBe('proposed');
    expect(dataOf(await create(half, second)).status).toBe('running');
    service.clock.advanceMilliseconds(24 * 3_600_000);
    admin = await service.runtime.signIn('root', 'admin');
    expect(dataOf(await create(half)).status).toBe('running');
  });

  it('expires after a week', async () => {
    await addCustomers(1);
    const airdrop = dataOf(await create({ recipients: [{ username: 'user000', quantity: '2001' }] }));
    service.clock.advanceMilliseconds(7 * 24 * 3_600_000);
    second = await service.runtime.signIn('second', 'admin');
    expect((await post(`/${airdrop.airdrop_id}/approve`, undefined, second)).status).toBe(409);
  });
});

describe('the job', () => {
  it('stops while the airdrop is paused, and goes on where it was', async () => {
    await addCustomers(60);
    const airdrop = dataOf(await create({ group: 'active_users', quantity: '1' }));
    await work(1);
    expect(dataOf(await post(`/${airdrop.airdrop_id}/pause`))).toMatchObject({
      status: 'paused',
      handled: 25,
    });
    await work();
    expect(await read(airdrop)).toMatchObject({ handled: 25 });
    expect((await post(`/${airdrop.airdrop_id}/pause`)).status).toBe(409);
    expect((await post(`/${airdrop.airdrop_id}/resume`)).status).toBe(200);
    await work();
    expect(await read(airdrop)).toMatchObject({ status: 'completed', handled: 60, posted: 60 });
  });

  it('ends when the airdrop is cancelled, whose report says who got nothing', async () => {
    await addCustomers(30);
    const airdrop = dataOf(await create({ group: 'active_users', quantity: '1' }));
    await work(1);
    expect(dataOf(await post(`/${airdrop.airdrop_id}/cancel`))).toMatchObject({
      status: 'cancelled',
      handled: 25,
      posted: 25,
      posted_quantity: '25',
    });
    await work();
    const rows = (await report(airdrop)).slice(1);
    expect(rows.filter((row) => row[2] === 'posted')).toHaveLength(25);
    expect(rows.filter((row) => row[2] === '')).toHaveLength(5);
    expect((await post(`/${airdrop.airdrop_id}/resume`)).status).toBe(409);
  });

  it('skips recipients who may no longer receive units, with the reason', async () => {
    await addCustomers(2);
    const airdrop = dataOf(await create({ group: 'active_users', quantity: '1' }));
    await createUserDao(service.store).updateUser(aUsername('user001'), { status: 'suspended' });
    await work();
    expect(await read(airdrop)).toMatchObject({
      status: 'completed',
      posted: 1,
      skipped: 1,
      posted_quantity: '1',
    });
    expect((await report(airdrop))[2]?.slice(0, 4)).toEqual([
      'user001',
      '1',
      'skipped',
      'user001 is suspended.',
    ]);
    expect(await positionOf('user001')).toBeUndefined();
  });

  it('fails for a position that cannot take the units', async () => {
    await addCustomers(1);
    const most = '999999999999999';
    for (const approves of [true, true]) {
      const airdrop = dataOf(await create({ recipients: [{ username: 'user000', quantity: most }] }));
      if (approves) await post(`/${airdrop.airdrop_id}/approve`, undefined, second);
      await work();
    }
    const { data } = (await service.call('GET', '/admin/airdrops', { headers: admin })).body;
    expect(data[0]).toMatchObject({ status: 'completed', posted: 0, failed: 1, posted_quantity: '0' });
    expect((await positionOf('user000'))?.quantity).toBe(most);
  });

  it('ends work that is left over from an airdrop that does not need it', async () => {
    const work = { kind: 'airdrop', due_at: isoTime(service.clock.now()), subject: 'unknown' } as const;
    await postAirdrop(parts(), work);
    expect(
      (await createDueWorkDao(service.store).getDue('airdrop', { at: work.due_at, limit: 1 })).items,
    ).toEqual([]);
  });
});

describe('the audit log', () => {
  it('records every step', async () => {
    await addCustomers(1);
    const airdrop = dataOf(await create({ recipients: [{ username: 'user000', quantity: '1' }] }));
    await post(`/${airdrop.airdrop_id}/pause`);
    const events = await service.eventsOf('root');
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { action: 'pause_airdrop', airdrop_id: airdrop.airdrop_id },
      { action: 'create_airdrop', asset_id: 'DOGE', recipients: '1', total_quantity: '1', reason: REASON },
    ]);
  });
});

describe('customers and moderators', () => {
  it('create no airdrops', async () => {
    const moderator = await service.signedIn('mod', 'moderator');
    const customer = await service.signedIn('ada');
    for (const headers of [moderator, customer])
      expect((await create({ group: 'active_users', quantity: '1' }, headers)).status).toBe(403);
    expect((await service.call('GET', '/admin/airdrops', { headers: moderator })).status).toBe(200);
  });
});
