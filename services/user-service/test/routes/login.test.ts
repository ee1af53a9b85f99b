import { readFile } from 'node:fs/promises';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { startSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import { REFRESH_LIFETIME_SECONDS } from '@cnop/common/auth/token-claims';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { User } from '@cnop/common/entities/user/user';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, PASSWORD, startUserService } from '../user-service-under-test.ts';

const ALICE = aUsername('alice');

const WRONG = 'Wrong-Horse-9-Battery';
const OFFICE = '198.51.100.1';
/** The hash of `Cafe\u0301-Horse-9` as typed, without normalization. */
const HASH_OF_TYPED = '$2b$04$S/NmdYDhOImwNnV21aBm5un/SnLJsN5LLY45vyCb1X9M05ARTpzoW';

let service: UserServiceUnderTest;
beforeEach(async () => {
  service = await startUserService();
});
afterEach(() => service.stop());

const typesOf = async (username: string) =>
  (await service.eventsOf(username)).map((event) => event.event_type);
const fail = (username: string, from: string) => service.logIn(username, WRONG, { from });

async function changeStored(change: Partial<User>): Promise<void> {
  await createUserDao(service.store).updateUser(ALICE, change);
}

/** CPU time of the password process, since the response time says little on a busy machine. */
async function cpuTicksOf(processId: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${String(processId)}/stat`, 'utf8');
  const [userTicks, systemTicks] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
  return Number(userTicks) + Number(systemTicks);
}

describe('signing in', () => {
  it('returns tokens of a new session', async () => {
    await service.addUser();
    const answer = await service.logIn('alice', PASSWORD, {
      headers: { 'user-agent': 'Browser/1' },
      from: OFFICE,
    });
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 900 } });
    expect(answer.headers['cache-control']).toBe('no-store');
    const headers = bearer(answer.body.access_token);
    expect((await service.call('GET', '/auth/profile', { headers })).status).toBe(200);
    expect(await service.storedSessions('alice')).toMatchObject([
      { refresh_generation: 1, revoked_at: null, user_agent: 'Browser/1', address: OFFICE },
    ]);
    expect(await service.storedUser('alice')).toMatchObject({
      last_login: service.clock.now().toISOString(),
    });
    expect(await service.eventsOf('alice')).toMatchObject([
      { event_type: 'login', actor: 'alice', address: OFFICE, user_agent: 'Browser/1' },
    ]);
  });

  it('gives an unknown user and a wrong password the same response', async () => {
    await service.addUser();
    const answers = [await fail('alice', OFFICE), await fail('unknown_user', OFFICE)];
    const [known, unknown] = answers.map(({ status, body }) => ({ ...body, status, trace_id: undefined }));
    expect(known).toMatchObject({ status: 401, code: 'AUTH_001' });
    expect(unknown).toEqual(known);
    expect(await typesOf(ALICE)).toEqual(['login_failure']);
    expect(await typesOf('(unknown)')).toEqual(['login_failure']);
  });

  it.each(['suspended', 'inactive', 'pending'] as const)(
    'reveals that an account is %s only to a caller with the right password',
    async (status) => {
      await service.addUser({ status });
      expect(await fail('alice', OFFICE)).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
      expect(await service.logIn('alice')).toMatchObject({ status: 403, body: { code: 'AUTH_002' } });
      expect(await service.storedSessions('alice')).toEqual([]);
      expect((await service.storedUser('alice'))?.last_login).toBeNull();
      expect((await service.eventsOf('alice'))[0]).toMatchObject({
        event_type: 'login_failure',
        detail: { reason: 'account not active' },
      });
    },
  );

  it('is refused when a suspension commits after the password was found right', async () => {
    await service.addUser();
    service.afterPasswordCheck(() => changeStored({ status: 'suspended' }));
    expect((await service.logIn('alice')).status).toBe(403);
    expect(await service.storedSessions('alice')).toEqual([]);
  });

  it('is refused when another password commits after the old one was found right', async () => {
    await service.addUser();
    const password_hash = await service.passwords.hash('Another-Horse-9');
    service.afterPasswordCheck(() => changeStored({ password_hash }));
    expect((await service.logIn('alice')).status).toBe(401);
    expect(await service.storedSessions('alice')).toEqual([]);
  });

  it('stores a stronger hash when the cost was raised', async () => {
    const stronger = await startUserService({ bcryptCost: 5 });
    try {
      await stronger.addUser();
      expect((await stronger.logIn('alice')).status).toBe(200);
      expect((await stronger.storedUser('alice'))?.password_hash).toMatch(/^\$2b\$05\$/);
      expect((await stronger.logIn('alice')).status).toBe(200);
    } finally {
      await stronger.stop();
    }
  });

  it('accepts a password that an earlier version hashed as typed, and stores a hash of its normal form', async () => {
    await service.addUser({ password_hash: HASH_OF_TYPED });
    const typed = 'Cafe\u0301-Horse-9';
    const composed = typed.normalize('NFC');
    expect((await service.logIn('alice', composed)).status).toBe(401);
    expect((await service.logIn('alice', typed)).status).toBe(200);
    expect((await service.logIn('alice', composed)).status).toBe(200);
    expect((await service.logIn('alice', typed)).status).toBe(200);
  });

  it.each([
    ['no password', { username: 'alice' }, 'VAL_003'],
    ['an empty password', { username: 'alice', password: '' }, 'VAL_001'],
    ['a password that is a number', { username: 'alice', password: 1 }, 'VAL_001'],
    ['an unknown field', { username: 'alice', password: PASSWORD, role: 'admin' }, 'VAL_001'],
  ])('refuses %s', async (_what, body, code) => {
    expect(await service.call('POST', '/auth/login', { body })).toMatchObject({
      status: 422,
      body: { code },
    });
  });

  it.runIf(process.platform === 'linux').each([
    ['an unknown user', 10, undefined],
    ['a hash from before the cost was raised', 10, 6],
    ['a password with two forms and a weak hash', 9, 5, 'Cafe\u0301-Horse-9'],
  ] as const)(
    'does the same work for %s as for a wrong password',
    { timeout: 60_000 },
    async (_whom, cost, storedCost, password: string = WRONG) => {
      const slow = await startUserService({ bcryptCost: cost });
      try {
        await slow.addUser({ password_hash: await slow.passwords.hash(PASSWORD) });
        if (storedCost !== undefined) {
          const earlier = createPasswordManager({ cost: storedCost });
          await slow.addUser({ username: aUsername('other'), password_hash: await earlier.hash(PASSWORD) });
          await earlier.close();
        }
        const work = { alice: 0, other: 0 };
        for (let round = 0; round < 6; round += 1) {
          for (const name of ['alice', 'other'] as const) {
            const before = await cpuTicksOf(slow.passwords.processId());
            await slow.logIn(name, password, { from: `198.51.100.${round}` });
            work[name] += (await cpuTicksOf(slow.passwords.processId())) - before;
          }
        }
        expect(work.alice).toBeGreaterThan(10);
        expect(work.other / work.alice).toBeGreaterThan(0.6);
        expect(work.other / work.alice).toBeLessThan(1.6);
      } finally {
        await slow.stop();
      }
    },
  );

  it('stores no password, token or e-mail with sign-ins', async () => {
    await service.addUser();
    const { body } = await service.logIn('alice');
    await fail('alice', OFFICE);
    const items = await service.everyStoredItem();
    const stored = JSON.stringify(items.filter(({ key }) => !['USER', 'EMAIL'].includes(key.sk)));
    for (const secret of [PASSWORD, WRONG, body.access_token, body.refresh_token, 'alice@example.com']) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe('the limit of sessions', () => {
  it('ends the oldest session when there are more than 20', async () => {
    await service.addUser();
    const tokens: string[] = [];
    for (let i = 0; i < 21; i += 1) {
      tokens.push((await service.logIn('alice')).body.access_token);
      service.clock.advanceSeconds(1);
    }
    expect(await service.storedSessions('alice')).toHaveLength(20);
    const statuses = await Promise.all(
      tokens.map(async (token) => (await service.call('GET', '/balance', { headers: bearer(token) })).status),
    );
    expect(statuses).toEqual([401, ...Array.from({ length: 20 }, () => 200)]);
  });

  it('does not count ended sessions', async () => {
    await service.addUser();
    const ended = Array.from({ length: 70 }, (_, i) =>
      startSession({
        id: service.runtime.ids.next(),
        username: ALICE,
        now: new Date(service.clock.now().getTime() - (REFRESH_LIFETIME_SECONDS + 70 - i) * 1_000),
        lifetimeSeconds: REFRESH_LIFETIME_SECONDS,
      }),
    );
    await service.store.transact({}, () => ({ writes: ended.map(sessionRecord.create), result: undefined }));
    const first = await service.logIn('alice');
    await service.logIn('alice');
    expect(await service.storedSessions('alice')).toHaveLength(2);
    expect((await service.call('GET', '/balance', { headers: bearer(first.body.access_token) })).status).toBe(
      200,
    );
  });
});
