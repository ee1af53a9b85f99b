import { readFile } from 'node:fs/promises';
import { createHopSigner, HOP_HEADER } from '@cnop/common/auth/gateway-hop';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { startSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import { REFRESH_LIFETIME_SECONDS } from '@cnop/common/auth/token-claims';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { User } from '@cnop/common/entities/user/user';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, countByStatus, PASSWORD, startUserService } from '../user-service-under-test.ts';

const WRONG = 'Wrong-Horse-9-Battery';
const OFFICE = '198.51.100.1';
const HOME = '203.0.113.9';
const WINDOW_SECONDS = 300;
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
  await createUserDao(service.store).updateUser('alice', change);
}

async function failTimes(count: number, username: string, from: string): Promise<number[]> {
  const statuses = [];
  for (let i = 0; i < count; i += 1) statuses.push((await fail(username, from)).status);
  return statuses;
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
    expect(await typesOf('alice')).toEqual(['login_failure']);
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
          await slow.addUser({ username: 'other', password_hash: await earlier.hash(PASSWORD) });
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

describe('failed sign-ins', () => {
  it('lead to 429 from the sixth within five minutes, even for the right password', async () => {
    await service.addUser();
    expect(await failTimes(6, 'alice', OFFICE)).toEqual([401, 401, 401, 401, 401, 429]);
    const right = await service.logIn('alice', PASSWORD, { from: OFFICE });
    expect(right).toMatchObject({ status: 429, body: { code: 'RATE_001' } });
    expect(Number(right.headers['retry-after'])).toBe(WINDOW_SECONDS);
  });

  it('record the lockout once', async () => {
    await service.addUser();
    await failTimes(8, 'alice', OFFICE);
    const types = await typesOf('alice');
    expect(types.filter((type) => type === 'lockout')).toHaveLength(1);
    expect(types.filter((type) => type === 'login_failure')).toHaveLength(5);
  });

  it('are limited for an unknown user as well', async () => {
    expect(await failTimes(6, 'unknown_user', OFFICE)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('no longer count once they leave the window', async () => {
    await service.addUser();
    await failTimes(1, 'alice', OFFICE);
    service.clock.advanceSeconds(100);
    await failTimes(4, 'alice', OFFICE);
    const locked = await service.logIn('alice', PASSWORD, { from: OFFICE });
    expect(locked).toMatchObject({ status: 429, headers: { 'retry-after': '200' } });
    service.clock.advanceSeconds(200);
    expect((await service.logIn('alice', PASSWORD, { from: OFFICE })).status).toBe(200);
  });

  it('are cleared by a success', async () => {
    await service.addUser();
    await failTimes(4, 'alice', OFFICE);
    expect((await service.logIn('alice', PASSWORD, { from: OFFICE })).status).toBe(200);
    expect(await failTimes(5, 'alice', OFFICE)).toEqual([401, 401, 401, 401, 401]);
  });

  it('of an attacker do not lock the user out', async () => {
    await service.addUser();
    await failTimes(6, 'alice', OFFICE);
    expect((await service.logIn('alice', PASSWORD, { from: HOME })).status).toBe(200);
    expect((await fail('alice', OFFICE)).status).toBe(429);
  });

  it('count for the address that a trusted proxy reports, not for one that a client claims', async () => {
    await service.addUser();
    const viaProxy = (address: string) =>
      service.logIn('alice', WRONG, { headers: { 'x-forwarded-for': `1.1.1.1, ${address}` } });
    for (let i = 0; i < 5; i += 1) expect((await viaProxy(OFFICE)).status).toBe(401);
    expect((await viaProxy(OFFICE)).status).toBe(429);
    expect((await viaProxy(HOME)).status).toBe(401);
    await service.addUser({ username: 'bob', email: 'bob@example.com' });
    const direct = (claimed: string) =>
      service.logIn('bob', WRONG, { from: '192.0.2.1', headers: { 'x-forwarded-for': claimed } });
    for (let i = 0; i < 5; i += 1) expect((await direct(`10.0.0.${i}`)).status).toBe(401);
    expect((await direct('10.0.0.9')).status).toBe(429);
  });

  it('count for the peer of a direct call that bypasses the gateway, whichever address it claims', async () => {
    const secret = 'the secret of the gateway and the services';
    const guarded = await startUserService({ gatewaySecret: secret });
    await guarded.addUser();
    const claiming = (address: string) =>
      guarded.logIn('alice', WRONG, { headers: { 'x-forwarded-for': address } });
    const viaGateway = (clientAddress: string, requestId: string) => {
      const hop = { method: 'POST', url: '/auth/login', clientAddress, requestId };
      const headers = {
        'x-forwarded-for': clientAddress,
        'x-request-id': requestId,
        [HOP_HEADER]: createHopSigner(secret, guarded.clock)(hop),
      };
      return guarded.logIn('alice', WRONG, { headers });
    };
    for (let i = 0; i < 5; i += 1) expect((await claiming(`203.0.113.${i}`)).status).toBe(401);
    expect((await claiming('203.0.113.9')).status).toBe(429);
    for (let i = 0; i < 5; i += 1) expect((await viaGateway(OFFICE, `request-${i}`)).status).toBe(401);
    expect((await viaGateway(OFFICE, 'request-9')).status).toBe(429);
    await guarded.stop();
  });

  it('count for a whole IPv6 network', async () => {
    await service.addUser();
    for (let i = 0; i < 5; i += 1) await fail('alice', `2001:db8:0:1::${i}`);
    expect((await fail('alice', '2001:db8:0:1:ffff::1')).status).toBe(429);
    expect((await fail('alice', '2001:db8:0:2::1')).status).toBe(401);
  });

  it('in parallel evaluate about five guesses, not more', async () => {
    await service.addUser();
    const answers = await Promise.all(Array.from({ length: 30 }, () => fail('alice', OFFICE)));
    expect(countByStatus(answers)).toEqual({ 401: 5, 429: 25 });
    expect((await typesOf('alice')).filter((type) => type === 'lockout')).toHaveLength(1);
  });
});

describe('guesses from many networks at one account', () => {
  const GUESSES = 300;
  const stranger = (index: number) => `198.18.${index % 256}.${Math.floor(index / 256)}`;

  /** Another address of the same /24. */
  const HOME_LATER = '203.0.113.77';

  async function guess(count: number, gapSeconds: number): Promise<Record<string, number>> {
    const answers: Answer[] = [];
    for (let index = 0; index < count; index += 1) {
      answers.push(await fail('alice', stranger(index)));
      service.clock.advanceSeconds(gapSeconds);
    }
    return countByStatus(answers);
  }

  it('are evaluated at most twenty times in five minutes, and the user signs in from a known network at once', async () => {
    await service.addUser();
    expect((await service.logIn('alice', PASSWORD, { from: HOME })).status).toBe(200);
    const { 401: evaluated = 0, 429: refused = 0 } = await guess(GUESSES, 1);
    expect(evaluated + refused).toBe(GUESSES);
    expect(evaluated).toBeGreaterThanOrEqual(10);
    expect(evaluated).toBeLessThanOrEqual(20);
    expect((await service.logIn('alice', PASSWORD, { from: HOME_LATER })).status).toBe(200);
    expect((await service.logIn('alice', PASSWORD, { from: stranger(GUESSES) })).status).toBe(429);
  });

  it('in parallel evaluate about ten passwords, and a right one among the rest is refused', async () => {
    await service.addUser();
    const wrong = Array.from({ length: GUESSES }, (_, index) => fail('alice', stranger(index)));
    expect(countByStatus(await Promise.all(wrong))).toEqual({ 401: 10, 429: 290 });
    const right = await service.logIn('alice', PASSWORD, { from: stranger(GUESSES) });
    expect([right.status, Number(right.headers['retry-after'])]).toEqual([429, 1]);
  });

  it('are slowed down for an unknown username in the same way', async () => {
    const answers: Answer[] = [];
    for (let index = 0; index < 15; index += 1) answers.push(await fail('not_a_user', stranger(index)));
    expect(countByStatus(answers)).toEqual({ 401: 10, 429: 5 });
  });

  it('are recorded when the slow-down starts', async () => {
    await service.addUser();
    await guess(15, 0);
    const lockouts = (await service.eventsOf('alice')).filter(({ event_type }) => event_type === 'lockout');
    expect(lockouts.map(({ detail }) => detail)).toEqual([{ scope: 'unknown networks' }]);
  });

  it('stay slowed down after the user signed in', async () => {
    await service.addUser();
    await service.logIn('alice', PASSWORD, { from: HOME });
    await guess(15, 0);
    await service.logIn('alice', PASSWORD, { from: HOME });
    expect((await fail('alice', stranger(GUESSES))).status).toBe(429);
  });

  it('slow down a password change in a stolen session from another network as well', async () => {
    await service.addUser();
    const { body } = await service.logIn('alice', PASSWORD, { from: HOME });
    await guess(15, 0);
    const change = (from: string) =>
      service.call('POST', '/auth/password', {
        from,
        headers: bearer(body.access_token),
        body: { current_password: WRONG, new_password: 'Another-Horse-7-Battery' },
      });
    expect((await change(stranger(GUESSES))).status).toBe(429);
    expect((await change(HOME)).status).toBe(422);
  });

  it('store neither address nor network of the user', async () => {
    await service.addUser();
    await service.logIn('alice', PASSWORD, { from: HOME });
    const history = (await service.everyStoredItem()).find(({ key }) => key.sk === 'SIGNINS');
    expect(history?.attributes).toMatchObject({ failures: 0, failed_at: null });
    expect(JSON.stringify(history)).not.toContain('203.0.113');
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
        username: 'alice',
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

describe('the queues for the password process', () => {
  it('refuse no user from a known network during 150 parallel sign-ups and guesses from many networks', async () => {
    const crowded = await startUserService({ maxWaitingPasswords: 8 });
    await crowded.addUser();
    expect((await crowded.logIn('alice', PASSWORD, { from: HOME })).status).toBe(200);
    const signUps = Array.from({ length: 150 }, (_, index) =>
      crowded.call('POST', '/auth/register', {
        from: `198.18.0.${index}`,
        body: {
          username: `newcomer_${index}`,
          email: `newcomer_${index}@example.com`,
          password: 'Analytical-Engine-1843',
          first_name: 'Ada',
          last_name: 'Lovelace',
        },
      }),
    );
    const guesses = Array.from({ length: 50 }, (_, index) =>
      crowded.logIn(`someone_${index}`, WRONG, { from: `198.19.0.${index}` }),
    );
    const owner = crowded.logIn('alice', PASSWORD, { from: HOME });
    expect((await owner).status).toBe(200);
    expect(countByStatus(await Promise.all(signUps))[429]).toBeGreaterThan(0);
    expect(countByStatus(await Promise.all(guesses))[429]).toBeGreaterThan(0);
    await crowded.stop();
  });

  it('refuse no sign-in during a flood from one other network', async () => {
    const crowded = await startUserService({ maxWaitingPasswords: 8 });
    await crowded.addUser();
    const flood = Array.from({ length: 60 }, (_, index) =>
      crowded.logIn(`someone_${index}`, WRONG, { from: `2001:db8:0:${index.toString(16)}::1` }),
    );
    const owner = crowded.logIn('alice', PASSWORD, { from: HOME });
    expect((await owner).status).toBe(200);
    expect(countByStatus(await Promise.all(flood))[429]).toBeGreaterThan(0);
    await crowded.stop();
  });
});
