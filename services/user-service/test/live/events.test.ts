import { createLiveEventDao, liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import {
  bearer,
  countByStatus,
  fieldErrors,
  PASSWORD,
  startUserService,
} from '../user-service-under-test.ts';

const ALICE = aUsername('alice');

const RETENTION_DAYS = 30;
const SECONDS_PER_DAY = 86_400;

interface EventsAnswer {
  readonly data: readonly {
    readonly seq: number;
    readonly id: string;
    readonly type: string;
    readonly occurred_at: string;
    readonly username: string;
    readonly data: {
      readonly balance?: { readonly current_balance: string };
      readonly session_id?: string;
    };
  }[];
  readonly has_more: boolean;
  readonly last_seq: number;
  readonly reset?: true;
}

let service: UserServiceUnderTest;
beforeEach(async () => {
  service = await startUserService();
});
afterEach(() => service.stop());

type Headers = Readonly<Record<string, string>>;

async function events(headers: Headers, query = ''): Promise<EventsAnswer> {
  const answer = await service.call('GET', `/events${query}`, { headers });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as EventsAnswer;
}
const deposit = (headers: Headers, amount = '1.00') =>
  service.call('POST', '/balance/deposit', { headers, body: { amount } });
const withdraw = (headers: Headers, amount: string) =>
  service.call('POST', '/balance/withdraw', { headers, body: { amount } });
const seqs = ({ data }: EventsAnswer) => data.map(({ seq }) => seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('every movement of cash', () => {
  it('is one event with the balance after it', async () => {
    const alice = await service.signedIn('alice');
    const root = await service.signedIn('root', 'admin');
    await deposit(alice, '100.00');
    service.clock.advanceSeconds(1);
    await withdraw(alice, '30.00');
    await service.call('POST', '/admin/users/alice/adjustments', {
      headers: root,
      body: { amount: '-0.50', description: 'a correction' },
    });
    const answer = await events(alice);
    expect(answer).toMatchObject({ has_more: false, last_seq: 3 });
    expect(answer).not.toHaveProperty('reset');
    expect(answer.data.map(({ id: _, ...event }) => event)).toEqual(
      [
        { seq: 1, occurred_at: '2026-01-15T12:00:00.000Z', current_balance: '100.00' },
        { seq: 2, occurred_at: '2026-01-15T12:00:01.000Z', current_balance: '70.00' },
        { seq: 3, occurred_at: '2026-01-15T12:00:01.000Z', current_balance: '69.50', cause: 'adjustment' },
      ].map(({ seq, occurred_at, current_balance, cause }) => ({
        seq,
        type: 'balance.changed',
        occurred_at,
        username: 'alice',
        data: { balance: { current_balance, held_balance: '0.00' }, ...(cause && { cause }) },
      })),
    );
    expect(new Set(answer.data.map(({ id }) => id)).size).toBe(3);
    expect(await service.storedBalance('alice')).toMatchObject({ event_seq: 3, current_balance: '69.50' });
    expect((await events(root)).data).toEqual([]);
  });

  it('is one event among 50 at once, without a gap and in the order of the ledger', async () => {
    const alice = await service.signedIn('alice');
    await deposit(alice, '10.00');
    // 10.00 and the concurrent deposits do not cover all withdrawals.
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 3 === 0 ? deposit(alice, '1.00') : withdraw(alice, '1.00'))),
    );
    const counts = countByStatus(answers);
    expect(Object.keys(counts)).toEqual(['201', '422']);
    const moved = 1 + (counts[201] ?? 0);

    const answer = await events(alice);
    expect(seqs(answer)).toEqual(upTo(moved));
    expect(answer.last_seq).toBe(moved);
    const ledger = await service.call('GET', '/balance/transactions?limit=100', { headers: alice });
    const balances = (ledger.body.transactions as unknown as { new_balance: string }[]).map(
      ({ new_balance }) => new_balance,
    );
    expect(answer.data.map(({ data }) => data.balance?.current_balance)).toEqual(balances.toReversed());
    expect((await service.storedBalance('alice'))?.event_seq).toBe(moved);
  });

  it('that is refused or repeated has no event', async () => {
    const alice = await service.signedIn('alice');
    const body = { amount: '5.00' };
    const headers = { ...alice, 'idempotency-key': 'once' };
    const copies = await Promise.all(
      Array.from({ length: 10 }, () => service.call('POST', '/balance/deposit', { headers, body })),
    );
    expect(countByStatus(copies)).toEqual({ 201: 10 });
    expect((await withdraw(alice, '5.01')).status).toBe(422);
    expect(await events(alice)).toMatchObject({ data: [{ seq: 1 }], last_seq: 1 });
  });
});

