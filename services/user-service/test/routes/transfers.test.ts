import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Balance } from '@cnop/common/entities/user/balance';
import { aUsd, aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
let admin: { authorization: string };
beforeAll(async () => {
  service = await startUserService({ transferLimits: { dailyAmount: aUsd('100.00'), dailyCount: 3 } });
  admin = await service.signedIn('root', 'admin');
});
afterAll(() => service.stop());

let pairs = 0;

/** Creates a sender with cash and a recipient without. */
async function aPair(usd = '500.00') {
  pairs += 1;
  const [sender, recipient] = [`sender${pairs}`, `recipient${pairs}`];
  const headers = await service.signedIn(sender);
  await service.addUser({ username: recipient });
  await service.runtime.fund(sender, usd);
  const body = (amount: string) => ({ to: recipient, amount });
  return {
    sender,
    recipient,
    headers,
    send: (amount: string, extra: Record<string, string> = {}) =>
      service.call('POST', '/transfers', { headers: { ...headers, ...extra }, body: body(amount) }),
    limits: async () => (await service.call('GET', '/transfers/limits', { headers })).body.data,
    preview: (amount: string) => service.call('POST', '/transfers/preview', { headers, body: body(amount) }),
  };
}

const freeze = (username: string, frozen: boolean, headers = admin) =>
  service.call('PUT', `/admin/users/${username}/transfer-freeze`, {
    headers,
    body: { frozen, reason: 'a stolen password' },
  });

/** Changes a stored balance, as commits of orders and of a suspension do. */
async function change(username: string, changes: Partial<Balance>): Promise<void> {
  const key = balanceRecord.key({ username: aUsername(username) });
  await service.store.transact({ balance: key }, ({ balance }) => {
    const before = balanceRecord.readIfPresent(balance);
    if (!before) throw new Error(`${username} has no balance`);
    return { writes: [balanceRecord.replace({ ...before, ...changes })], result: undefined };
  });
}

const eventsOf = async (headers: { authorization: string }) =>
  (await service.call('GET', '/events?after=0', { headers })).body.data;

describe('a transfer', () => {
  it('moves cash between two ledgers, whose entries name each other, and tells both users', async () => {
    const { sender, recipient, headers, send } = await aPair();
    const answer = await send('12.5');
    expect(answer).toMatchObject({
      status: 201,
      body: {
        success: true,
        message: `Transferred $12.50 to ${recipient}`,
        to: recipient,
        new_balance: '487.50',
      },
    });
    const others = await service.runtime.signIn(recipient);
    const [debit] = (await service.call('GET', '/balance/transactions', { headers })).body.transactions;
    const [credit] = (await service.call('GET', '/balance/transactions', { headers: others })).body
      .transactions;
    const one = await service.call('GET', `/balance/transactions/${answer.body.transaction_id}`, { headers });
    expect(one.body.data).toEqual(debit);
    expect(debit).toMatchObject({
      transaction_id: answer.body.transaction_id,
      transaction_type: 'transfer',
      direction: 'debit',
      amount: '12.50',
      new_balance: '487.50',
      legs: [{ account: `user:${recipient}`, amount: '12.5' }],
      reference_id: credit?.transaction_id,
    });
    expect(credit).toMatchObject({
      transaction_type: 'transfer',
      direction: 'credit',
      amount: '12.50',
      new_balance: '12.50',
      legs: [{ account: `user:${sender}`, amount: '-12.5' }],
      reference_id: debit?.transaction_id,
    });
    const balance = (current_balance: string) => ({
      type: 'balance.changed',
      data: { balance: { current_balance, held_balance: '0.00' } },
    });
    expect(await eventsOf(headers)).toMatchObject([balance('487.50')]);
    expect(await eventsOf(others)).toMatchObject([
      { ...balance('12.50'), data: { ...balance('12.50').data, cause: 'transfer_received' } },
    ]);
    expect(await service.storedBalance(recipient)).toMatchObject({ total_deposits: '0.00' });
  });

  it('takes effect once for each key', async () => {
    const { recipient, send } = await aPair();
    const once = () => send('10', { 'idempotency-key': 't-1' });
    const answers = await Promise.all([once(), once(), once()]);
    expect(countByStatus(answers)).toEqual({ 201: 3 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await service.storedBalance(recipient)).toMatchObject({ current_balance: '10.00' });
    expect(fieldErrors(await send('11', { 'idempotency-key': 't-1' }))).toEqual({
      'Idempotency-Key': 'key_reused',
    });
  });

  it('counts as a deposit or withdrawal in the history of both portfolios, not as profit', async () => {
    const { recipient, headers, send } = await aPair();
    await send('40');
    const others = await service.runtime.signIn(recipient);
    const last = async (of: { authorization: string }) =>
      (await service.call('GET', '/portfolio/history?range=all', { headers: of })).body.data.at(-1);
    expect(await last(headers)).toMatchObject({ total_value: '460.00', net_deposits: '460.00' });
    expect(await last(others)).toMatchObject({ total_value: '40.00', net_deposits: '40.00' });
    const portfolio = await service.call('GET', '/portfolio', { headers: others });
    expect(portfolio.body.total_portfolio_value).toBe('40.00');
  });

  it.each([
    ['nothing', '0', 'too_small'],
    ['a negative amount', '-1', 'invalid_decimal'],
    ['a part of a cent', '0.001', 'too_precise'],
  ])('of %s is refused', async (_what, amount, code) => {
    const { send } = await aPair();
    expect(fieldErrors(await send(amount))).toEqual({ amount: code });
  });

  it('to oneself is refused, in any spelling of the name', async () => {
    const { sender, headers } = await aPair();
    for (const url of ['/transfers', '/transfers/preview']) {
      const answer = await service.call('POST', url, {
        headers,
        body: { to: sender.toUpperCase(), amount: '1' },
      });
      expect(fieldErrors(answer)).toEqual({ to: 'own_account' });
    }
  });

  it('to an unknown user is not found', async () => {
    const { headers } = await aPair();
    const body = { to: 'unknown_user', amount: '1' };
    for (const url of ['/transfers', '/transfers/preview'])
      expect((await service.call('POST', url, { headers, body })).status).toBe(404);
  });
});

/** A refusal: the amount, what differs in the two balances, and the answer. */
interface Refusal {
  readonly amount: string;
  readonly ofSender?: Partial<Balance>;
  readonly ofRecipient?: Partial<Balance>;
  readonly status: number;
  readonly code: string;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'of more than the sender has': { amount: '20.01', status: 422, code: 'BUS_001' },
  'of cash held for open orders': {
    amount: '10.01',
    ofSender: { held_balance: aUsd('10.00') },
    status: 422,
    code: 'BUS_001',
  },
  'from a suspended user': {
    amount: '1',
    ofSender: { trading_block: 'suspended' },
    status: 403,
    code: 'AUTH_002',
  },
  'to a suspended user': {
    amount: '1',
    ofRecipient: { trading_block: 'suspended' },
    status: 409,
    code: 'RES_003',
  },
  'from a frozen account': {
    amount: '1',
    ofSender: { transfers_frozen: true },
    status: 403,
    code: 'AUTH_002',
  },
  'to a frozen account': {
    amount: '1',
    ofRecipient: { transfers_frozen: true },
    status: 409,
    code: 'RES_003',
  },
  'to an account that is full': {
    amount: '1',
    ofRecipient: { current_balance: aUsd('9'.repeat(15)) },
    status: 409,
    code: 'RES_003',
  },
};

describe('a refused transfer changes nothing, and its preview says why', () => {
  it.each(Object.entries(REFUSALS))('%s', async (_what, refusal) => {
    const { amount, ofSender = {}, ofRecipient = {}, status, code } = refusal;
    const { sender, recipient, send, preview } = await aPair('20.00');
    await change(sender, ofSender);
    await change(recipient, ofRecipient);
    const before = [await service.storedBalance(sender), await service.storedBalance(recipient)];
    const foreseen = await preview(amount);
    const answer = await send(amount);
    expect(answer).toMatchObject({ status, body: { code } });
    const reasons = [{ code, message: answer.body.detail }];
    expect(foreseen).toMatchObject({
      status: 200,
      body: { data: { would_be: 'refused', balance: { after: null }, reasons } },
    });
    expect([await service.storedBalance(sender), await service.storedBalance(recipient)]).toEqual(before);
  });

  it('tells the sender the same for every recipient who cannot receive it', async () => {
    const texts = new Set<string>();
    for (const changes of [{ trading_block: 'pending' }, { transfers_frozen: true }] as const) {
      const { recipient, send } = await aPair();
      await change(recipient, changes);
      texts.add((await send('1')).body.detail);
    }
    expect(texts.size).toBe(1);
  });
});

describe('the daily limits', () => {
  it('are readable with what is used of them today', async () => {
    service.clock.set('2026-01-19T23:59:59.000Z');
    const { sender, send, limits } = await aPair();
    expect(await limits()).toEqual({
      day: '2026-01-19',
      amount: { limit: '100.00', used: '0.00' },
      count: { limit: 3, used: 0 },
      frozen: false,
    });
    await send('12.50');
    await change(sender, { transfers_frozen: true });
    expect(await limits()).toMatchObject({
      amount: { used: '12.50' },
      count: { used: 1 },
      frozen: true,
    });
    service.clock.set('2026-01-20T00:00:00.000Z');
    expect(await limits()).toMatchObject({ day: '2026-01-20', amount: { used: '0.00' }, count: { used: 0 } });
  });

  it('refuse what exceeds the amount of a day, and begin anew at midnight UTC', async () => {
    service.clock.set('2026-01-20T23:59:59.000Z');
    const { sender, send } = await aPair();
    expect((await send('60.00')).status).toBe(201);
    expect(await send('40.01')).toMatchObject({
      status: 422,
      body: { code: 'BUS_004', limit: '100.00', used: '60.00' },
    });
    expect((await send('40.00')).status).toBe(201);
    service.clock.set('2026-01-21T00:00:00.000Z');
    expect((await send('100.00')).status).toBe(201);
    expect(await service.storedBalance(sender)).toMatchObject({
      sent_transfers: { day: '2026-01-21', count: 1, amount: '100.00' },
    });
  });

  it('are exact for transfers at the same moment', async () => {
    const { send, recipient } = await aPair();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('1')));
    expect(countByStatus(answers)).toEqual({ 201: 3, 422: 5 });
    expect(await service.storedBalance(recipient)).toMatchObject({ current_balance: '3.00' });
  });

  it('do not begin anew when an instance with an earlier day takes over', async () => {
    service.clock.set('2026-01-23T00:00:00.000Z');
    const { send } = await aPair();
    for (let sent = 0; sent < 3; sent += 1) expect((await send('1')).status).toBe(201);
    service.clock.set('2026-01-22T23:59:59.000Z');
    expect((await send('1')).body.code).toBe('BUS_004');
  });
});

