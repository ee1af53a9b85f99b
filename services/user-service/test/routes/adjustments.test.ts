import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
let admin: { authorization: string };
beforeAll(async () => {
  service = await startUserService();
  admin = await service.signedIn('root', 'admin');
});
afterAll(() => service.stop());

const get = (path: string, headers = admin) => service.call('GET', path, { headers });
const adjust = (username: string, body: unknown, extra: Record<string, string> = {}) =>
  service.call('POST', `/admin/users/${username}/adjustments`, { headers: { ...admin, ...extra }, body });

describe('an adjustment', () => {
  it('posts a signed amount to the ledger and is recorded', async () => {
    await service.addUser({ username: aUsername('adjusted') });
    await service.runtime.fund('adjusted', '10');
    expect(await adjust('adjusted', { amount: '-4.5', description: 'Fee' })).toMatchObject({
      status: 201,
      body: { success: true, message: 'Adjusted the balance by -$4.50', new_balance: '5.50' },
    });
    expect(await adjust('adjusted', { amount: '1', description: 'Gift' })).toMatchObject({
      status: 201,
      body: { new_balance: '6.50' },
    });
    const session = await service.runtime.signIn('adjusted');
    expect(
      (await get('/balance/transactions?transaction_type=system_adjustment', session)).body.transactions,
    ).toMatchObject([
      {
        amount: '1.00',
        direction: 'credit',
        description: 'Gift',
        previous_balance: '5.50',
        new_balance: '6.50',
      },
      {
        amount: '4.50',
        direction: 'debit',
        description: 'Fee',
        previous_balance: '10.00',
        new_balance: '5.50',
      },
    ]);
    expect(await service.storedBalance('adjusted')).toMatchObject({
      total_deposits: '10.00',
      total_withdrawals: '0.00',
    });
    expect(await service.eventsOf('adjusted')).toMatchObject([
      {
        event_type: 'admin_action',
        actor: 'root',
        address: expect.any(String) as string,
        detail: { action: 'balance adjustment', amount: '1', reason: 'Gift' },
        changes: [{ field: 'current_balance', before: '5.50', after: '6.50' }],
      },
      {
        event_type: 'admin_action',
        actor: 'root',
        detail: { amount: '-4.5', reason: 'Fee' },
        changes: [{ field: 'current_balance', before: '10.00', after: '5.50' }],
      },
    ]);
  });

  it("of the administrator's own balance is refused and changes nothing", async () => {
    await service.addUser({ username: aUsername('greedy'), role: 'admin' });
    const greedy = await service.runtime.signIn('greedy', 'admin');
    const body = { amount: '1000000', description: 'Bonus' };
    const answer = await service.call('POST', '/admin/users/Greedy/adjustments', { headers: greedy, body });
    expect(answer).toMatchObject({ status: 403, body: { code: 'AUTH_002' } });
    expect(await service.storedBalance('greedy')).toMatchObject({ current_balance: '0.00' });
    expect(await service.eventsOf('greedy')).toEqual([]);
  });

  it('that exceeds the available balance is refused and changes nothing', async () => {
    await service.addUser({ username: aUsername('poor') });
    expect(await adjust('poor', { amount: '-0.01', description: 'Fee' })).toMatchObject({
      status: 422,
      body: { code: 'BUS_001', available: '0.00', required: '0.01' },
    });
    expect(await service.storedBalance('poor')).toMatchObject({ transaction_count: 0 });
    expect(await service.eventsOf('poor')).toEqual([]);
  });

  it('has one effect and one event for each key', async () => {
    await service.addUser({ username: aUsername('keyed') });
    const once = () => adjust('keyed', { amount: '5', description: 'Gift' }, { 'idempotency-key': 'a-1' });
    const answers = await Promise.all([once(), once(), once()]);
    expect(countByStatus(answers)).toEqual({ 201: 3 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await service.storedBalance('keyed')).toMatchObject({ current_balance: '5.00' });
    expect(await service.eventsOf('keyed')).toHaveLength(1);
  });

  it('refuses a key that was used for another user', async () => {
    for (const username of [aUsername('key_one'), aUsername('key_two')]) await service.addUser({ username });
    const key = { 'idempotency-key': 'a-2' };
    await adjust('key_one', { amount: '5', description: 'Gift' }, key);
    const other = await adjust('key_two', { amount: '5', description: 'Gift' }, key);
    expect(other.status).toBe(422);
    expect(fieldErrors(other)).toEqual({ 'Idempotency-Key': 'key_reused' });
    expect(await service.storedBalance('key_two')).toMatchObject({ current_balance: '0.00' });
  });

  it.each([
    ['zero', { amount: '0', description: 'x' }, { amount: 'too_small' }],
    ['a part of a cent', { amount: '-0.001', description: 'x' }, { amount: 'too_precise' }],
    ['more than 1,000,000', { amount: '-1000000.01', description: 'x' }, { amount: 'too_big' }],
    ['no description', { amount: '1' }, { description: 'required' }],
    ['a blank description', { amount: '1', description: ' ' }, { description: 'too_small' }],
  ])('refuses %s', async (_what, body, expected) => {
    const answer = await adjust('steady', body);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(expected);
  });

  it('of a missing user is not found', async () => {
    expect((await adjust('missing', { amount: '1', description: 'Gift' })).status).toBe(404);
  });
});