describe('a page of events', () => {
  it('continues after a seq, up to the limit', async () => {
    const alice = await service.signedIn('alice');
    for (let i = 0; i < 7; i++) await deposit(alice);
    expect(seqs(await events(alice, '?limit=3'))).toEqual([1, 2, 3]);
    const second = await events(alice, '?after=3&limit=3');
    expect(second).toMatchObject({ has_more: true, last_seq: 7 });
    expect(seqs(second)).toEqual([4, 5, 6]);
    const third = await events(alice, '?after=6&limit=3');
    expect(third).toMatchObject({ has_more: false, last_seq: 7 });
    expect(seqs(third)).toEqual([7]);
    for (const page of [second, third]) expect(page).not.toHaveProperty('reset');
  });

  it('has a hundred events by default', async () => {
    const alice = await service.signedIn('alice');
    await Promise.all(Array.from({ length: 120 }, () => deposit(alice)));
    expect(seqs(await events(alice))).toEqual(upTo(100));
    expect(seqs(await events(alice, '?limit=500'))).toEqual(upTo(120));
  });

  it('is empty at the end, beyond the end, and for a user without events', async () => {
    const alice = await service.signedIn('alice');
    const bob = await service.signedIn('bob');
    await deposit(alice);
    const empty = { data: [], has_more: false };
    expect(await events(alice, '?after=1')).toEqual({ ...empty, last_seq: 1 });
    expect(await events(alice, '?after=5')).toEqual({ ...empty, last_seq: 1 });
    expect(await events(alice, `?after=${Number.MAX_SAFE_INTEGER}`)).toEqual({ ...empty, last_seq: 1 });
    expect(await events(bob)).toEqual({ ...empty, last_seq: 0 });
  });

  it.each([
    ['after=-1', 'after'],
    ['after=1.5', 'after'],
    ['after=1e3', 'after'],
    ['after=', 'after'],
    ['after=x', 'after'],
    ['after=9007199254740992', 'after'],
    ['after=99999999999999999999', 'after'],
    ['after=1&after=2', 'after'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=ten', 'limit'],
    ['username=bob', 'username'],
  ])('is refused for ?%s', async (query, field) => {
    const answer = await service.call('GET', `/events?${query}`, { headers: await service.signedIn() });
    expect(answer).toMatchObject({ status: 422, body: { code: 'VAL_001' } });
    expect(Object.keys(fieldErrors(answer))).toEqual([field]);
  });
});

describe('an expired event', () => {
  const days = (count: number) => service.clock.advanceSeconds(count * SECONDS_PER_DAY);
  /** Signs in again, since tokens expire before events do. */
  const signIn = () => service.runtime.signIn('alice');

  it('is not shown, deleted or not, and the client gets a reset', async () => {
    const alice = await service.signedIn('alice');
    for (let i = 0; i < 5; i++) await deposit(alice);
    days(RETENTION_DAYS - 1);
    for (let i = 0; i < 3; i++) await deposit(await signIn());
    expect(seqs(await events(await signIn()))).toEqual(upTo(8));
    days(1);
    const headers = await signIn();
    const { items } = await createLiveEventDao(service.store).getEventsAfter(ALICE, 0, 100);
    expect(items).toHaveLength(8);
    expect(await events(headers)).toMatchObject({ reset: true, has_more: false, last_seq: 8 });
    expect(seqs(await events(headers))).toEqual([6, 7, 8]);
    expect(seqs(await events(headers, '?after=2&limit=2'))).toEqual([6, 7]);
    expect(await events(headers, '?after=2&limit=2')).toMatchObject({ reset: true, has_more: true });
    expect(await events(headers, '?after=4')).toMatchObject({ reset: true });
    // The client has the five expired events, so nothing is missing.
    expect(await events(headers, '?after=5')).not.toHaveProperty('reset');
    expect(seqs(await events(headers, '?after=5'))).toEqual([6, 7, 8]);

    days(RETENTION_DAYS);
    expect(await events(await signIn())).toEqual({ data: [], has_more: false, last_seq: 8, reset: true });
    expect(await events(await signIn(), '?after=8')).toEqual({ data: [], has_more: false, last_seq: 8 });
  });

  it('leaves no gap when the store deletes events in any order', async () => {
    const alice = await service.signedIn('alice');
    for (let i = 0; i < 20; i++) await deposit(alice);
    days(RETENTION_DAYS);
    await deposit(await signIn());
    for (const seq of [1, 2, 7, 10, 20]) {
      const key = liveEventRecord.key({ username: ALICE, seq });
      await service.store.transact({ key }, () => ({ writes: [{ kind: 'delete', key }], result: undefined }));
    }
    for (const after of [0, 2, 9, 10, 19]) {
      expect(await events(await signIn(), `?after=${after}`)).toMatchObject({
        data: [{ seq: 21 }],
        last_seq: 21,
        reset: true,
      });
    }
    expect(await events(await signIn(), '?after=20')).not.toHaveProperty('reset');
  });
});

describe('the end of a session', () => {
  const ended = async (headers: Headers) =>
    (await events(headers)).data
      .filter(({ type }) => type === 'session.revoked')
      .map(({ seq, data }) => ({ seq, session: data.session_id }));
  const sessionIds = async () => (await service.storedSessions('alice')).map(({ session_id }) => session_id);

  async function signedInTwice() {
    await service.addUser();
    const [first, second] = [await service.logIn('alice'), await service.logIn('alice')];
    return { first: first.body, second: second.body, ids: await sessionIds() };
  }

  it('is an event when the user signs out', async () => {
    const { first, second, ids } = await signedInTwice();
    await deposit(bearer(second.access_token));
    await service.call('POST', '/auth/logout', { headers: bearer(first.access_token) });
    expect(await ended(bearer(second.access_token))).toEqual([{ seq: 2, session: ids[0] }]);
    expect((await service.storedBalance('alice'))?.event_seq).toBe(2);
  });

  it('is one event when a refresh token is reused', async () => {
    const { first, second, ids } = await signedInTwice();
    const refresh = () =>
      service.call('POST', '/auth/refresh', { body: { refresh_token: first.refresh_token } });
    expect((await refresh()).status).toBe(200);
    expect(await ended(bearer(second.access_token))).toEqual([]);
    service.clock.advanceSeconds(10);
    expect(countByStatus([await refresh(), await refresh()])).toEqual({ 401: 2 });
    expect(await ended(bearer(second.access_token))).toEqual([{ seq: 1, session: ids[0] }]);
  });

  it('is an event for each other session when the password changes', async () => {
    const { second, ids } = await signedInTwice();
    await service.logIn('alice');
    const all = await sessionIds();
    const answer = await service.call('POST', '/auth/password', {
      headers: bearer(second.access_token),
      body: { current_password: PASSWORD, new_password: 'Another-Password-2' },
    });
    expect(answer.status).toBe(200);
    expect(await ended(bearer(second.access_token))).toEqual([
      { seq: 1, session: ids[0] },
      { seq: 2, session: all.find((id) => !ids.includes(id)) },
    ]);
  });

  it('is an event for every session when the account is suspended', async () => {
    const { ids } = await signedInTwice();
    const root = await service.signedIn('root', 'admin');
    const answer = await service.call('PATCH', '/admin/users/alice', {
      headers: root,
      body: { status: 'suspended' },
    });
    expect(answer.status).toBe(200);
    const { items } = await createLiveEventDao(service.store).getEventsAfter(ALICE, 0, 10);
    expect(items.map(({ seq, type, data }) => ({ seq, type, session: data.session_id }))).toEqual([
      { seq: 1, type: 'session.revoked', session: ids[0] },
      { seq: 2, type: 'session.revoked', session: ids[1] },
    ]);
    expect((await service.storedSessions('alice')).every(({ revoked_at }) => revoked_at !== null)).toBe(true);
  });

  it('is an event for each session, even for more than one commit can hold', async () => {
    await service.addUser();
    for (let i = 0; i < 95; i++) await service.runtime.signIn('alice');
    const root = await service.signedIn('root', 'admin');
    const body = { role: 'moderator' };
    expect((await service.call('PATCH', '/admin/users/alice', { headers: root, body })).status).toBe(200);
    const { items } = await createLiveEventDao(service.store).getEventsAfter(ALICE, 0, 200);
    expect(items.map(({ seq }) => seq)).toEqual(upTo(95));
    expect(new Set(items.map(({ data }) => data.session_id)).size).toBe(95);
  });
});
