import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { aUsd, aUsername } from '@cnop/testing/builders/brands';
import { anOrder } from '@cnop/testing/builders/order';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, fieldErrors, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
let admin: { authorization: string };
beforeAll(async () => {
  service = await startUserService();
  admin = await service.signedIn('root', 'admin');
});
afterAll(() => service.stop());

const get = (path: string, headers = admin) => service.call('GET', path, { headers });
const patch = (username: string, body: unknown, headers = admin) =>
  service.call('PATCH', `/admin/users/${username}`, { headers, body });

describe('the list of users', () => {
  it('finds users by a prefix of the name, in pages', async () => {
    for (const username of [
      aUsername('list_a'),
      aUsername('list_b'),
      aUsername('list_c'),
      aUsername('other'),
    ])
      await service.addUser({ username });
    const first = await get('/admin/users?search=LIST_&limit=2');
    expect(first).toMatchObject({
      status: 200,
      body: { data: [{ username: 'list_a' }, { username: 'list_b' }], has_more: true },
    });
    const cursor = encodeURIComponent(first.body.next_cursor);
    expect((await get(`/admin/users?search=LIST_&limit=2&cursor=${cursor}`)).body).toMatchObject({
      data: [{ username: 'list_c' }],
      has_more: false,
      next_cursor: null,
    });
    expect((await get(`/admin/users?search=other&cursor=${cursor}`)).status).toBe(400);
    expect(first.text).not.toContain('password');
  });

  it('finds the user of an e-mail address in any spelling, and only of the whole address', async () => {
    await service.addUser({ username: aUsername('mailed'), email: 'mailed@example.com' });
    const found = async (email: string) =>
      (await get(`/admin/users?email=${encodeURIComponent(email)}`)).body.data.map(
        ({ username }) => username,
      );
    expect(await found(' Mailed@EXAMPLE.com')).toEqual(['mailed']);
    expect(await found('ailed@example.com')).toEqual([]);
    expect(await get('/admin/users?email=mailed%40example.com&search=mail')).toMatchObject({ status: 422 });
  });

  it.each(['email=mailed', 'search=a%20b', 'search=%25', 'limit=101', 'role=admin'])(
    'refuses %s',
    async (query) => {
      expect((await get(`/admin/users?${query}`)).status).toBe(422);
    },
  );
});

describe('the records of one user', () => {
  it('are the portfolio and the ledger that the user reads, for moderators as well', async () => {
    const own = await service.signedIn('recorded', 'customer');
    const body = { amount: '100.10', description: 'savings' };
    expect((await service.call('POST', '/balance/deposit', { headers: own, body })).status).toBe(201);
    const moderator = await service.runtime.signIn('record_reader', 'moderator');
    const portfolio = await get('/admin/users/RECORDED/portfolio', moderator);
    expect(portfolio.body).toEqual((await get('/portfolio', own)).body);
    expect(portfolio.body.total_portfolio_value).toBe('100.10');
    const ledger = await get('/admin/users/recorded/transactions?transaction_type=deposit', moderator);
    expect(ledger.body).toEqual((await get('/balance/transactions?transaction_type=deposit', own)).body);
    expect(ledger.body.transactions).toHaveLength(1);
  });

  it.each(['portfolio', 'transactions'])(
    'are for staff only, and those of existing users: %s',
    async (record) => {
      const other = await service.runtime.signIn('record_spy');
      expect((await get(`/admin/users/recorded/${record}`, other)).status).toBe(403);
      expect((await get(`/admin/users/absent/${record}`)).status).toBe(404);
    },
  );
});

describe('one user', () => {
  it('is shown without the hash', async () => {
    await service.addUser({ username: aUsername('shown') });
    const answer = await get('/admin/users/SHOWN');
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { username: 'shown', role: 'customer', status: 'active', last_login: null } },
    });
    expect(answer.text).not.toContain('password');
  });

  it('is shown with current, held and available cash, to moderators as well', async () => {
    await service.addUser({ username: aUsername('solvent') });
    await service.runtime.fund('solvent', '100.10');
    const reads = { balance: balanceRecord.key({ username: aUsername('solvent') }) };
    await service.store.transact(reads, ({ balance }) => {
      const held = { ...balanceRecord.readIfPresent(balance)!, held_balance: aUsd('30.05') };
      return { writes: [balanceRecord.replace(held)], result: undefined };
    });
    const moderator = await service.runtime.signIn('reader', 'moderator');
    for (const headers of [admin, moderator]) {
      const { body } = await get('/admin/users/solvent', headers);
      expect(body).toMatchObject({ data: { username: 'solvent' } });
      expect(body).toHaveProperty('balance', {
        current_balance: '100.10',
        held_balance: '30.05',
        transfers_frozen: false,
        available_balance: '70.05',
      });
    }
  });

  it('is not found for an unknown username, and refused for a malformed one', async () => {
    expect(await get('/admin/users/missing')).toMatchObject({ status: 404, body: { code: 'RES_001' } });
    expect((await get('/admin/users/a!b')).status).toBe(422);
  });
});