describe('a preview', () => {
  it('shows the cash of the sender before and after, and writes nothing', async () => {
    const { sender, recipient, preview } = await aPair('50.00');
    await change(sender, { held_balance: aUsd('5.00') });
    expect(await preview('12.5')).toMatchObject({
      status: 200,
      body: {
        data: {
          would_be: 'completed',
          to: recipient,
          amount: '12.50',
          balance: {
            before: { current: '50.00', held: '5.00', available: '45.00' },
            after: { current: '37.50', held: '5.00', available: '32.50' },
          },
          reasons: [],
        },
      },
    });
    expect(await service.storedBalance(sender)).toMatchObject({
      current_balance: '50.00',
      transaction_count: 1,
    });
  });

  it('lists every reason', async () => {
    const { sender, preview } = await aPair('1.00');
    await change(sender, { transfers_frozen: true });
    expect((await preview('101')).body).toMatchObject({
      data: { reasons: [{ code: 'AUTH_002' }, { code: 'BUS_004' }, { code: 'BUS_001' }] },
    });
  });
});

describe('a transfer freeze', () => {
  beforeAll(async () => {
    service.clock.set('2026-01-24T12:00:00.000Z');
    admin = await service.runtime.signIn('root', 'admin');
  });

  it('is set and lifted by an administrator, shown to staff and recorded', async () => {
    const { sender, send } = await aPair();
    expect(await freeze(sender, true)).toMatchObject({
      status: 200,
      body: { data: { username: sender, transfers_frozen: true } },
    });
    expect((await send('1')).status).toBe(403);
    expect((await service.call('GET', `/admin/users/${sender}`, { headers: admin })).body).toMatchObject({
      balance: { transfers_frozen: true },
    });
    await freeze(sender, true);
    await freeze(sender, false);
    expect((await send('1')).status).toBe(201);
    const detail = { action: 'transfer freeze', reason: 'a stolen password' };
    expect(await service.eventsOf(sender)).toMatchObject([
      { event_type: 'admin_action', actor: 'root', detail, changes: [{ before: 'true', after: 'false' }] },
      { detail, changes: [{ field: 'transfers_frozen', before: 'false', after: 'true' }] },
    ]);
  });

  it('leaves withdrawals alone', async () => {
    const { sender, headers } = await aPair();
    await freeze(sender, true);
    const answer = await service.call('POST', '/balance/withdraw', { headers, body: { amount: '1' } });
    expect(answer.status).toBe(201);
  });

  it('of the own account, or of an unknown user, is refused', async () => {
    expect((await freeze('root', true)).status).toBe(403);
    expect((await freeze('unknown_user', true)).status).toBe(404);
  });
});