describe('changing access', () => {
  it('to a staff role is refused while the account has open orders, since staff cannot trade', async () => {
    await service.addUser({ username: 'waiting' });
    const order = anOrder('queued', { username: aUsername('waiting'), order_type: 'limit_buy' });
    await service.store.transact({}, () => ({ writes: [orderRecord.create(order)], result: undefined }));
    for (const role of ['moderator', 'admin']) {
      expect(await patch('waiting', { role })).toMatchObject({ status: 409, body: { code: 'RES_003' } });
    }
    expect(await service.storedUser('waiting')).toMatchObject({ role: 'customer' });
    const cancelled = anOrder('cancelled', { username: aUsername('waiting'), order_type: 'limit_buy' });
    await service.store.transact({ order: orderRecord.key(order) }, () => ({
      writes: [orderRecord.replace(cancelled)],
      result: undefined,
    }));
    expect((await patch('waiting', { role: 'moderator' })).status).toBe(200);
  });

  it('of a role ends the sessions of the user and is recorded', async () => {
    const session = await service.signedIn('promoted');
    const answer = await patch('promoted', { role: 'moderator' });
    expect(answer).toMatchObject({ status: 200, body: { data: { role: 'moderator', status: 'active' } } });
    expect((await get('/balance', session)).status).toBe(401);
    expect(await service.storedUser('promoted')).toMatchObject({ role: 'moderator' });
    expect(await service.eventsOf('promoted')).toMatchObject([
      {
        event_type: 'role_change',
        actor: 'root',
        address: expect.any(String) as string,
        changes: [{ field: 'role', before: 'customer', after: 'moderator' }],
      },
    ]);
    const token = (await service.logIn('promoted')).body.access_token;
    expect((await get('/admin/users', bearer(token))).status).toBe(200);
  });

  it('to suspended ends all sessions and refuses new ones', async () => {
    await service.addUser({ username: aUsername('bad') });
    const pairs = [await service.logIn('bad'), await service.logIn('bad')].map(({ body }) => body);
    expect((await patch('bad', { status: 'suspended' })).status).toBe(200);
    for (const { access_token, refresh_token } of pairs) {
      expect((await get('/balance', bearer(access_token))).status).toBe(401);
      expect((await service.call('POST', '/auth/refresh', { body: { refresh_token } })).status).toBe(401);
    }
    expect((await service.logIn('bad')).status).toBe(403);
    const [latest] = (await service.eventsOf('bad')).filter(
      ({ event_type }) => event_type === 'status_change',
    );
    expect(latest).toMatchObject({
      actor: 'root',
      changes: [{ field: 'status', before: 'active', after: 'suspended' }],
    });
    await patch('bad', { status: 'active' });
    expect((await service.logIn('bad')).status).toBe(200);
  });

  it('ends sessions that an interrupted suspension left live when the request is repeated', async () => {
    const session = await service.signedIn('halfway');
    await createUserDao(service.store).updateUser(aUsername('halfway'), { status: 'suspended' });
    expect((await get('/balance', session)).status).toBe(200);
    expect((await patch('halfway', { status: 'suspended' })).status).toBe(200);
    expect((await get('/balance', session)).status).toBe(401);
    expect(await service.eventsOf('halfway')).toEqual([]);
  });

  it('that changes nothing ends no session', async () => {
    const session = await service.signedIn('steady');
    expect((await patch('steady', { role: 'customer', status: 'active' })).status).toBe(200);
    expect((await get('/balance', session)).status).toBe(200);
  });

  it.each([
    ['take away their own role', { role: 'customer' }],
    ['suspend themselves', { status: 'suspended' }],
    ['deactivate themselves', { status: 'inactive' }],
  ])('does not let administrators %s', async (_what, change) => {
    expect(await patch('root', change)).toMatchObject({ status: 409, body: { code: 'RES_003' } });
    expect(await service.storedUser('root')).toMatchObject({ role: 'admin', status: 'active' });
    expect((await get('/admin/users')).status).toBe(200);
  });

  it('of each other by two administrators at once leaves one of them', async () => {
    const [one, two] = [await service.signedIn('cain', 'admin'), await service.signedIn('abel', 'admin')];
    const answers = await Promise.all([
      patch('abel', { role: 'customer' }, one),
      patch('cain', { role: 'customer' }, two),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const roles = [await service.storedUser('cain'), await service.storedUser('abel')].map(
      (user) => user?.role,
    );
    expect(new Set(roles)).toEqual(new Set(['admin', 'customer']));
  });

  it('is refused to an administrator who lost the role a moment ago', async () => {
    const session = await service.signedIn('former', 'admin');
    await service.addUser({ username: aUsername('victim') });
    await createUserDao(service.store).updateUser(aUsername('former'), { role: 'customer' });
    expect(await patch('victim', { role: 'admin' }, session)).toMatchObject({
      status: 403,
      body: { code: 'AUTH_002' },
    });
    expect(await service.storedUser('victim')).toMatchObject({ role: 'customer' });
  });

  it.each([
    ['an empty change', {}, { body: 'invalid' }],
    ['an unknown role', { role: 'king' }, { role: 'invalid_value' }],
    ['an unknown status', { status: 'gone' }, { status: 'invalid_value' }],
    ['another field', { role: 'admin', email: 'a@b.cd' }, { email: 'unknown_field' }],
  ])('refuses %s', async (_what, body, expected) => {
    const answer = await patch('steady', body);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(expected);
  });

  it('of a missing user is not found', async () => {
    expect((await patch('missing', { role: 'admin' })).status).toBe(404);
  });
});
